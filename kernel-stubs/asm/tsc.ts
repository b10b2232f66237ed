/** arch/x86/include/asm/tsc.h: the time stamp counter. */
import { CPU_KHZ } from "../../src/kernel/boot/cpu-info.ts";
import { variable } from "../../src/stub/declare.ts";

export const cpuKhz = variable("unsigned int cpu_khz", (k, { address }) => k.memory.setU32(address, CPU_KHZ));
export const tscKhz = variable("unsigned int tsc_khz", (k, { address }) => k.memory.setU32(address, CPU_KHZ));
