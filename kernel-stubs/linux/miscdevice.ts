/** include/linux/miscdevice.h, as drivers/char/misc.c does it. */
import { stub } from "../../src/stub/declare.ts";

export const miscRegister = stub(
  "int misc_register(struct miscdevice *misc)",
  { fails: ["EBUSY", "ENOMEM", "EEXIST"], sleeps: true, acquires: { misc: "misc" } },
  function* (k, { misc }) {
    yield* k.driverCore.misc.register(misc);
    return 0;
  },
);
export const miscDeregister = stub(
  "void misc_deregister(struct miscdevice *misc)",
  { sleeps: true, releases: { misc: "misc" } },
  function* (k, { misc }) {
    yield* k.driverCore.misc.deregister(misc);
  },
);
