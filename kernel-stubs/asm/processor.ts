/** arch/x86/include/asm/processor.h, tsc.h, cpu_device_id.h: the processor. */
import { CPU_KHZ, describeCpu, matchCpu } from "../../src/kernel/boot/cpu-info.ts";
import type { Ptr } from "../../src/abi/prototype-types.ts";
import { stub, variable } from "../../src/stub/declare.ts";

export const bootCpuData = variable("struct cpuinfo_x86 boot_cpu_data", (k, { address }) =>
  describeCpu(k, address, "boot"),
);
export const cpuInfo = variable("struct cpuinfo_x86 cpu_info", (k, { address }) =>
  describeCpu(k, address, "this"),
);
export const cpuKhz = variable("unsigned int cpu_khz", (k, { address }) => k.memory.setU32(address, CPU_KHZ));
export const tscKhz = variable("unsigned int tsc_khz", (k, { address }) => k.memory.setU32(address, CPU_KHZ));

export const x86MatchCpu = stub(
  "const struct x86_cpu_id *x86_match_cpu(const struct x86_cpu_id *match)",
  (k, { match }) => matchCpu(k, match) as Ptr<"struct x86_cpu_id">,
);
