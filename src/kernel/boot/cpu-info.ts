/** The processor as struct cpuinfo_x86 describes it: the recorded machine's. */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

const VENDOR_AMD = 2;
const FAMILY = 15;
const MODEL = 107;
const STEPPING = 1;

/** What the engine does not have: FMA, AVX, F16C; AVX2, MPX; VAES, VPCLMULQDQ. */
const MISSING: Readonly<Record<number, number>> = { 4: 0x3000_1000, 9: 0x4020, 16: 0x600 };
/** Words of arch/x86/include/asm/cpufeatures.h. */
const CAPABILITIES = [
  0x0fcb_fbfd, 0xedd3_fbfd, 0, 0x0635_4010, 0xfed8_320b, 0, 0x175, 0x0008_2000, 0x8000, 0x01d8_43a9, 5,
  0x1020, 0, 0, 4, 0x1001_0001, 0x8000_021c,
].map((word, index) => (word & ~(MISSING[index] ?? 0)) >>> 0);

/** boot_cpu_has() */
export const cpuHas = (feature: number): boolean =>
  (((CAPABILITIES[feature >>> 5] ?? 0) >>> (feature & 31)) & 1) !== 0;

/** identify_boot_cpu(), identify_secondary_cpu(). */
export const describeCpu = (k: Kernel, address: Address, which: "boot" | "this"): void => {
  const view = k.struct("cpuinfo_x86", address);
  Object.assign(view, {
    x86: FAMILY,
    x86_vendor: VENDOR_AMD,
    x86_model: MODEL,
    x86_stepping: STEPPING,
    x86_tlbsize: 1024,
    x86_virt_bits: 57,
    x86_phys_bits: 40,
    cpuid_level: 13,
    x86_cache_size: 512,
    x86_cache_alignment: 64,
    x86_clflush_size: 64,
    x86_cache_bits: 40,
    x86_max_cores: 1,
    loops_per_jiffy: BigInt(LOOPS_PER_JIFFY),
    booted_cores: which === "boot" ? 0 : 1,
    initialized: which === "boot" ? 0 : 1,
  });
  const at = (field: string): Address => address + k.offsetOf("cpuinfo_x86", field);
  k.memory.setCstring(at("x86_vendor_id"), "AuthenticAMD");
  k.memory.setCstring(at("x86_model_id"), "QEMU TCG CPU version 2.5+");
  CAPABILITIES.forEach((word, index) => k.memory.setU32(at("x86_capability") + index * 4, word));
};

/** Of a time stamp counter with 1 GHz: a tick is 4 ms. */
export const CPU_KHZ = 1_000_000;
export const LOOPS_PER_JIFFY = 4_000_000;

const ANY = { vendor: 0xffff, other: 0 } as const;
const MAX_IDS = 4096;

/** x86_match_cpu(): the entry of the table that the processor is, or 0. */
export const matchCpu = (k: Kernel, table: Address): Address => {
  for (let index = 0; index < MAX_IDS; index += 1) {
    const at = table + index * k.sizeOf("x86_cpu_id");
    const { vendor, family, model, steppings, feature, flags } = k.struct("x86_cpu_id", at);
    if ((flags & 1) === 0) return 0;
    const fits =
      (vendor === ANY.vendor || vendor === VENDOR_AMD) &&
      (family === ANY.other || family === FAMILY) &&
      (model === ANY.other || model === MODEL) &&
      (steppings === ANY.other || ((steppings >> STEPPING) & 1) !== 0) &&
      (feature === ANY.other || cpuHas(feature));
    if (fits) return at;
  }
  return 0;
};
