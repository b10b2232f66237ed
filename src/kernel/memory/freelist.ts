import { type Address, PAGE_SIZE, addressFromHalves, highHalf, lowHalf } from "../../base/address.ts";
import type { GuestMemory } from "../../machine/memory.ts";
import type { Ram } from "../../machine/ram.ts";
import type { Cache } from "./cache.ts";
import { DIRECT_MAP } from "./layout.ts";

const DIRECT_MAP_HIGH = highHalf(DIRECT_MAP);

const swap = (word: number): number =>
  ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;

/**
 * The free pointer of a free object, hidden by the cache's secret and its own byte-swapped address
 * (mm/slub.c, freelist_ptr with CONFIG_SLAB_FREELIST_HARDENED). It lies in guest memory, so a
 * module that writes to freed memory breaks the list as it would break the kernel's.
 */
export const freePointer = (memory: GuestMemory, cache: Cache, object: Address): Address => {
  const at = object + cache.geometry.offset;
  const low = memory.u32(at) ^ cache.secret.low ^ swap(highHalf(at));
  const high = memory.u32(at + 4) ^ cache.secret.high ^ swap(lowHalf(at));
  return addressFromHalves(low, high);
};

export const setFreePointer = (memory: GuestMemory, cache: Cache, object: Address, next: Address): void => {
  const at = object + cache.geometry.offset;
  const { low, high } = cache.secret;
  memory.setHalves(at, lowHalf(next) ^ low ^ swap(highHalf(at)), highHalf(next) ^ high ^ swap(lowHalf(at)));
};

/**
 * The same for all objects of a fresh slab, which begins with the frame: element `start` of `order` is the
 * first, the one before it the last. The lower half of an address in the direct map is the physical address:
 * plain 32-bit arithmetic does, for small objects are many.
 */
export const linkSlab = (ram: Ram, cache: Cache, frame: number, order: Uint16Array, start: number): void => {
  const { words } = ram;
  const { size, offset, order: pages } = cache.geometry;
  const count = order.length;
  const base = frame * PAGE_SIZE;
  const low = cache.secret.low ^ swap(DIRECT_MAP_HIGH);
  const high = cache.secret.high ^ DIRECT_MAP_HIGH;
  let object = base + (order[start] ?? 0) * size;
  for (let done = 1, index = start + 1; done < count; done += 1, index += 1) {
    if (index === count) index = 0;
    const next = base + (order[index] ?? 0) * size;
    const at = object + offset;
    words[at >>> 2] = next ^ low;
    words[(at >>> 2) + 1] = high ^ swap(at);
    object = next;
  }
  const at = object + offset;
  words[at >>> 2] = low;
  words[(at >>> 2) + 1] = cache.secret.high ^ swap(at);
  for (let page = 0; page < 1 << pages; page += 1) ram.touch(frame + page);
};

/** Next of a sequence of 32-bit numbers (xorshift); `seed` must not be 0. */
export const nextRandom = (seed: number): number => {
  let x = seed;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return x >>> 0;
};

/**
 * The order in which a fresh slab of `count` objects hands them out: one shuffle a cache
 * (CONFIG_SLAB_FREELIST_RANDOM), each slab starting elsewhere in it.
 */
export const shuffledOrder = (count: number, seed: number): Uint16Array => {
  const order = new Uint16Array(count);
  for (let index = 0; index < count; index += 1) order[index] = index;
  let random = seed === 0 ? 1 : seed;
  for (let last = count - 1; last > 0; last -= 1) {
    random = nextRandom(random);
    const other = random % (last + 1);
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
};
