/** arch/x86/include/asm/processor.h: the processor. */
import { describeCpu } from "../../src/kernel/boot/cpu-info.ts";
import { variable } from "../../src/stub/declare.ts";

export const bootCpuData = variable("struct cpuinfo_x86 boot_cpu_data", (k, { address }) =>
  describeCpu(k, address, "boot"),
);
export const cpuInfo = variable("struct cpuinfo_x86 cpu_info", (k, { address }) =>
  describeCpu(k, address, "this"),
);
