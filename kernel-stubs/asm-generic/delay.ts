/** include/asm-generic/delay.h, as arch/x86/lib/delay.c does it. */
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

/** Busy waiting: time passes and interrupts come, but nobody else runs. */
const spin = (k: Kernel, nanoseconds: number): void => {
  k.clock.advanceTo(k.clock.now() + nanoseconds);
};

export const udelay = stub("void __udelay(unsigned long usecs)", (k, { usecs }) =>
  spin(k, Number(usecs) * 1000),
);
export const ndelay = stub("void __ndelay(unsigned long nsecs)", (k, { nsecs }) => spin(k, Number(nsecs)));
/** `xloops` is 2^32 / 10^6 a microsecond. */
export const constUdelay = stub("void __const_udelay(unsigned long xloops)", (k, { xloops }) =>
  spin(k, (Number(xloops) * 1e9) / 2 ** 32),
);
/** Loops of the TSC: the recorded machine's ran at 2.3 GHz. */
export const delayLoops = stub("void __delay(unsigned long loops)", (k, { loops }) =>
  spin(k, Number(loops) / 2.3),
);
