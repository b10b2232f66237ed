/** include/linux/gfp_types.h of 6.1 */
export const GFP = {
  DMA: 0x01,
  HIGHMEM: 0x02,
  DMA32: 0x04,
  MOVABLE: 0x08,
  RECLAIMABLE: 0x10,
  HIGH: 0x20,
  IO: 0x40,
  FS: 0x80,
  ZERO: 0x100,
  ATOMIC: 0x200,
  DIRECT_RECLAIM: 0x400,
  KSWAPD_RECLAIM: 0x800,
  WRITE: 0x1000,
  NOWARN: 0x2000,
  RETRY_MAYFAIL: 0x4000,
  NOFAIL: 0x8000,
  NORETRY: 0x10000,
  MEMALLOC: 0x20000,
  COMP: 0x40000,
  NOMEMALLOC: 0x80000,
  HARDWALL: 0x100000,
  THISNODE: 0x200000,
  ACCOUNT: 0x400000,
} as const;

export const GFP_KERNEL = GFP.DIRECT_RECLAIM | GFP.KSWAPD_RECLAIM | GFP.IO | GFP.FS;
export const GFP_ATOMIC = GFP.HIGH | GFP.ATOMIC | GFP.KSWAPD_RECLAIM;
export const GFP_NOWAIT = GFP.KSWAPD_RECLAIM;
/** Bits a slab allocation may not carry (mm/internal.h, GFP_SLAB_BUG_MASK); everything above 27 bits too. */
export const GFP_SLAB_BUG_MASK = GFP.DMA32 | GFP.HIGHMEM | ~0x7ffffff;

/** May the allocation sleep (gfpflags_allow_blocking)? */
export const maySleep = (gfp: number): boolean => (gfp & GFP.DIRECT_RECLAIM) !== 0;

/** Printed by %pGg, longest names first (include/trace/events/mmflags.h). */
const NAMES: readonly (readonly [number, string])[] = [
  [0x1d20ca, "GFP_TRANSHUGE"],
  [0x1d20ca & ~0x400, "GFP_TRANSHUGE_LIGHT"],
  [0x1100cca, "GFP_HIGHUSER_MOVABLE"],
  [0x100cc2, "GFP_HIGHUSER"],
  [0x100cc0, "GFP_USER"],
  [0x400cc0, "GFP_KERNEL_ACCOUNT"],
  [0xcc0, "GFP_KERNEL"],
  [0xc40, "GFP_NOFS"],
  [0xa20, "GFP_ATOMIC"],
  [0xc00, "GFP_NOIO"],
  [0x800, "GFP_NOWAIT"],
  [0x01, "GFP_DMA"],
  [0x02, "__GFP_HIGHMEM"],
  [0x04, "GFP_DMA32"],
  [0x20, "__GFP_HIGH"],
  [0x200, "__GFP_ATOMIC"],
  [0x40, "__GFP_IO"],
  [0x80, "__GFP_FS"],
  [0x2000, "__GFP_NOWARN"],
  [0x4000, "__GFP_RETRY_MAYFAIL"],
  [0x8000, "__GFP_NOFAIL"],
  [0x10000, "__GFP_NORETRY"],
  [0x40000, "__GFP_COMP"],
  [0x100, "__GFP_ZERO"],
  [0x80000, "__GFP_NOMEMALLOC"],
  [0x20000, "__GFP_MEMALLOC"],
  [0x100000, "__GFP_HARDWALL"],
  [0x200000, "__GFP_THISNODE"],
  [0x10, "__GFP_RECLAIMABLE"],
  [0x08, "__GFP_MOVABLE"],
  [0x400000, "__GFP_ACCOUNT"],
  [0x1000, "__GFP_WRITE"],
  [0xc00, "__GFP_RECLAIM"],
  [0x400, "__GFP_DIRECT_RECLAIM"],
  [0x800, "__GFP_KSWAPD_RECLAIM"],
  [0x800000, "__GFP_ZEROTAGS"],
];

/** "GFP_KERNEL|__GFP_ZERO", as %pGg prints it (lib/vsprintf.c, format_flags). */
export const gfpText = (gfp: number): string => {
  let rest = gfp >>> 0;
  const parts: string[] = [];
  for (const [mask, name] of NAMES) {
    if ((rest & mask) !== mask) continue;
    parts.push(name);
    rest &= ~mask;
  }
  if (rest !== 0) parts.push(`0x${(rest >>> 0).toString(16)}`);
  return parts.join("|");
};
