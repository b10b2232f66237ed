import { type Address, addressFromHalves, highHalf, lowHalf } from "../../base/address.ts";
import type { GuestMemory } from "../../machine/memory.ts";
import type { Ram } from "../../machine/ram.ts";
import type { Cache } from "./cache.ts";
import { DIRECT_MAP } from "./layout.ts";

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

/** The same for all of a fresh slab, in the order given. Its pages lie in the direct map: no page walks needed. */
export const linkObjects = (ram: Ram, cache: Cache, objects: readonly Address[]): void => {
  const { words } = ram;
  const { low, high } = cache.secret;
  for (let index = 0; index < objects.length; index += 1) {
    const at = (objects[index] ?? 0) + cache.geometry.offset;
    const next = objects[index + 1] ?? 0;
    const word = (at - DIRECT_MAP) / 4;
    words[word] = lowHalf(next) ^ low ^ swap(highHalf(at));
    words[word + 1] = highHalf(next) ^ high ^ swap(lowHalf(at));
    ram.touch(word >>> 10);
  }
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
  const order = Uint16Array.from({ length: count }, (_, index) => index);
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
