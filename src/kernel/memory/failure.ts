import { GFP, GFP_SLAB_BUG_MASK, gfpText } from "./gfp.ts";
import type { Callers, Complaints } from "./host.ts";
import { type MemoryFigures, showMem } from "./show-mem.ts";

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** Flags a slab or large kmalloc may be served with; complains about others (mm/slab_common.c, kmalloc_fix_flags). */
export const fixFlags = (complaints: Complaints, gfp: number, callers: Callers): number => {
  const invalid = (gfp & GFP_SLAB_BUG_MASK) >>> 0;
  if (invalid === 0) return gfp;
  const fixed = (gfp & ~GFP_SLAB_BUG_MASK) >>> 0;
  const text = (value: number): string => `${hex(value)} (${gfpText(value)})`;
  complaints.log(4, `Unexpected gfp: ${text(invalid)}. Fixing up to gfp: ${text(fixed)}. Fix your code!\n`);
  complaints.dumpStack(callers);
  return fixed;
};

/**
 * mm/page_alloc.c, warn_alloc: "comm: <text>, mode:..", the stack, and the state of memory.
 * `callers` are the kernel functions above the module, by stub.
 */
export const warnAlloc = (
  complaints: Complaints,
  gfp: number,
  text: string,
  figures: MemoryFigures,
  callers: Callers,
): void => {
  if ((gfp & GFP.NOWARN) !== 0) return;
  const mode = `mode:${hex(gfp)}(${gfpText(gfp)})`;
  complaints.log(4, `${complaints.comm()}: ${text}, ${mode}, nodemask=(null),cpuset=/,mems_allowed=0\n`);
  complaints.dumpStack(callers);
  for (const line of showMem(figures)) complaints.log(4, `${line}\n`);
};
