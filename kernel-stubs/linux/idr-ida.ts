/** include/linux/idr.h: IDAs, which give out IDs without pointers (lib/idr.c). */
import { type Address, toAddress, toPattern } from "../../src/base/address.ts";
import { ENOSPC } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { fill, findNext, isEmpty, wordsAt } from "../../src/kernel/data/bits.ts";
import { arrayAt } from "../../src/kernel/data/xarray-pool.ts";
import { findFree, findPresent } from "../../src/kernel/data/xarray-search.ts";
import { clearMark, load, locate, setMark, store } from "../../src/kernel/data/xarray.ts";
import { type Entry, FREE_MARK, isValue, type XArray } from "../../src/kernel/data/xarray-node.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";
import { guarded, warnAt } from "../reports.ts";

const INT_MAX = 0x7fff_ffff;
/** IDs behind one entry: a value's bits at first, then a bitmap's. */
const BITMAP_BITS = 1024;
const VALUE_BITS = 63;

const valueOf = (bits: bigint): Entry => (bits << 1n) | 1n;

const newBitmap = (k: Kernel, bits: bigint): Address => {
  const bitmap = k.heap.internal(new Uint8Array(BITMAP_BITS / 8));
  k.memory.setU64(bitmap, bits);
  return bitmap;
};

const clearBitFrom = (k: Kernel, bitmap: Address, from: number): number => {
  const words = wordsAt(k.memory, bitmap);
  return findNext((index) => ~words(index), BITMAP_BITS, from);
};

/** One entry's part: the first free bit from `from` on, now taken; BITMAP_BITS when all are. */
const takeBit = (k: Kernel, xa: XArray, index: bigint, from: number, last: number): number => {
  const entry = load(xa, index);
  let bitmap = 0;
  if (entry === 0n && from < VALUE_BITS) {
    store(xa, index, valueOf(1n << BigInt(from)));
    return from;
  }
  if (isValue(entry) && from < VALUE_BITS) {
    const bits = entry >> 1n;
    let bit = from;
    while (bit < VALUE_BITS && (bits >> BigInt(bit)) & 1n) bit++;
    if (bit > last) return bit;
    if (bit < VALUE_BITS) {
      store(xa, index, valueOf(bits | (1n << BigInt(bit))));
      return bit;
    }
  }
  if (entry === 0n || isValue(entry)) {
    bitmap = newBitmap(k, entry >> 1n);
    store(xa, index, toPattern(bitmap));
  } else bitmap = toAddress(entry);
  const bit = clearBitFrom(k, bitmap, from);
  if (bit > last || bit === BITMAP_BITS) return bit;
  fill(k.memory, bitmap, bit, 1, "set");
  const position = locate(xa, index);
  if (position !== undefined && clearBitFrom(k, bitmap, 0) === BITMAP_BITS)
    clearMark(xa, position, FREE_MARK);
  return bit;
};

const allocate = (k: Kernel, ida: Address, min: number, max: number): number => {
  const xa = arrayAt(k, ida);
  const first = Math.floor(min / BITMAP_BITS);
  const end = BigInt(Math.floor(max / BITMAP_BITS));
  for (let from = BigInt(first); ; from += 1n) {
    const index = findFree(xa, from, end);
    if (index === undefined) throw new Errno(ENOSPC);
    from = index;
    const start = index > BigInt(first) ? 0 : min % BITMAP_BITS;
    const base = Number(index) * BITMAP_BITS;
    if (base + start > max) throw new Errno(ENOSPC);
    const bit = takeBit(k, xa, index, start, max - base);
    if (base + bit > max) throw new Errno(ENOSPC);
    if (bit < BITMAP_BITS) return base + bit;
  }
};

export const idaAllocRange = stub(
  "int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp)",
  { fails: ["ENOMEM", "ENOSPC"], sleeps: ({ gfp }) => maySleep(gfp) },
  (k, { ida, min, max }) => {
    if (min > INT_MAX) throw new Errno(ENOSPC);
    return guarded(k, "ida_alloc_range", () => allocate(k, ida, min, Math.min(max, INT_MAX))) ?? 0;
  },
);

/** False when the ID was not taken. */
const release = (k: Kernel, xa: XArray, index: bigint, bit: number): boolean => {
  const position = locate(xa, index);
  const entry = position?.entry ?? 0n;
  if (position === undefined || entry === 0n) return false;
  if (isValue(entry)) {
    const mask = 1n << BigInt(bit);
    const bits = entry >> 1n;
    if (bit >= VALUE_BITS || (bits & mask) === 0n) return false;
    store(xa, index, bits === mask ? 0n : valueOf(bits & ~mask));
    return true;
  }
  const bitmap = toAddress(entry);
  if (findNext(wordsAt(k.memory, bitmap), bit + 1, bit) !== bit) return false;
  fill(k.memory, bitmap, bit, 1, "clear");
  setMark(xa, position, FREE_MARK);
  if (isEmpty(wordsAt(k.memory, bitmap), BITMAP_BITS)) {
    k.heap.kfree(bitmap);
    store(xa, index, 0n);
  }
  return true;
};

export const idaFree = stub("void ida_free(struct ida *ida, unsigned int id)", (k, { ida, id }) => {
  if (id > INT_MAX) return;
  const index = BigInt(Math.floor(id / BITMAP_BITS));
  if (release(k, arrayAt(k, ida), index, id % BITMAP_BITS)) return;
  warnAt(k, "ida_free:527", `ida_free called for id=${id} which is not allocated.`);
});

export const idaDestroy = stub("void ida_destroy(struct ida *ida)", (k, { ida }) => {
  const xa = arrayAt(k, ida);
  guarded(k, "ida_destroy", () => {
    for (let found = findPresent(xa, 0n, 2n ** 64n - 1n); found !== undefined;) {
      const { entry } = found.position;
      if (!isValue(entry)) k.heap.kfree(toAddress(entry));
      store(xa, found.index, 0n);
      found = findPresent(xa, found.index + 1n, 2n ** 64n - 1n);
    }
  });
});
