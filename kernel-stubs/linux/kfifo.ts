/** include/linux/kfifo.h, as lib/kfifo.c does it. */
import { userAddress } from "../../src/abi/user-pointer.ts";
import type { Address } from "../../src/base/address.ts";
import { EFAULT, EINVAL, ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import {
  advance,
  copyIn,
  copyOut,
  copyWithUser,
  type Fifo,
  inIndex,
  openFifo,
  outIndex,
  peekLength,
  pokeLength,
  setUp,
  unused,
  used,
} from "../../src/kernel/data/kfifo.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";

/** kmalloc_array refuses what does not fit into a size_t; nobody can have more than this anyway. */
const TOO_MUCH = 2 ** 40;

export const kfifoAlloc = stub(
  "int __kfifo_alloc(struct __kfifo *fifo, unsigned int size, size_t esize, gfp_t gfp_mask)",
  {
    acquires: { slab: (k, { fifo }) => k.struct("__kfifo", fifo).data },
    fails: ["ENOMEM", "EINVAL"],
    sleeps: ({ gfp_mask }) => maySleep(gfp_mask),
  },
  (k, { fifo, size, esize, gfp_mask }) => {
    const rounded = 2 ** Math.ceil(Math.log2(Math.max(size, 1)));
    setUp(k, fifo, 0, esize, 0);
    if (rounded < 2) throw new Errno(EINVAL);
    const bytes = rounded * esize;
    const data = bytes > TOO_MUCH ? 0 : k.heap.kmalloc(bytes, gfp_mask);
    setUp(k, fifo, rounded, esize, data);
    if (data === 0) throw new Errno(ENOMEM);
    return 0;
  },
);

export const kfifoFree = stub(
  "void __kfifo_free(struct __kfifo *fifo)",
  { releases: { slab: (k, { fifo }) => k.struct("__kfifo", fifo).data } },
  (k, { fifo }) => {
    k.heap.kfree(openFifo(k, fifo).data);
    setUp(k, fifo, 0, 0, 0);
  },
);

export const kfifoInit = stub(
  "int __kfifo_init(struct __kfifo *fifo, void *buffer, unsigned int size, size_t esize)",
  { fails: ["EINVAL"] },
  (k, { fifo, buffer, size, esize }) => {
    const elements = Math.floor(size / Math.max(esize, 1));
    const rounded = elements === 0 ? 0 : 2 ** Math.floor(Math.log2(elements));
    setUp(k, fifo, rounded, esize, buffer);
    if (rounded < 2) throw new Errno(EINVAL);
    return 0;
  },
);

export const kfifoIn = stub(
  "unsigned int __kfifo_in(struct __kfifo *fifo, const void *buf, unsigned int len)",
  (k, { fifo: at, buf, len }) => {
    const fifo = openFifo(k, at);
    const length = Math.min(len, unused(fifo));
    copyIn(fifo, buf, length, inIndex(fifo));
    advance(fifo, "in", length);
    return length;
  },
);

const peek = (fifo: Fifo, buf: Address, len: number): number => {
  const length = Math.min(len, used(fifo));
  copyOut(fifo, buf, length, outIndex(fifo));
  return length;
};

export const kfifoOutPeek = stub(
  "unsigned int __kfifo_out_peek(struct __kfifo *fifo, void *buf, unsigned int len)",
  (k, { fifo, buf, len }) => peek(openFifo(k, fifo), buf, len),
);

export const kfifoOut = stub(
  "unsigned int __kfifo_out(struct __kfifo *fifo, void *buf, unsigned int len)",
  (k, { fifo: at, buf, len }) => {
    const fifo = openFifo(k, at);
    const length = peek(fifo, buf, len);
    advance(fifo, "out", length);
    return length;
  },
);

/** What got across counts, even when the rest faults. */
const exchange = (
  k: Kernel,
  fifo: Fifo,
  user: Address,
  given: { readonly len: bigint; readonly copied: Address },
  direction: "from-user" | "to-user",
): number => {
  const end = direction === "from-user" ? "in" : "out";
  const room = end === "in" ? unused(fifo) : used(fifo);
  const length = Math.min(Math.floor(Number(given.len) / Math.max(fifo.esize, 1)), room);
  const index = end === "in" ? inIndex(fifo) : outIndex(fifo);
  const missing = copyWithUser(fifo, user, length, index, direction);
  k.memory.setU32(given.copied, length * fifo.esize - missing);
  advance(fifo, end, length - missing / Math.max(fifo.esize, 1));
  if (missing > 0) throw new Errno(EFAULT);
  return 0;
};

export const kfifoFromUser = stub(
  "int __kfifo_from_user(struct __kfifo *fifo, const void __user *from, unsigned long len, unsigned int *copied)",
  { sleeps: true, fails: ["EFAULT"] },
  (k, args) => exchange(k, openFifo(k, args.fifo), userAddress(args.from), args, "from-user"),
);

export const kfifoToUser = stub(
  "int __kfifo_to_user(struct __kfifo *fifo, void __user *to, unsigned long len, unsigned int *copied)",
  { sleeps: true, fails: ["EFAULT"] },
  (k, args) => exchange(k, openFifo(k, args.fifo), userAddress(args.to), args, "to-user"),
);

/** The longest record that `recsize` bytes of length can tell of. */
export const longestRecord = (length: number, recsize: number): number =>
  Math.min(length, 2 ** (recsize * 8) - 1);

export const kfifoMaxR = stub(
  "unsigned int __kfifo_max_r(unsigned int len, size_t recsize)",
  (_k, { len, recsize }) => longestRecord(len, recsize),
);

export const kfifoLenR = stub(
  "unsigned int __kfifo_len_r(struct __kfifo *fifo, size_t recsize)",
  (k, { fifo, recsize }) => peekLength(openFifo(k, fifo), recsize),
);

export const kfifoInR = stub(
  "unsigned int __kfifo_in_r(struct __kfifo *fifo, const void *buf, unsigned int len, size_t recsize)",
  (k, { fifo: at, buf, len, recsize }) => {
    const fifo = openFifo(k, at);
    if (len + recsize > unused(fifo)) return 0;
    pokeLength(fifo, len, recsize);
    copyIn(fifo, buf, len, inIndex(fifo) + recsize);
    advance(fifo, "in", len + recsize);
    return len;
  },
);

/** Copies the next record, as far as it fits; answers with its length too. */
const peekRecord = (
  fifo: Fifo,
  buf: Address,
  len: number,
  recsize: number,
): [copied: number, whole: number] => {
  const whole = peekLength(fifo, recsize);
  const copied = Math.min(len, whole);
  copyOut(fifo, buf, copied, outIndex(fifo) + recsize);
  return [copied, whole];
};

export const kfifoOutPeekR = stub(
  "unsigned int __kfifo_out_peek_r(struct __kfifo *fifo, void *buf, unsigned int len, size_t recsize)",
  (k, { fifo: at, buf, len, recsize }) => {
    const fifo = openFifo(k, at);
    return used(fifo) === 0 ? 0 : peekRecord(fifo, buf, len, recsize)[0];
  },
);

export const kfifoOutR = stub(
  "unsigned int __kfifo_out_r(struct __kfifo *fifo, void *buf, unsigned int len, size_t recsize)",
  (k, { fifo: at, buf, len, recsize }) => {
    const fifo = openFifo(k, at);
    if (used(fifo) === 0) return 0;
    const [copied, whole] = peekRecord(fifo, buf, len, recsize);
    advance(fifo, "out", whole + recsize);
    return copied;
  },
);

/** Drops the next record. */
export const skipRecord = (fifo: Fifo, recsize: number): void =>
  advance(fifo, "out", peekLength(fifo, recsize) + recsize);

export const kfifoSkipR = stub(
  "void __kfifo_skip_r(struct __kfifo *fifo, size_t recsize)",
  (k, { fifo, recsize }) => skipRecord(openFifo(k, fifo), recsize),
);

/** A record goes across whole or not at all. */
const exchangeRecord = (
  k: Kernel,
  fifo: Fifo,
  user: Address,
  record: { readonly length: number; readonly index: number; readonly copied: Address },
  direction: "from-user" | "to-user",
): void => {
  const missing = copyWithUser(fifo, user, record.length, record.index, direction);
  k.memory.setU32(record.copied, missing > 0 ? 0 : record.length);
  if (missing > 0) throw new Errno(EFAULT);
};

export const kfifoFromUserR = stub(
  "int __kfifo_from_user_r(struct __kfifo *fifo, const void __user *from, unsigned long len, unsigned int *copied, size_t recsize)",
  { sleeps: true, fails: ["EFAULT"] },
  (k, { fifo: at, from, len, copied, recsize }) => {
    const fifo = openFifo(k, at);
    const length = longestRecord(Number(len), recsize);
    k.memory.setU32(copied, 0);
    if (length + recsize > unused(fifo)) return 0;
    pokeLength(fifo, length, recsize);
    const record = { length, index: inIndex(fifo) + recsize, copied };
    exchangeRecord(k, fifo, userAddress(from), record, "from-user");
    advance(fifo, "in", length + recsize);
    return 0;
  },
);

export const kfifoToUserR = stub(
  "int __kfifo_to_user_r(struct __kfifo *fifo, void __user *to, unsigned long len, unsigned int *copied, size_t recsize)",
  { sleeps: true, fails: ["EFAULT"] },
  (k, { fifo: at, to, len, copied, recsize }) => {
    const fifo = openFifo(k, at);
    k.memory.setU32(copied, 0);
    if (used(fifo) === 0) return 0;
    const whole = peekLength(fifo, recsize);
    const length = Math.min(Number(len), whole);
    const record = { length, index: outIndex(fifo) + recsize, copied };
    exchangeRecord(k, fifo, userAddress(to), record, "to-user");
    advance(fifo, "out", whole + recsize);
    return 0;
  },
);
