import { type Address, PAGE_SIZE } from "../../base/address.ts";
import { type Cache, OBJECT, RECORD, SLAB } from "./cache.ts";
import { type FrameTable, OWNER } from "./frame-table.ts";
import { linkSlab, shuffledOrder } from "./freelist.ts";
import { fixFlags } from "./failure.ts";
import { GFP, GFP_SLAB_BUG_MASK } from "./gfp.ts";
import type { Complaints, MemoryHost } from "./host.ts";
import { DIRECT_MAP, frameToVirt } from "./layout.ts";
import type { PageStructs } from "./page-structs.ts";
import type { Pages } from "./pages.ts";
import type { PrivateMemory } from "./private-memory.ts";
import { FIX_FLAGS_PATH } from "./sites.ts";
import { addPartial, addToAll, removeFromAll, removePartial } from "./slab-lists.ts";

/** What the slab functions work with. */
export interface SlabParts {
  readonly host: MemoryHost;
  readonly store: PrivateMemory;
  readonly table: FrameTable;
  readonly structs: PageStructs;
  readonly pages: Pages;
  readonly complaints: Complaints;
  /** Word index of the counter of allocations. */
  readonly serial: number;
  /** Shuffles by cache; a function of the seed only. */
  readonly orders: Map<number, Uint16Array>;
}

const RECORD_BYTES = RECORD.WORDS * 4;

/** The record of the slab that `address` lies in, or 0. */
export const recordOf = (parts: SlabParts, address: Address): number => {
  const { words } = parts.store;
  const entry = parts.table.find(Math.floor((address - DIRECT_MAP) / PAGE_SIZE));
  if (entry === 0 || ((words[entry] ?? 0) & 0xf) !== OWNER.SLAB) return 0;
  return words[entry + 1] ?? 0;
};

export const slabBase = (parts: SlabParts, record: number): Address =>
  frameToVirt(parts.store.words[record + RECORD.FRAME] ?? 0);

/** Number of the object that starts at `address`, or -1. */
export const indexOf = (parts: SlabParts, cache: Cache, record: number, address: Address): number => {
  const index = (address - slabBase(parts, record)) / cache.geometry.size;
  const { objects } = cache.geometry;
  return Number.isInteger(index) && index >= 0 && index < objects ? index : -1;
};

/** Word index of what is kept about an object: size asked for with OBJECT bits, serial number. */
export const sideOf = (parts: SlabParts, record: number, index: number): number =>
  (parts.store.words[record + RECORD.SIDE] ?? 0) + index * 2;

/** Pages and record of a new slab; 0 when memory is used up. */
export const newSlab = (parts: SlabParts, cache: Cache, gfp: number): number => {
  const { store, table } = parts;
  const { order, objects } = cache.geometry;
  const record = store.allocate(RECORD_BYTES);
  const side = record === 0 ? 0 : store.allocate(objects * 8);
  // A running kernel has slabs of kmalloc at hand, and looks at the flags only for a new one.
  const kmalloc = (cache.flags & SLAB.KMALLOC) !== 0;
  const fixed = kmalloc ? gfp & ~GFP_SLAB_BUG_MASK : fixFlags(parts.complaints, gfp, FIX_FLAGS_PATH);
  const wanted = fixed | GFP.COMP | ((cache.flags & SLAB.CACHE_DMA) === 0 ? 0 : GFP.DMA);
  const frame = side === 0 ? undefined : parts.pages.allocate(order, wanted, OWNER.SLAB);
  if (frame === undefined) {
    if (side !== 0) store.release(side, objects * 8);
    if (record !== 0) store.release(record, RECORD_BYTES);
    return 0;
  }
  for (let part = 0; part < 1 << order; part += 1) store.set(table.find(frame + part) + 1, record);
  parts.structs.slab(frame, cache.address);
  store.set(record + RECORD.CACHE, cache.id);
  store.set(record + RECORD.FRAME, frame);
  store.set(record + RECORD.SIDE, side);
  parts.host.shadow.watch?.slab(frameToVirt(frame), PAGE_SIZE << order);
  return record;
};

const orderOf = (parts: SlabParts, cache: Cache): Uint16Array => {
  const { objects } = cache.geometry;
  let order = parts.orders.get(cache.id);
  if (order === undefined || order.length !== objects) {
    order = shuffledOrder(objects, cache.secret.low);
    parts.orders.set(cache.id, order);
  }
  return order;
};

/** Where in the cache's order the next slab begins. */
export const startOf = (parts: SlabParts, cache: Cache): number =>
  (Math.imul(parts.store.words[parts.serial] ?? 0, 2654435761) >>> 0) % cache.geometry.objects;

/** Objects of a slab in the order in which they will be handed out. */
export const objectsOf = (parts: SlabParts, cache: Cache, record: number, start: number): Address[] => {
  const order = orderOf(parts, cache);
  const base = slabBase(parts, record);
  return Array.from(order, (_, at) => base + (order[(start + at) % order.length] ?? 0) * cache.geometry.size);
};

/** Links the free objects and lets the cache use the slab. */
export const publish = (parts: SlabParts, cache: Cache, record: number, start: number): void => {
  const { store, host } = parts;
  const order = orderOf(parts, cache);
  linkSlab(host.ram, cache, store.words[record + RECORD.FRAME] ?? 0, order, start);
  const first = slabBase(parts, record) + (order[start] ?? 0) * cache.geometry.size;
  store.setDouble(record + RECORD.FREELIST, first);
  addToAll(store, cache, record);
  addPartial(store, cache, record);
};

/** Gives an empty slab back to the page allocator. */
export const discard = (parts: SlabParts, cache: Cache, record: number): void => {
  const { store } = parts;
  const frame = store.words[record + RECORD.FRAME] ?? 0;
  removePartial(store, cache, record);
  removeFromAll(store, cache, record);
  parts.structs.slab(frame, 0);
  parts.host.shadow.watch?.released(frameToVirt(frame), PAGE_SIZE << cache.geometry.order);
  parts.pages.release(frame, cache.geometry.order);
  store.release(store.words[record + RECORD.SIDE] ?? 0, cache.geometry.objects * 8);
  store.release(record, RECORD_BYTES);
};

export const isAllocated = (parts: SlabParts, record: number, index: number): boolean =>
  ((parts.store.words[sideOf(parts, record, index)] ?? 0) & OBJECT.ALLOCATED) !== 0;
