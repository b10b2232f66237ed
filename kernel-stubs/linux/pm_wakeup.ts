/** include/linux/pm_wakeup.h, as drivers/base/power/wakeup.c does it. */
import { stub } from "../../src/stub/declare.ts";

export const deviceSetWakeupCapable = stub(
  "void device_set_wakeup_capable(struct device *dev, bool capable)",
  { sleeps: true, level: { partial: "the device gets no files for it" } },
  (k, { dev, capable }) => {
    k.struct("device", dev).power.can_wakeup = capable ? 1 : 0;
  },
);
