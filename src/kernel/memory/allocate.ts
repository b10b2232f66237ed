import { type Address, PAGE_SIZE } from "../../base/address.ts";
import { GuestFault } from "../../base/errors.ts";
import { type Cache, HOT, OBJECT, SLAB } from "./cache.ts";
import type { CacheTable } from "./caches.ts";
import { OWNER } from "./frame-table.ts";
import { FAULTS, placed } from "./fault-sites.ts";
import { fixFlags } from "./failure.ts";
import { GFP, gfpText } from "./gfp.ts";
import {
  KMALLOC_MAX_CACHE_SIZE,
  type KmallocCaches,
  ZERO_SIZE_PTR,
  kmallocIndex,
  kmallocType,
} from "./kmalloc.ts";
import { KERNEL_IMAGE_SIZE, KERNEL_MAP, frameToVirt, orderOf, virtToPhys } from "./layout.ts";
import { FIX_LARGE_PATH, SITES } from "./sites.ts";
import { allocObject, freeObject } from "./slab.ts";
import { type SlabParts, indexOf, recordOf, sideOf } from "./slab-pages.ts";
import type { WarnOnce } from "./warn-once.ts";

export interface HeapParts extends SlabParts {
  readonly once: WarnOnce;
  readonly caches: CacheTable;
  readonly kmallocs: KmallocCaches;
}

/** NULL and ZERO_SIZE_PTR (ZERO_OR_NULL_PTR). */
export const isNothing = (address: Address): boolean => address >= 0 && address <= ZERO_SIZE_PTR;

export const rawFrame = (address: Address): number => Math.floor(virtToPhys(address) / PAGE_SIZE);

/** The cache of the slab behind `record`, or undefined for 0. */
export const cacheOf = (heap: HeapParts, record: number): Cache | undefined =>
  record === 0 ? undefined : heap.caches.byId.get(heap.store.words[record] ?? 0);

/** The cache behind a `struct kmem_cache *`; a wild pointer faults where the kernel would first look. */
export const cacheAt = (heap: HeapParts, address: Address): Cache => {
  const cache = heap.caches.byAddress.get(address) ?? heap.kmallocs.at(address);
  if (cache !== undefined) return cache;
  const size = address + heap.caches.offsetOf("kmem_cache", "object_size");
  throw placed(heap.complaints, FAULTS.cache, new GuestFault(size, { write: false, present: false }));
};

export const fromCache = (heap: HeapParts, cache: Cache, gfp: number, size: number): Address => {
  const object = allocObject(heap, cache, gfp, size);
  if (object === 0) reportFailure(heap, cache, gfp);
  return object;
};

/** mm/slub.c, slab_out_of_memory; the page allocator has said its part. */
const reportFailure = (heap: HeapParts, cache: Cache, gfp: number): void => {
  if ((gfp & GFP.NOWARN) !== 0 || !heap.once.first("slab_out_of_memory")) return;
  const { geometry, hot } = cache;
  const { words } = heap.store;
  const slabs = words[hot + HOT.SLABS] ?? 0;
  const objects = slabs * geometry.objects;
  const say = (text: string): void => heap.complaints.log(4, `${text}\n`);
  say(`SLUB: Unable to allocate memory on node -1, gfp=0x${(gfp >>> 0).toString(16)}(${gfpText(gfp)})`);
  say(
    `  cache: ${cache.name}, object size: ${cache.objectSize}, buffer size: ${geometry.size}, default order: ${geometry.order}, min order: ${orderOf(geometry.size)}`,
  );
  say(`  node 0: slabs: ${slabs}, objs: ${objects}, free: ${objects - (words[hot + HOT.ACTIVE] ?? 0)}`);
};

export const allocate = (heap: HeapParts, size: number, gfp: number): Address => {
  if (size === 0) return ZERO_SIZE_PTR;
  if (size < 0 || size > KMALLOC_MAX_CACHE_SIZE) return allocateLarge(heap, size, gfp);
  const cache = heap.kmallocs.find(kmallocType(gfp), kmallocIndex(size));
  if (cache === undefined) return 0;
  return fromCache(heap, cache, gfp, size);
};

