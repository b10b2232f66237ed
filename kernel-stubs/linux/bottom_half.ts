/** include/linux/bottom_half.h, as kernel/softirq.c does it. */
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const count = (k: Kernel, delta: number): void => k.cpu.addPreemptCount(delta);

/** Pending softirqs run at once. */
export const localBhEnable = stub(
  "void __local_bh_enable_ip(unsigned long ip, unsigned int cnt)",
  (k, { cnt }) => {
    count(k, -cnt);
    k.interrupts.softirqsOn();
  },
);
export const localBhDisable = stub(
  "void __local_bh_disable_ip(unsigned long ip, unsigned int cnt)",
  (k, { cnt }) => count(k, cnt),
);
