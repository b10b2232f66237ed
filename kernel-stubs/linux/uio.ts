/** include/linux/uio.h, as lib/iov_iter.c does it. */
import type { Address } from "../../src/base/address.ts";
import { userAddress } from "../../src/abi/user-pointer.ts";
import { EFAULT, EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { accessOk, copyUser } from "../../src/kernel/data/user-copy.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import {
  ITER,
  advance,
  copyFromIter,
  copyToIter,
  revert,
  stretches,
  zeroIter,
} from "../../src/kernel/vfs/iov-iter.ts";
import { stub } from "../../src/stub/declare.ts";

const UIO_MAXIOV = 1024;
const MAX_RW_COUNT = 0x7ffff000;
const PIPES = { partial: "iterators over pipes and XArrays hold nothing" } as const;

export const copyToIterStub = stub(
  "size_t _copy_to_iter(const void *addr, size_t bytes, struct iov_iter *i)",
  { sleeps: true, fails: ["ZERO"], level: PIPES },
  (k, { addr, bytes, i }) => copyToIter(k, i, addr, bytes),
);
export const copyFromIterStub = stub(
  "size_t _copy_from_iter(void *addr, size_t bytes, struct iov_iter *i)",
  { sleeps: true, fails: ["ZERO"], level: PIPES },
  (k, { addr, bytes, i }) => copyFromIter(k, i, addr, bytes),
);
export const copyFromIterNocache = stub(
  "size_t _copy_from_iter_nocache(void *addr, size_t bytes, struct iov_iter *i)",
  { sleeps: true, fails: ["ZERO"], level: PIPES },
  (k, { addr, bytes, i }) => copyFromIter(k, i, addr, bytes),
);
export const copyPageToIter = stub(
  "size_t copy_page_to_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i)",
  { sleeps: true, fails: ["ZERO"], level: PIPES },
  (k, { page, offset, bytes, i }) => copyToIter(k, i, k.pages.pageToVirt(page) + offset, bytes),
);
export const copyPageFromIter = stub(
  "size_t copy_page_from_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i)",
  { sleeps: true, fails: ["ZERO"], level: PIPES },
  (k, { page, offset, bytes, i }) => copyFromIter(k, i, k.pages.pageToVirt(page) + offset, bytes),
);
export const copyPageFromIterAtomic = stub(
  "size_t copy_page_from_iter_atomic(struct page *page, unsigned int offset, size_t bytes, struct iov_iter *i)",
  { fails: ["ZERO"], level: PIPES },
  (k, { page, offset, bytes, i }) => copyFromIter(k, i, k.pages.pageToVirt(page) + offset, bytes),
);
export const iovIterZero = stub(
  "size_t iov_iter_zero(size_t bytes, struct iov_iter *i)",
  { sleeps: true, fails: ["ZERO"], level: PIPES },
  (k, { bytes, i }) => zeroIter(k, i, bytes),
);
export const iovIterAdvance = stub(
  "void iov_iter_advance(struct iov_iter *i, size_t size)",
  (k, { i, size }) => advance(k, i, size),
);
export const iovIterRevert = stub(
  "void iov_iter_revert(struct iov_iter *i, size_t unroll)",
  (k, { i, unroll }) => {
    if (unroll > 0 && unroll <= MAX_RW_COUNT) revert(k, i, unroll);
  },
);
export const iovIterSingleSegCount = stub(
  "size_t iov_iter_single_seg_count(const struct iov_iter *i)",
  (k, { i }) => stretches(k, i).next().value?.length ?? 0,
);

