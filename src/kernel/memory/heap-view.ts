import { type Address, PAGE_SIZE } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { type HeapParts, cacheOf, rawFrame } from "./allocate.ts";
import { type Cache, HOT, OBJECT, RECORD } from "./cache.ts";
import { OWNER } from "./frame-table.ts";
import { DIRECT_MAP, frameToVirt } from "./layout.ts";
import { recordOf, sideOf, slabBase } from "./slab-pages.ts";

export interface HeapObject {
  readonly base: Address;
  /** Bytes asked for, and bytes there are. */
  readonly size: number;
  readonly capacity: number;
  /** Name of the slab cache; "page" for blocks of the page allocator. */
  readonly cache: ByteString;
  readonly state: "allocated" | "freed";
  /** Number of the allocation since boot; 0 for an object never handed out. */
  readonly serial: number;
}

const describeObject = (heap: HeapParts, cache: Cache, record: number, index: number): HeapObject => {
  const { words } = heap.store;
  const side = sideOf(heap, record, index);
  return {
    base: slabBase(heap, record) + index * cache.geometry.size,
    size: (words[side] ?? 0) & OBJECT.SIZE,
    capacity: cache.objectSize,
    cache: cache.name,
    state: ((words[side] ?? 0) & OBJECT.ALLOCATED) === 0 ? "freed" : "allocated",
    serial: words[side + 1] ?? 0,
  };
};

const blockAt = (heap: HeapParts, frame: number): HeapObject | undefined => {
  const owner = heap.table.owner(frame);
  if (owner !== OWNER.PAGES && owner !== OWNER.LARGE) return undefined;
  const base = heap.table.base(frame);
  const capacity = PAGE_SIZE * 2 ** heap.table.order(base);
  const entry = heap.table.find(base);
  const serial = heap.store.words[entry + 1] ?? 0;
  const size = owner === OWNER.LARGE ? (heap.store.words[entry + 2] ?? 0) : capacity;
  return { base: frameToVirt(base), size, capacity, cache: "page", state: "allocated", serial };
};

/** The object or block that `address` lies in, or lay in until its slab went away; or undefined. */
export const objectAt = (heap: HeapParts, address: Address): HeapObject | undefined => {
  if (address < DIRECT_MAP || address >= DIRECT_MAP + heap.host.ram.size) return undefined;
  const record = recordOf(heap, address);
  const cache = cacheOf(heap, record);
  if (cache === undefined) return blockAt(heap, rawFrame(address));
  const index = Math.floor((address - slabBase(heap, record)) / cache.geometry.size);
  return index < cache.geometry.objects ? describeObject(heap, cache, record, index) : undefined;
};

/** Everything allocated from slabs and by kmalloc_large, the kernel's own left out. */
export function* listLive(heap: HeapParts): Generator<HeapObject> {
  const { words } = heap.store;
  for (const cache of heap.caches.byId.values()) {
    if (cache === heap.caches.state.descriptors) continue;
    for (
      let record = words[cache.hot + HOT.ALL] ?? 0;
      record !== 0;
      record = words[record + RECORD.ALL_NEXT] ?? 0
    ) {
      for (let index = 0; index < cache.geometry.objects; index += 1) {
        const bits = words[sideOf(heap, record, index)] ?? 0;
        if ((bits & OBJECT.ALLOCATED) === 0 || (bits & OBJECT.INTERNAL) !== 0) continue;
        yield describeObject(heap, cache, record, index);
      }
    }
  }
  for (let frame = 0; frame < heap.host.frames.total; frame += 1) {
    if (heap.table.owner(frame) !== OWNER.LARGE || heap.table.base(frame) !== frame) continue;
    if (words[heap.table.find(frame) + 3] === 1) continue;
    const block = blockAt(heap, frame);
    if (block !== undefined) yield block;
  }
}
