/** struct iov_iter in guest memory (lib/iov_iter.c): where the bytes of a transfer are. */
import { type Address, PAGE_SIZE } from "../../base/address.ts";
import { copyUser } from "../data/user-copy.ts";
import type { Kernel } from "../kernel.ts";

/** enum iter_type */
export const ITER = { IOVEC: 0, KVEC: 1, BVEC: 2, PIPE: 3, XARRAY: 4, DISCARD: 5, UBUF: 6 } as const;
/** A table that nothing ends goes no further than this (UIO_MAXIOV and some). */
const SEGMENTS_MAX = 4096;

/** A stretch of memory that is left of the iterator; address 0 for one that throws bytes away. */
interface Stretch {
  readonly at: Address;
  readonly length: number;
}

const view = (k: Kernel, iter: Address) => k.struct("iov_iter", iter);

const vectorAt = (k: Kernel, iter: Address, table: Address, index: number): Stretch => {
  if (view(k, iter).iter_type === ITER.BVEC) {
    const page = k.struct("bio_vec", table + index * k.sizeOf("bio_vec"));
    return { at: k.pages.pageToVirt(page.bv_page) + page.bv_offset, length: page.bv_len };
  }
  // struct iovec and struct kvec look alike.
  const at = table + index * 16;
  return { at: k.memory.pointer(at), length: k.memory.pointer(at + 8) };
};

/** What is left, stretch by stretch. */
export function* stretches(k: Kernel, iter: Address): Generator<Stretch> {
  const { iter_type, count, ubuf, iov, nr_segs, iov_offset } = view(k, iter);
  let left = count;
  if (iter_type === ITER.UBUF) return yield { at: ubuf + iov_offset, length: left };
  if (iter_type === ITER.DISCARD) return yield { at: 0, length: left };
  let skip = iov_offset;
  const segments = Math.min(Number(nr_segs), SEGMENTS_MAX);
  for (let index = 0; index < segments && left > 0; index += 1) {
    const { at, length } = vectorAt(k, iter, iov, index);
    const size = Math.min(length - skip, left);
    if (size > 0) yield { at: at + skip, length: size };
    left -= Math.max(size, 0);
    skip = 0;
  }
}

/** iov_iter_advance() */
export const advance = (k: Kernel, iter: Address, size: number): void => {
  const self = view(k, iter);
  const step = Math.min(size, self.count);
  self.count -= step;
  if (self.iter_type === ITER.UBUF || self.iter_type === ITER.DISCARD) {
    self.iov_offset += step;
    return;
  }
  const width = self.iter_type === ITER.BVEC ? k.sizeOf("bio_vec") : 16;
  let offset = self.iov_offset + step;
  for (let guard = 0; Number(self.nr_segs) > 0 && guard < SEGMENTS_MAX; guard += 1) {
    const { length } = vectorAt(k, iter, self.iov, 0);
    if (offset < length) break;
    offset -= length;
    self.iov = (self.iov + width) as typeof self.iov;
    self.nr_segs -= 1n;
  }
  self.iov_offset = offset;
};

/** iov_iter_revert() */
export const revert = (k: Kernel, iter: Address, size: number): void => {
  const self = view(k, iter);
  self.count += size;
  let back = size;
  if (self.iter_type === ITER.UBUF || self.iter_type === ITER.DISCARD || back <= self.iov_offset) {
    self.iov_offset -= back;
    return;
  }
  const width = self.iter_type === ITER.BVEC ? k.sizeOf("bio_vec") : 16;
  back -= self.iov_offset;
  for (let guard = 0; guard < SEGMENTS_MAX; guard += 1) {
    self.iov = (self.iov - width) as typeof self.iov;
    self.nr_segs += 1n;
    const { length } = vectorAt(k, iter, self.iov, 0);
    if (back <= length) {
      self.iov_offset = length - back;
      return;
    }
    back -= length;
  }
};

type Move = (at: Address, done: number, size: number) => number;

/** Moves up to `bytes`, stretch by stretch; `move` answers with what it could not. */
const through = (k: Kernel, iter: Address, bytes: number, move: Move): number => {
  let done = 0;
  for (const { at, length } of stretches(k, iter)) {
    const size = Math.min(length, bytes - done);
    if (size <= 0) break;
    const missing = at === 0 ? 0 : move(at, done, size);
    done += size - missing;
    if (missing > 0) break;
  }
  advance(k, iter, done);
  return done;
};

/** Bytes copied from kernel memory into the iterator. */
export const copyToIter = (k: Kernel, iter: Address, from: Address, bytes: number): number =>
  through(k, iter, bytes, (at, done, size) => copyUser(k, at, from + done, size));

export const copyFromIter = (k: Kernel, iter: Address, to: Address, bytes: number): number =>
  through(k, iter, bytes, (at, done, size) => copyUser(k, to + done, at, size));

export const zeroIter = (k: Kernel, iter: Address, bytes: number): number => {
  const zeros = k.heap.internal(new Uint8Array(PAGE_SIZE));
  try {
    return through(k, iter, bytes, (at, _done, size) => {
      for (let part = 0; part < size; part += PAGE_SIZE) {
        const piece = Math.min(PAGE_SIZE, size - part);
        const missing = copyUser(k, at + part, zeros, piece);
        if (missing > 0) return size - part - piece + missing;
      }
      return 0;
    });
  } finally {
    k.heap.kfree(zeros);
  }
};