interface NewIter {
  readonly type: number;
  readonly direction: number;
  readonly table: Address;
  readonly segments: number | bigint;
  readonly count: number;
}
const initialise = (k: Kernel, iter: Address, wanted: NewIter): void => {
  k.memory.fill(iter, 0, k.sizeOf("iov_iter"));
  const view = k.struct("iov_iter", iter);
  view.iter_type = wanted.type;
  view.user_backed = wanted.type === ITER.IOVEC || wanted.type === ITER.UBUF;
  view.data_source = wanted.direction !== 0;
  view.iov = wanted.table as typeof view.iov;
  view.nr_segs = BigInt(wanted.segments);
  view.count = wanted.count;
};
export const iovIterInit = stub(
  `void iov_iter_init(struct iov_iter *i, unsigned int direction, const struct iovec *iov,
      unsigned long nr_segs, size_t count)`,
  (k, { i, direction, iov, nr_segs, count }) =>
    initialise(k, i, { type: ITER.IOVEC, direction, table: iov, segments: nr_segs, count }),
);
export const iovIterKvec = stub(
  `void iov_iter_kvec(struct iov_iter *i, unsigned int direction, const struct kvec *kvec,
      unsigned long nr_segs, size_t count)`,
  (k, { i, direction, kvec, nr_segs, count }) =>
    initialise(k, i, { type: ITER.KVEC, direction, table: kvec, segments: nr_segs, count }),
);
export const iovIterBvec = stub(
  `void iov_iter_bvec(struct iov_iter *i, unsigned int direction, const struct bio_vec *bvec,
      unsigned long nr_segs, size_t count)`,
  (k, { i, direction, bvec, nr_segs, count }) =>
    initialise(k, i, { type: ITER.BVEC, direction, table: bvec, segments: nr_segs, count }),
);
export const iovIterDiscard = stub(
  "void iov_iter_discard(struct iov_iter *i, unsigned int direction, size_t count)",
  (k, { i, direction, count }) =>
    initialise(k, i, { type: ITER.DISCARD, direction, table: 0, segments: 0, count }),
);
export const iovIterNpages = stub(
  "int iov_iter_npages(const struct iov_iter *i, int maxpages)",
  (k, { i, maxpages }) => {
    let pages = 0;
    for (const { at, length } of stretches(k, i))
      if (at !== 0) pages += Math.floor((at + length - 1) / 4096) - Math.floor(at / 4096) + 1;
    return Math.min(pages, maxpages);
  },
);

/** Reads a vector out of user memory and checks it; bytes in all. */
const importVector = (k: Kernel, from: Address, count: number, table: Address): number => {
  if (copyUser(k, table, from, count * 16) > 0) throw new Errno(EFAULT);
  let total = 0;
  for (let index = 0; index < count; index += 1) {
    const at = table + index * 16;
    const [base, length] = [k.memory.pointer(at), k.memory.pointer(at + 8)];
    if (length < 0) throw new Errno(EINVAL);
    if (!accessOk(base, length)) throw new Errno(EFAULT);
    const fits = Math.min(length, MAX_RW_COUNT - total);
    k.memory.setPointer(at + 8, fits);
    total += fits;
  }
  return total;
};
export const importIovec = stub(
  `ssize_t import_iovec(int type, const struct iovec __user *uvec, unsigned int nr_segs,
      unsigned int fast_segs, struct iovec **iovp, struct iov_iter *i)`,
  { fails: ["EFAULT", "EINVAL", "ENOMEM"], sleeps: true },
  (k, { type, uvec, nr_segs, fast_segs, iovp, i }) => {
    if (nr_segs > UIO_MAXIOV) throw new Errno(EINVAL);
    const given = k.memory.pointer(iovp);
    const table = nr_segs <= fast_segs ? given : k.heap.kmalloc(nr_segs * 16, GFP_KERNEL);
    k.memory.setPointer(iovp, table === given ? 0 : table);
    try {
      const count = importVector(k, userAddress(uvec), nr_segs, table);
      initialise(k, i, { type: ITER.IOVEC, direction: type, table, segments: nr_segs, count });
      return count;
    } catch (error) {
      if (table !== given) k.heap.kfree(table);
      k.memory.setPointer(iovp, 0);
      throw error;
    }
  },
);
export const importSingleRange = stub(
  `int import_single_range(int rw, void __user *buf, size_t len, struct iovec *iov,
      struct iov_iter *i)`,
  { fails: ["EFAULT"] },
  (k, { rw, buf, len, iov, i }) => {
    const count = Math.min(len, MAX_RW_COUNT);
    if (!accessOk(userAddress(buf), count)) throw new Errno(EFAULT);
    k.memory.setPointer(iov, userAddress(buf));
    k.memory.setPointer(iov + 8, count);
    initialise(k, i, { type: ITER.IOVEC, direction: rw, table: iov, segments: 1, count });
    return 0;
  },
);
