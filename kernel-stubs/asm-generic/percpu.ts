/** include/asm-generic/percpu.h, as arch/x86/kernel/setup_percpu.c does it. */
import { variable } from "../../src/stub/declare.ts";

/** asm-generic/percpu.h; one CPU. */
export const perCpuOffset = variable("unsigned long __per_cpu_offset[8192]", (k, { address }) =>
  k.memory.setPointer(address, k.percpu.base),
);
