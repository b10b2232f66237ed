/** include/linux/bitmap.h, as lib/bitmap.c does it. */
import { EBUSY, ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import {
  fill,
  findClearArea,
  isEmpty,
  masked,
  shifted,
  store,
  weight,
  wordCount,
  wordsAt,
} from "../../src/kernel/data/bits.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";

export const bitmapEqual = stub(
  "bool __bitmap_equal(const unsigned long *bitmap1, const unsigned long *bitmap2, unsigned int bits)",
  (k, { bitmap1, bitmap2, bits }) => {
    const [a, b] = [wordsAt(k.memory, bitmap1), wordsAt(k.memory, bitmap2)];
    return isEmpty((index) => a(index) ^ b(index), bits);
  },
);

export const bitmapIntersects = stub(
  "bool __bitmap_intersects(const unsigned long *bitmap1, const unsigned long *bitmap2, unsigned int bits)",
  (k, { bitmap1, bitmap2, bits }) => {
    const [a, b] = [wordsAt(k.memory, bitmap1), wordsAt(k.memory, bitmap2)];
    return !isEmpty((index) => a(index) & b(index), bits);
  },
);

export const bitmapSubset = stub(
  "bool __bitmap_subset(const unsigned long *bitmap1, const unsigned long *bitmap2, unsigned int bits)",
  (k, { bitmap1, bitmap2, bits }) => {
    const [a, b] = [wordsAt(k.memory, bitmap1), wordsAt(k.memory, bitmap2)];
    return isEmpty((index) => a(index) & ~b(index), bits);
  },
);

export const bitmapComplement = stub(
  "void __bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int bits)",
  (k, { dst, src, bits }) => {
    const words = wordsAt(k.memory, src);
    store(k.memory, dst, bits, (index) => ~words(index));
  },
);

export const bitmapAnd = stub(
  "bool __bitmap_and(unsigned long *dst, const unsigned long *bitmap1, const unsigned long *bitmap2, unsigned int bits)",
  (k, { dst, bitmap1, bitmap2, bits }) => {
    const [a, b] = [wordsAt(k.memory, bitmap1), wordsAt(k.memory, bitmap2)];
    const words = masked((index) => a(index) & b(index), bits);
    store(k.memory, dst, bits, words);
    return !isEmpty(wordsAt(k.memory, dst), bits);
  },
);

export const bitmapAndnot = stub(
  "bool __bitmap_andnot(unsigned long *dst, const unsigned long *bitmap1, const unsigned long *bitmap2, unsigned int bits)",
  (k, { dst, bitmap1, bitmap2, bits }) => {
    const [a, b] = [wordsAt(k.memory, bitmap1), wordsAt(k.memory, bitmap2)];
    const words = masked((index) => a(index) & ~b(index), bits);
    store(k.memory, dst, bits, words);
    return !isEmpty(wordsAt(k.memory, dst), bits);
  },
);

export const bitmapOr = stub(
  "void __bitmap_or(unsigned long *dst, const unsigned long *bitmap1, const unsigned long *bitmap2, unsigned int bits)",
  (k, { dst, bitmap1, bitmap2, bits }) => {
    const [a, b] = [wordsAt(k.memory, bitmap1), wordsAt(k.memory, bitmap2)];
    store(k.memory, dst, bits, (index) => a(index) | b(index));
  },
);

export const bitmapXor = stub(
  "void __bitmap_xor(unsigned long *dst, const unsigned long *bitmap1, const unsigned long *bitmap2, unsigned int bits)",
  (k, { dst, bitmap1, bitmap2, bits }) => {
    const [a, b] = [wordsAt(k.memory, bitmap1), wordsAt(k.memory, bitmap2)];
    store(k.memory, dst, bits, (index) => a(index) ^ b(index));
  },
);

export const bitmapReplace = stub(
  "void __bitmap_replace(unsigned long *dst, const unsigned long *old, const unsigned long *new, const unsigned long *mask, unsigned int nbits)",
  (k, args) => {
    const [old, fresh, mask] = [args.old, args.new, args.mask].map((at) => wordsAt(k.memory, at));
    if (old === undefined || fresh === undefined || mask === undefined) return;
    store(k.memory, args.dst, args.nbits, (i) => (old(i) & ~mask(i)) | (fresh(i) & mask(i)));
  },
);

export const bitmapShiftRight = stub(
  "void __bitmap_shift_right(unsigned long *dst, const unsigned long *src, unsigned int shift, unsigned int nbits)",
  (k, { dst, src, shift, nbits }) =>
    store(k.memory, dst, nbits, shifted(masked(wordsAt(k.memory, src), nbits), -shift)),
);

/** From the top, since source and target may be one. Bits shifted beyond nbits stay in the last long. */
export const bitmapShiftLeft = stub(
  "void __bitmap_shift_left(unsigned long *dst, const unsigned long *src, unsigned int shift, unsigned int nbits)",
  (k, { dst, src, shift, nbits }) => {
    const words = shifted(wordsAt(k.memory, src), shift);
    for (let index = wordCount(nbits) - 1; index >= 0; index--) {
      k.memory.setU32(dst + index * 4, words(index) >>> 0);
    }
  },
);

export const bitmapCut = stub(
  "void bitmap_cut(unsigned long *dst, const unsigned long *src, unsigned int first, unsigned int cut, unsigned int nbits)",
  (k, { dst, src, first, cut, nbits }) => {
    const known = wordsAt(k.memory, src);
    const count = wordCount(nbits);
    const above = shifted((index) => (index < count ? known(index) : 0), -cut);
    const below = masked(() => -1, first);
    // All is read before anything is written: the two may overlap.
    const words = Array.from({ length: count }, (_, index) => {
      const stays = below(index);
      return (known(index) & stays) | (above(index) & ~stays);
    });
    store(k.memory, dst, nbits, (index) => words[index] ?? 0);
  },
);

export const bitmapWeight = stub(
  "unsigned int __bitmap_weight(const unsigned long *bitmap, unsigned int bits)",
  (k, { bitmap, bits }) => weight(wordsAt(k.memory, bitmap), bits),
);

export const bitmapWeightAnd = stub(
  "unsigned int __bitmap_weight_and(const unsigned long *bitmap1, const unsigned long *bitmap2, unsigned int bits)",
  (k, { bitmap1, bitmap2, bits }) => {
    const [a, b] = [wordsAt(k.memory, bitmap1), wordsAt(k.memory, bitmap2)];
    return weight((index) => a(index) & b(index), bits);
  },
);

export const bitmapSet = stub(
  "void __bitmap_set(unsigned long *map, unsigned int start, int len)",
  (k, { map, start, len }) => fill(k.memory, map, start, len, "set"),
);

export const bitmapClear = stub(
  "void __bitmap_clear(unsigned long *map, unsigned int start, int len)",
  (k, { map, start, len }) => fill(k.memory, map, start, len, "clear"),
);

export const bitmapFindNextZeroAreaOff = stub(
  "unsigned long bitmap_find_next_zero_area_off(unsigned long *map, unsigned long size, unsigned long start, unsigned int nr, unsigned long align_mask, unsigned long align_offset)",
  (k, args) =>
    findClearArea(wordsAt(k.memory, args.map), Number(args.size), Number(args.start), args.nr, {
      mask: Number(args.align_mask),
      offset: Number(args.align_offset),
    }),
);

/** `1 << order` */
const regionSize = (order: number): number => 2 ** (order & 31);

export const bitmapFindFreeRegion = stub(
  "int bitmap_find_free_region(unsigned long *bitmap, unsigned int bits, int order)",
  { fails: ["ENOMEM"] },
  (k, { bitmap, bits, order }) => {
    const size = regionSize(order);
    const words = masked(wordsAt(k.memory, bitmap), bits);
    for (let at = 0; at + size <= bits; at += size) {
      if (!isEmpty(shifted(words, -at), size)) continue;
      fill(k.memory, bitmap, at, size, "set");
      return at;
    }
    throw new Errno(ENOMEM);
  },
);

export const bitmapReleaseRegion = stub(
  "void bitmap_release_region(unsigned long *bitmap, unsigned int pos, int order)",
  (k, { bitmap, pos, order }) => fill(k.memory, bitmap, pos, regionSize(order), "clear"),
);

export const bitmapAllocateRegion = stub(
  "int bitmap_allocate_region(unsigned long *bitmap, unsigned int pos, int order)",
  { fails: ["EBUSY"] },
  (k, { bitmap, pos, order }) => {
    const size = regionSize(order);
    const words = masked(wordsAt(k.memory, bitmap), pos + size);
    if (!isEmpty(shifted(words, -pos), size)) throw new Errno(EBUSY);
    fill(k.memory, bitmap, pos, size, "set");
    return 0;
  },
);

const sleeps = ({ flags }: { readonly flags: number }): boolean => maySleep(flags);
const ALLOCATES = { fails: ["NULL"], sleeps, acquires: { slab: "return" } } as const;
const bytesFor = (bits: number): number => wordCount(bits) * 4;

export const bitmapAlloc = stub(
  "unsigned long *bitmap_alloc(unsigned int nbits, gfp_t flags)",
  ALLOCATES,
  (k, { nbits, flags }) => k.heap.kmalloc(bytesFor(nbits), flags),
);

export const bitmapZalloc = stub(
  "unsigned long *bitmap_zalloc(unsigned int nbits, gfp_t flags)",
  ALLOCATES,
  (k, { nbits, flags }) => k.heap.kmalloc(bytesFor(nbits), flags),
);

export const bitmapAllocNode = stub(
  "unsigned long *bitmap_alloc_node(unsigned int nbits, gfp_t flags, int node)",
  ALLOCATES,
  (k, { nbits, flags }) => k.heap.kmalloc(bytesFor(nbits), flags),
);

export const bitmapZallocNode = stub(
  "unsigned long *bitmap_zalloc_node(unsigned int nbits, gfp_t flags, int node)",
  ALLOCATES,
  (k, { nbits, flags }) => k.heap.kmalloc(bytesFor(nbits), flags),
);

export const bitmapFree = stub(
  "void bitmap_free(const unsigned long *bitmap)",
  { releases: { slab: "bitmap" } },
  (k, { bitmap }) => k.heap.kfree(bitmap),
);

export const bitmapFromArr32 = stub(
  "void bitmap_from_arr32(unsigned long *bitmap, const u32 *buf, unsigned int nbits)",
  (k, { bitmap, buf, nbits }) => {
    const source = wordsAt(k.memory, buf);
    // An odd last u32 leaves the upper half of the last long zero.
    store(k.memory, bitmap, nbits, (index) => (index * 32 < nbits ? source(index) : 0));
    const tail = nbits % 64;
    if (tail !== 0) fill(k.memory, bitmap, nbits, 64 - tail, "clear");
  },
);

export const bitmapToArr32 = stub(
  "void bitmap_to_arr32(u32 *buf, const unsigned long *bitmap, unsigned int nbits)",
  (k, { buf, bitmap, nbits }) => {
    const words = masked(wordsAt(k.memory, bitmap), nbits);
    for (let index = 0; index * 32 < nbits; index++) k.memory.setU32(buf + index * 4, words(index) >>> 0);
  },
);
