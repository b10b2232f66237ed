/** arch/x86/include/asm/fpu/api.h, as arch/x86/kernel/fpu/core.c and xstate.c do it. */
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { XFEATURES } from "../../../src/kernel/boot/cpuid.ts";
import { stub } from "../../../src/stub/declare.ts";

const HARDIRQ_MASK = 0xf_0000;
const SOFTIRQ_MASK = 0xff00;

const isBusy = (k: Kernel): boolean => k.driverCore.registered.has(IN_USE);
/** in_kernel_fpu of the CPU */
const IN_USE = "kernel fpu";

const isUsable = (k: Kernel): boolean => {
  const count = k.cpu.preemptCount();
  return !isBusy(k) && ((count & HARDIRQ_MASK) === 0 || (count & SOFTIRQ_MASK) === 0);
};

export const irqFpuUsable = stub("bool irq_fpu_usable(void)", (k) => isUsable(k));

/** A task's own registers are kept with it, whoever uses them in between. */
export const kernelFpuBeginMask = stub(
  "void kernel_fpu_begin_mask(unsigned int kfpu_mask)",
  { acquires: { kernel_fpu: "current" } },
  (k) => {
    k.cpu.addPreemptCount(1);
    k.driverCore.registered.add(IN_USE);
  },
);
export const kernelFpuEnd = stub(
  "void kernel_fpu_end(void)",
  { releases: { kernel_fpu: "current" } },
  (k) => {
    k.driverCore.registered.delete(IN_USE);
    k.cpu.addPreemptCount(-1);
  },
);

const NAMES = [
  "x87 floating point registers",
  "SSE registers",
  "AVX registers",
  "MPX bounds registers",
  "MPX CSR",
  "AVX-512 opmask",
  "AVX-512 Hi256",
  "AVX-512 ZMM_Hi256",
  "Processor Trace (unused)",
  "Protection Keys User registers",
  "PASID state",
];
const UNKNOWN = "unknown xstate feature";
/** Names behind PASID: AMX has two of them. */
const LATER: Readonly<Record<number, string>> = { 17: "AMX Tile config", 18: "AMX Tile data" };
const LAST = 19;

export const cpuHasXfeatures = stub(
  "int cpu_has_xfeatures(u64 xfeatures_needed, const char **feature_name)",
  (k, { xfeatures_needed: needed, feature_name: place }) => {
    const missing = needed & ~XFEATURES;
    const shown = (missing === 0n ? needed : missing).toString(2).length - 1;
    const index = Math.min(shown, LAST);
    if (place !== 0)
      k.memory.setPointer(place, k.driverCore.texts.of(NAMES[index] ?? LATER[index] ?? UNKNOWN));
    return missing === 0n ? 1 : 0;
  },
);