export const allocateLarge = (heap: HeapParts, size: number, gfp: number): Address => {
  // A size_t with its top bit set may arrive negative.
  const order = size < 0 ? 52 : orderOf(size);
  const flags = fixFlags(heap.complaints, gfp, FIX_LARGE_PATH) | GFP.COMP;
  const frame = heap.pages.allocate(order, flags, OWNER.LARGE);
  if (frame === undefined) return 0;
  const { store } = heap;
  const entry = heap.table.find(frame);
  store.set(heap.serial, (store.words[heap.serial] ?? 0) + 1);
  store.set(entry + 1, store.words[heap.serial] ?? 0);
  store.set(entry + 2, size);
  return frameToVirt(frame);
};

/** A frame nobody owns. */
const NO_FRAME = 0;

/** Frame of the first page of the block around `address`; faults where the struct page would not exist. */
const headFrame = (heap: HeapParts, address: Address): number => {
  const frame = rawFrame(address);
  // The kernel image's own pages are reserved; here its frames are others' (see KernelImage).
  if (address >= KERNEL_MAP && address < KERNEL_MAP + KERNEL_IMAGE_SIZE) return NO_FRAME;
  if (heap.pages.isValidFrame(frame)) return heap.table.base(frame);
  const fault = new GuestFault(heap.pages.virtToPage(address) + 8, { write: false, present: false });
  throw placed(heap.complaints, FAULTS.page, fault);
};

export const release = (heap: HeapParts, address: Address): void => {
  if (isNothing(address)) return;
  const record = recordOf(heap, address);
  if (record !== 0) {
    const cache = cacheOf(heap, record);
    if (cache !== undefined) freeObject(heap, cache, record, address);
    return;
  }
  freeLarge(heap, headFrame(heap, address), address);
};

/** mm/slab_common.c, free_large_kmalloc */
const freeLarge = (heap: HeapParts, frame: number, address: Address): void => {
  const owned = heap.table.owner(frame) !== OWNER.FREE;
  const order = owned ? heap.structs.order(frame) : 0;
  if (order === 0) {
    if (heap.once.first("free_large_kmalloc")) {
      heap.complaints.warn(SITES.freeLarge);
      heap.complaints.log(4, `object pointer: 0x${heap.complaints.hashed(address)}\n`);
    }
    if (!owned) return;
  }
  heap.pages.freePages(heap.pages.virtToPage(frameToVirt(frame)), order);
};

export const usableSize = (heap: HeapParts, address: Address): number => {
  if (isNothing(address)) return 0;
  const record = recordOf(heap, address);
  if (record === 0) {
    const frame = headFrame(heap, address);
    const order = heap.table.owner(frame) === OWNER.FREE ? 0 : heap.structs.order(frame);
    return order === 0 ? 0 : PAGE_SIZE * 2 ** order;
  }
  const cache = cacheOf(heap, record);
  if (cache === undefined) return 0;
  return (cache.flags & SLAB.TYPESAFE_BY_RCU) === 0 ? cache.geometry.size : cache.geometry.inuse;
};

export const reallocate = (heap: HeapParts, address: Address, size: number, gfp: number): Address => {
  if (size === 0) {
    release(heap, address);
    return ZERO_SIZE_PTR;
  }
  const { memory } = heap.host;
  const usable = isNothing(address) ? 0 : usableSize(heap, address);
  if (usable >= size && size > 0) {
    memory.fill(address + size, 0, usable - size);
    if (recordOf(heap, address) !== 0) heap.host.shadow.watch?.allocated(address, size, usable);
    return address;
  }
  const fresh = allocate(heap, size, gfp);
  if (fresh === 0) return 0;
  if (usable > 0) memory.write(fresh, memory.bytes(address, usable));
  release(heap, address);
  return fresh;
};

/** A copy of bytes that belongs to the kernel: `live` does not list it. */
export const internalCopy = (heap: HeapParts, bytes: Uint8Array): Address => {
  const { store } = heap;
  const address = allocate(heap, bytes.length, GFP.NOWARN);
  if (isNothing(address)) return address;
  heap.host.memory.write(address, bytes);
  const record = recordOf(heap, address);
  const cache = cacheOf(heap, record);
  if (cache === undefined) {
    store.set(heap.table.find(rawFrame(address)) + 3, 1);
    return address;
  }
  const side = sideOf(heap, record, indexOf(heap, cache, record, address));
  store.set(side, ((store.words[side] ?? 0) | OBJECT.INTERNAL) >>> 0);
  return address;
};
