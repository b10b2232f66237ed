import { ENOMEM } from "../base/errno.ts";
import { LoadFailure } from "./failure.ts";

/** MODULES_LEN: what module_alloc() refuses to exceed (arch/x86/include/asm/pgtable_64_types.h). */
const MODULES_LENGTH = 0x3f000000;

/**
 * One of the two memory areas of a module. The boundaries are page multiples and cumulative, as in
 * struct module_layout: text up to textSize, read-only up to roSize, sealed after init up to
 * roAfterInitSize, writable up to size.
 */
export interface AreaLayout {
  size: number;
  textSize: number;
  roSize: number;
  roAfterInitSize: number;
}

export type Area = "core" | "init";

/** Where a section goes: its area and its offset there. */
export interface Placement {
  readonly area: Area;
  readonly offset: number;
}

/**
 * ALIGN() for a power of two. Others, which only a damaged file has, give what the kernel's bit
 * arithmetic gives.
 */
const alignAs = (size: number, align: number): number => {
  if (align <= 1) return size;
  if (align <= 2 ** 30 && size < 2 ** 30 && Number.isInteger(align)) return (size + align - 1) & ~(align - 1);
  const mask = BigInt(align) - 1n;
  return Number(BigInt.asUintN(64, (BigInt(size) + mask) & ~mask));
};

/** module_get_offset(): grows the area by one section, answers with its offset. */
export const addToArea = (area: { size: number }, section: { size: number; align: number }): number => {
  const offset = alignAs(area.size, section.align);
  const size = offset + section.size;
  if (size > MODULES_LENGTH) throw new LoadFailure(ENOMEM, `module needs ${size} bytes`);
  area.size = size;
  return offset;
};
