/** What CPUID tells of the recorded machine, without what the engine does not have (cpu-info.ts). */

type Registers = readonly [eax: number, ebx: number, ecx: number, edx: number];
const NOTHING: Registers = [0, 0, 0, 0];

/** Bits that are kept of a leaf's registers. */
const without = (registers: Registers, mask: Partial<Record<number, number>>): Registers =>
  registers.map((value, index) => (value & ~(mask[index] ?? 0)) >>> 0) as unknown as Registers;

const [EBX, ECX] = [1, 2];

const LEAVES: Readonly<Record<number, Registers>> = {
  0: [0xd, 0x6874_7541, 0x444d_4163, 0x6974_6e65],
  // FMA, AVX, F16C
  1: without([0x0006_0fb1, 0x800, 0xfed8_320b, 0x0fcb_fbfd], { [ECX]: 0x3000_1000 }),
  5: [0, 0, 3, 0],
  6: [4, 0, 0, 0],
  // AVX2, MPX; VAES, VPCLMULQDQ
  7: without([0, 0x01d8_43a9, 0x8001_021c, 0], { [EBX]: 0x4020, [ECX]: 0x600 }),
  0xb: [0, 1, 0x100, 0],
  0x4000_0000: [0x4000_0001, 0x5447_4354, 0x4354_4743, 0x4743_5447],
  0x4000_0001: NOTHING,
  0x8000_0000: [0x8000_000a, 0x6874_7541, 0x444d_4163, 0x6974_6e65],
  0x8000_0001: [0x0006_0fb1, 0, 0x75, 0xedd3_fbfd],
  0x8000_0002: [0x554d_4551, 0x4743_5420, 0x5550_4320, 0x7265_7620],
  0x8000_0003: [0x6e6f_6973, 0x352e_3220, 0x2b, 0],
  0x8000_0005: [0x01ff_01ff, 0x01ff_01ff, 0x4002_0140, 0x4002_0140],
  0x8000_0006: [0, 0x4200_4200, 0x0200_8140, 0x0080_8140],
  0x8000_0008: [0x3928, 0, 0, 0],
  0x8000_000a: [1, 0x10, 0, 0x1001_0001],
};

/** Where the states of XSAVE are: what it holds in all, and keys of protection. */
const XSAVE = 0xd;
const XSAVE_LEAVES: Readonly<Record<number, Registers>> = {
  0: [0x203, 0xa88, 0xa88, 0],
  1: [5, 0x248, 0, 0],
  9: [8, 0xa80, 0, 0],
};

/** Highest leaf of each range. */
const HIGHEST: Readonly<Record<number, number>> = {
  0: XSAVE,
  0x4000: 0x4000_0001,
  0x8000: 0x8000_000a,
};

/** A leaf above the highest is answered as the highest of the first range, as processors of the kind do. */
export const cpuid = (leaf: number, subleaf: number): Registers => {
  const isKnown = leaf <= (HIGHEST[leaf >>> 16] ?? -1);
  if (!isKnown || leaf === XSAVE) return XSAVE_LEAVES[isKnown ? subleaf : 0] ?? NOTHING;
  return LEAVES[leaf] ?? NOTHING;
};

/** States that XSAVE holds: x87, SSE, keys of protection. */
export const XFEATURES = 0x203n;
