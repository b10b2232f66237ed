/** include/linux/i8042.h, as drivers/input/serio/i8042.c does it. */
import { EBUSY, EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { stub } from "../../src/stub/declare.ts";

const UNUSED = { partial: "what is typed does not go through it" };
const SLOT = "i8042_platform_filter";

export const i8042InstallFilter = stub(
  `int i8042_install_filter(bool (*filter)(unsigned char data, unsigned char str,
      struct serio *serio))`,
  { fails: ["EBUSY"], acquires: { i8042_filter: "filter" }, level: UNUSED },
  (k, { filter }) => {
    const { chains } = k.driverCore;
    if ((chains.get(SLOT) ?? 0) !== 0) throw new Errno(EBUSY);
    chains.set(SLOT, filter);
    return 0;
  },
);
export const i8042RemoveFilter = stub(
  `int i8042_remove_filter(bool (*filter)(unsigned char data, unsigned char str,
      struct serio *serio))`,
  { fails: ["EINVAL"], releases: { i8042_filter: "filter" }, level: UNUSED },
  (k, { filter }) => {
    const { chains } = k.driverCore;
    if ((chains.get(SLOT) ?? 0) !== filter) throw new Errno(EINVAL);
    chains.delete(SLOT);
    return 0;
  },
);
