/** arch/x86/include/asm/processor.h: the processor. */
import { describeCpu } from "../../src/kernel/boot/cpu-info.ts";
import { cpuid } from "../../src/kernel/boot/cpuid.ts";
import { stub, variable } from "../../src/stub/declare.ts";

export const bootCpuData = variable("struct cpuinfo_x86 boot_cpu_data", (k, { address }) =>
  describeCpu(k, address, "boot"),
);
export const cpuInfo = variable("struct cpuinfo_x86 cpu_info", (k, { address }) =>
  describeCpu(k, address, "this"),
);

/** What paravirt calls of the kernel's own are patched to: the recorded machine's answers, not the engine's. */
export const nativeCpuid = stub(
  "void native_cpuid(unsigned int *eax, unsigned int *ebx, unsigned int *ecx, unsigned int *edx)",
  (k, { eax, ebx, ecx, edx }) => {
    const answer = cpuid(k.memory.u32(eax), k.memory.u32(ecx));
    for (const [index, at] of [eax, ebx, ecx, edx].entries()) k.memory.setU32(at, answer[index] ?? 0);
  },
);
