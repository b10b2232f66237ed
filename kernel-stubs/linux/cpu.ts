/** include/linux/cpu.h, as kernel/cpu.c does it: no CPU ever comes or goes. */
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { warnOnceAt } from "../reports.ts";

export const cpusReadLock = stub("void cpus_read_lock(void)", { sleeps: true }, () => {});
export const cpusReadTrylock = stub("int cpus_read_trylock(void)", () => 1);
export const cpusReadUnlock = stub("void cpus_read_unlock(void)", () => {});

/** cpu_hotplug_disabled; journalled, here only so that it comes into being with the first call. */
const disabled = new WeakMap<Kernel, { times: number }>();
const disabledIn = (k: Kernel): { times: number } => {
  const found = disabled.get(k) ?? { times: 0 };
  disabled.set(k, found);
  return k.journal.touch(found);
};

export const cpuHotplugDisable = stub("void cpu_hotplug_disable(void)", { sleeps: true }, (k) => {
  disabledIn(k).times += 1;
});
export const cpuHotplugEnable = stub("void cpu_hotplug_enable(void)", { sleeps: true }, (k) => {
  const state = disabledIn(k);
  if (state.times > 0) state.times -= 1;
  else
    warnOnceAt(k, "__cpu_hotplug_enable:384", "Unbalanced cpu hotplug enable", [
      "cpu_hotplug_enable+0x16/0x30",
    ]);
});
