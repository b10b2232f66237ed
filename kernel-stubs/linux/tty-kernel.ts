/** include/linux/tty.h: lines that the kernel itself opens, as drivers/tty/tty_io.c does it. */
import { EBUSY, ENODEV } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { makeKernelDev } from "../../src/kernel/vfs/node.ts";
import { stub } from "../../src/stub/declare.ts";

const SERIAL = { name: "ttyS", major: 4, first: 64, count: 32 } as const;

export const ttyDevNameToNumber = stub(
  "int tty_dev_name_to_number(const char *name, dev_t *number)",
  { fails: ["EINVAL", "ENODEV"], sleeps: true },
  (k, { name, number }) => {
    const [, own = "", digits = ""] = /^(.*?)(\d*)$/s.exec(k.memory.cstring(name, 64)) ?? [];
    const index = Number(digits);
    const drivers = k.tty.drivers().map((driver) => {
      const { name: text, major, minor_start: first, num: count } = k.struct("tty_driver", driver);
      return { name: k.memory.cstring(text, 64), major, first, count };
    });
    const found = [...drivers, SERIAL].find((each) => each.name === own && index < each.count);
    if (found === undefined) throw new Errno(ENODEV);
    k.memory.setU32(number, makeKernelDev(found.major, found.first) + index);
    return 0;
  },
);
export const ttyKopenExclusive = stub(
  "struct tty_struct *tty_kopen_exclusive(dev_t device)",
  { fails: ["EBUSY", "ENODEV"], errPtr: true, sleeps: true, level: { partial: "all lines are in use" } },
  () => {
    throw new Errno(EBUSY);
  },
);
