/** include/linux/idr.h, as lib/idr.c and lib/radix-tree.c do it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL, ENOENT, ENOSPC } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { IDR_RT_MARKER, putEntry, removeIndex, takenAt, takeIndex } from "../../src/kernel/data/idr.ts";
import { arrayAt } from "../../src/kernel/data/xarray-pool.ts";
import { findPresent } from "../../src/kernel/data/xarray-search.ts";
import { freeNodes, load } from "../../src/kernel/data/xarray.ts";
import {
  type Entry,
  flagsOf,
  FREE_MARK,
  hasFlag,
  headOf,
  setFlags,
  setHead,
  setMarked,
  XA_FLAGS,
} from "../../src/kernel/data/xarray-node.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";
import { guestFunction } from "../../src/stub/guest-function.ts";
import { guarded, warnOnceAt } from "../reports.ts";

const INT_MAX = 0x7fff_ffff;

/** Dispatch stores a bigint in RAX as it is. */
const pattern = (entry: Entry): Address => entry as unknown as Address;

const sleeps = ({ gfp }: { readonly gfp: number }): boolean => maySleep(gfp);
const ALLOCATES = { fails: ["ENOMEM", "ENOSPC"], sleeps } as const;

const baseOf = (k: Kernel, idr: Address): number => k.struct("idr", idr).idr_base;
const relative = (k: Kernel, idr: Address, id: bigint): bigint =>
  BigInt.asUintN(64, id - BigInt(baseOf(k, idr)));

/** idr_alloc_u32: the first free ID from `start` to `max`, both absolute. */
const allocate = (k: Kernel, idr: Address, entry: Entry, start: number, max: bigint): number => {
  const xa = arrayAt(k, idr);
  const base = baseOf(k, idr);
  if (!hasFlag(xa, XA_FLAGS.TRACK_FREE)) {
    warnOnceAt(k, "idr_alloc_u32:41");
    setFlags(xa, flagsOf(xa) | IDR_RT_MARKER);
  }
  if (max < BigInt(base)) throw new Errno(ENOSPC);
  const from = BigInt(Math.max(0, start - base));
  const index = guarded(k, "idr_alloc", () => takeIndex(xa, from, max - BigInt(base), entry));
  return Number((index ?? 0n) + BigInt(base)) >>> 0;
};

export const idrAllocU32 = stub(
  "int idr_alloc_u32(struct idr *idr, void *ptr, u32 *nextid, unsigned long max, gfp_t gfp)",
  ALLOCATES,
  (k, args, call) => {
    const start = k.memory.u32(args.nextid);
    k.memory.setU32(args.nextid, allocate(k, args.idr, call.registers[1] ?? 0n, start, args.max));
    return 0;
  },
);

const lastOf = (end: number): bigint => BigInt(end > 0 ? end - 1 : INT_MAX);

export const idrAlloc = stub(
  "int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)",
  ALLOCATES,
  (k, { idr, start, end }, call) => {
    if (start < 0) {
      warnOnceAt(k, "idr_alloc:86");
      throw new Errno(EINVAL);
    }
    return allocate(k, idr, call.registers[1] ?? 0n, start, lastOf(end)) | 0;
  },
);

export const idrAllocCyclic = stub(
  "int idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)",
  ALLOCATES,
  (k, { idr, start, end }, call) => {
    const view = k.struct("idr", idr);
    const entry = call.registers[1] ?? 0n;
    const next = view.idr_next;
    const first = (next | 0) < start ? start >>> 0 : next;
    const attempt = (from: number): number => allocate(k, idr, entry, from, lastOf(end));
    let id: number;
    try {
      id = attempt(first);
    } catch (error) {
      if (!(error instanceof Errno) || error.errno !== ENOSPC || first <= start) throw error;
      id = attempt(start >>> 0);
    }
    view.idr_next = (id + 1) >>> 0;
    return id | 0;
  },
);

export const idrRemove = stub("void *idr_remove(struct idr *idr, unsigned long id)", (k, { idr, id }) =>
  pattern(removeIndex(arrayAt(k, idr), relative(k, idr, id))),
);

export const idrFind = stub("void *idr_find(const struct idr *idr, unsigned long id)", (k, { idr, id }) =>
  pattern(load(arrayAt(k, idr), relative(k, idr, id))),
);

const each = guestFunction("int (*)(int, void *, void *)");

export const idrForEach = stub(
  "int idr_for_each(const struct idr *idr, int (*fn)(int, void *, void *), void *data)",
  function* (k, { idr, fn, data }) {
    const xa = arrayAt(k, idr);
    const base = BigInt(baseOf(k, idr));
    for (let from = 0n; ;) {
      const start = from;
      const found = guarded(k, "idr_for_each", () => findPresent(xa, start, 2n ** 64n - 1n));
      if (found === undefined) return 0;
      const id = found.index + base;
      if (id > INT_MAX) {
        warnOnceAt(k, "idr_for_each:208");
        return 0;
      }
      const result = yield* each(k, fn, Number(id), pattern(found.position.entry), data);
      if (result !== 0) return result;
      from = found.index + 1n;
    }
  },
);

/** The first entry at or after an absolute ID. */
const nextFrom = (k: Kernel, idr: Address, id: bigint): { id: bigint; entry: Entry } | undefined => {
  const base = BigInt(baseOf(k, idr));
  const start = id < base ? 0n : id - base;
  const found = guarded(k, "idr_get_next", () => findPresent(arrayAt(k, idr), start, 2n ** 64n - 1n));
  return found === undefined ? undefined : { id: found.index + base, entry: found.position.entry };
};

export const idrGetNextUl = stub(
  "void *idr_get_next_ul(struct idr *idr, unsigned long *nextid)",
  (k, { idr, nextid }) => {
    const next = nextFrom(k, idr, k.memory.u64(nextid));
    if (next === undefined) return 0;
    k.memory.setU64(nextid, next.id);
    return pattern(next.entry);
  },
);

export const idrGetNext = stub("void *idr_get_next(struct idr *idr, int *nextid)", (k, { idr, nextid }) => {
  const id = BigInt.asUintN(64, BigInt(k.memory.i32(nextid)));
  const next = nextFrom(k, idr, id) ?? { id, entry: 0n };
  if (next.id > INT_MAX) {
    warnOnceAt(k, "idr_get_next:271");
    return 0;
  }
  k.memory.setU32(nextid, Number(next.id));
  return pattern(next.entry);
});

export const idrReplace = stub(
  "void *idr_replace(struct idr *idr, void *ptr, unsigned long id)",
  { fails: ["ENOENT"], errPtr: true },
  (k, { idr, id }, call) => {
    const xa = arrayAt(k, idr);
    const position = takenAt(xa, relative(k, idr, id));
    if (position === undefined) throw new Errno(ENOENT);
    putEntry(xa, position, call.registers[1] ?? 0n);
    return pattern(position.entry);
  },
);

/** Entries are the caller's; the tree is empty and usable afterwards. */
export const idrDestroy = stub("void idr_destroy(struct idr *idr)", (k, { idr }) => {
  const xa = arrayAt(k, idr);
  const head = headOf(xa);
  setHead(xa, 0n);
  setMarked(xa, FREE_MARK, "set");
  freeNodes(xa, head);
});

/** Ends with preemption off, which idr_preload_end() turns on again inline. */
export const idrPreload = stub(
  "void idr_preload(gfp_t gfp_mask)",
  { sleeps: ({ gfp_mask }) => maySleep(gfp_mask) },
  (k) => k.cpu.addPreemptCount(1),
);
