/** include/linux/thread_info.h: copies are checked (CONFIG_HARDENED_USERCOPY: mm/usercopy.c, and mm/slub.c for heap objects). */
import { type Address, PAGE_SIZE, toPattern } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { HeapObject } from "../../src/kernel/memory/heap.ts";
import { DIRECT_MAP, frameToPage, isVmalloc } from "../../src/kernel/memory/layout.ts";
import { stub } from "../../src/stub/declare.ts";
import { bugAt, warnAt } from "../reports.ts";

/** What a bad copy would do to kernel memory. */
export type Direction = "exposure" | "overwrite";

interface Refusal {
  readonly what: string;
  readonly detail?: string;
  readonly offset: number | bigint;
}

const KERN_EMERG = 0;
const SLUB_PATH = ["__check_heap_object+0xa9/0xc0", "__check_object_size+0x1df/0x220"];
/** include/linux/slab.h: kmalloc(0) */
const ZERO_SIZE_PTR = 16;
const TWO_64 = 2 ** 64;
/** enum pageflags */
const PG_HEAD = 1 << 16;
const WHOLE = { userOffset: 0, userSize: Infinity };

const abort = (k: Kernel, direction: Direction, { what, detail, offset }: Refusal, size: number): never => {
  const preposition = direction === "exposure" ? "from" : "to";
  const quoted = detail === undefined ? "" : ` '${detail}'`;
  k.printk(
    KERN_EMERG,
    `usercopy: Kernel memory ${direction} attempt detected ${preposition} ${what}${quoted} (offset ${offset}, size ${size})!`,
  );
  return bugAt(k, "usercopy_abort:101", what === "SLUB object" ? SLUB_PATH : []);
};

/** Whole blocks of the page allocator are checked only if they are compound (kmalloc's are). */
const outsideBlock = (k: Kernel, at: Address, size: number, block: HeapObject): Refusal | undefined => {
  const offset = at - block.base;
  if (size <= block.capacity - offset || block.capacity <= PAGE_SIZE) return undefined;
  const flags = k.memory.u32(frameToPage((block.base - DIRECT_MAP) / PAGE_SIZE));
  return (flags & PG_HEAD) === 0 ? undefined : { what: "page alloc", offset };
};

const outsideObject = (k: Kernel, at: Address, size: number): Refusal | undefined => {
  const object = k.heap.objectAt(at);
  if (object === undefined) return undefined;
  if (object.cache === "page") return outsideBlock(k, at, size, object);
  const offset = at - object.base;
  const caches = [...k.heap.caches.byId.values()];
  const { userOffset, userSize } = caches.find(({ name }) => name === object.cache) ?? WHOLE;
  const inside =
    offset >= userOffset && offset - userOffset <= userSize && size <= userOffset - offset + userSize;
  return inside ? undefined : { what: "SLUB object", detail: object.cache, offset };
};

const outsideArea = (k: Kernel, at: Address, size: number): Refusal | undefined => {
  const area = k.vmalloc.find(at);
  if (area === undefined) return { what: "vmalloc", detail: "no area", offset: 0 };
  const end = area.address + area.size;
  return size > end - at ? { what: "vmalloc", offset: at - area.address } : undefined;
};

const badStack = (k: Kernel, at: Address, size: number): Refusal | "fine" | undefined => {
  const { low, high } = k.current.stack;
  if (at + size <= low || high <= at) return undefined;
  const pointer = k.executor.register(4);
  const outside = at < low || high < at + size || at < pointer;
  return outside ? { what: "process stack", offset: toPattern(pointer - at) } : "fine";
};

const insideText = (k: Kernel, at: Address, size: number): Refusal | undefined => {
  const { imageStart, imageEnd } = k.profile;
  if (at + size <= imageStart || at >= imageEnd) return undefined;
  const start = k.symbols.address("_stext") ?? imageStart;
  const end = k.symbols.address("_etext") ?? imageStart;
  return at < end && at + size > start ? { what: "kernel text", offset: toPattern(at - start) } : undefined;
};

/** Kills the task when the copy would leave the object that `at` lies in. */
export const checkObjectSize = (k: Kernel, at: Address, size: number, direction: Direction): void => {
  if (size === 0) return;
  const refuse = (refusal: Refusal): never => abort(k, direction, refusal, size);
  const unsigned = at < 0 ? at + TWO_64 : at;
  if (unsigned + size - 1 >= TWO_64) refuse({ what: "wrapped address", offset: 0 });
  if (unsigned <= ZERO_SIZE_PTR) refuse({ what: "null address", offset: at });
  const stack = badStack(k, at, size);
  if (stack === "fine") return;
  const vmalloc = isVmalloc(at);
  const refusal =
    stack ?? (vmalloc ? outsideArea(k, at, size) : outsideObject(k, at, size)) ?? insideText(k, at, size);
  if (refusal !== undefined) refuse(refusal);
};

export const copyOverflow = stub(
  "void __copy_overflow(int size, unsigned long count)",
  (k, { size, count }) => warnAt(k, "__copy_overflow:228", `Buffer overflow detected (${size} < ${count})!`),
);

export const checkObjectSizeStub = stub(
  "void __check_object_size(const void *ptr, unsigned long n, bool to_user)",
  (k, { ptr, n, to_user }) => checkObjectSize(k, ptr, Number(n), to_user ? "exposure" : "overwrite"),
);
