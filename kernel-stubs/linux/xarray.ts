/** include/linux/xarray.h, as lib/xarray.c does it. Entries are patterns: pointers, values, marks. */
import type { Address } from "../../src/base/address.ts";
import { EBUSY, EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { arrayAt } from "../../src/kernel/data/xarray-pool.ts";
import { findFree } from "../../src/kernel/data/xarray-search.ts";
import {
  clearMark,
  freeNodes,
  hasMark,
  initMarks,
  load,
  locate,
  setMark,
  store,
} from "../../src/kernel/data/xarray.ts";
import {
  type Entry,
  flagsOf,
  FREE_MARK,
  hasFlag,
  headOf,
  isAdvanced,
  isInternal,
  isMarked,
  isNode,
  setFlags,
  setHead,
  setMarked,
  XA_FLAGS,
  type XArray,
  ZERO_ENTRY,
} from "../../src/kernel/data/xarray-node.ts";
import { storeRange } from "../../src/kernel/data/xas-range.ts";
import { extractEntries, type Found, findEntry, findEntryAfter } from "../../src/kernel/data/xas-find.ts";
import { newState } from "../../src/kernel/data/xas-state.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";
import { guarded, warnOnceAt } from "../reports.ts";

/** Dispatch stores a bigint in RAX as it is: values would not survive as a number. */
const pattern = (entry: Entry): Address => (entry === ZERO_ENTRY ? 0n : entry) as unknown as Address;

const sleeps = ({ gfp }: { readonly gfp: number }): boolean => maySleep(gfp);
const STORES = { xaError: true, fails: ["ENOMEM", "EINVAL"], sleeps } as const;
/** Those that are called with the array's lock held let it go for the time they sleep. */
const LOCKED_STORES = { xaError: true, fails: ["ENOMEM", "EINVAL"] } as const;

const refuseAdvanced = (k: Kernel, entry: Entry, place: string): void => {
  if (!isAdvanced(entry)) return;
  warnOnceAt(k, place);
  throw new Errno(EINVAL);
};

const busy = (xa: XArray, index: bigint): void => {
  const position = locate(xa, index);
  if (position !== undefined) clearMark(xa, position, FREE_MARK);
};

export const xaLoad = stub("void *xa_load(struct xarray *xa, unsigned long index)", (k, { xa, index }) =>
  pattern(load(arrayAt(k, xa), index)),
);

/** The index no longer counts as free, where that is tracked, not even with NULL in it. */
const storeEntry = (k: Kernel, at: Address, index: bigint, given: Entry): Entry => {
  refuseAdvanced(k, given, "__xa_store:1548");
  const xa = arrayAt(k, at);
  const tracks = hasFlag(xa, XA_FLAGS.TRACK_FREE);
  const { old } = store(xa, index, tracks && given === 0n ? ZERO_ENTRY : given);
  if (tracks) busy(xa, index);
  return old;
};

export const xaStore = stub(
  "void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)",
  STORES,
  (k, { xa, index }, call) => pattern(storeEntry(k, xa, index, call.registers[2] ?? 0n)),
);
export const xaStoreLocked = stub(
  "void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)",
  LOCKED_STORES,
  (k, { xa, index }, call) => pattern(storeEntry(k, xa, index, call.registers[2] ?? 0n)),
);

export const xaStoreRange = stub(
  `void *xa_store_range(struct xarray *xa, unsigned long first, unsigned long last, void *entry,
      gfp_t gfp)`,
  STORES,
  (k, { xa, first, last }, call) => {
    const entry = call.registers[3] ?? 0n;
    if (isInternal(entry)) {
      warnOnceAt(k, "xa_store_range:1726");
      throw new Errno(EINVAL);
    }
    if (last < first) throw new Errno(EINVAL);
    guarded(k, "xa_store_range", () => storeRange(newState(arrayAt(k, xa)), { first, last, entry }));
    return 0;
  },
);

export const xaErase = stub(
  "void *xa_erase(struct xarray *xa, unsigned long index)",
  { aliases: ["__xa_erase"] },
  (k, { xa, index }) => pattern(store(arrayAt(k, xa), index, 0n).old),
);

export const xaCmpxchg = stub(
  "void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)",
  LOCKED_STORES,
  (k, args, call) => {
    const [, , old = 0n, entry = 0n] = call.registers;
    refuseAdvanced(k, entry, "__xa_cmpxchg:1614");
    const xa = arrayAt(k, args.xa);
    const current = locate(xa, args.index)?.entry ?? 0n;
    if (current !== old) return pattern(current);
    store(xa, args.index, entry);
    if (hasFlag(xa, XA_FLAGS.TRACK_FREE) && entry !== 0n && current === 0n) busy(xa, args.index);
    return pattern(current);
  },
);

export const xaInsert = stub(
  "int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)",
  { fails: ["ENOMEM", "EBUSY", "EINVAL"] },
  (k, args, call) => {
    const entry = call.registers[2] ?? 0n;
    refuseAdvanced(k, entry, "__xa_insert:1651");
    const xa = arrayAt(k, args.xa);
    if ((locate(xa, args.index)?.entry ?? 0n) !== 0n) throw new Errno(EBUSY);
    store(xa, args.index, entry === 0n ? ZERO_ENTRY : entry);
    if (hasFlag(xa, XA_FLAGS.TRACK_FREE)) busy(xa, args.index);
    return 0;
  },
);

/** struct xa_limit { u32 max; u32 min; } */
const limitsOf = (limit: bigint): readonly [min: bigint, max: bigint] => [limit >> 32n, limit & 0xffff_ffffn];

const allocate = (k: Kernel, xa: XArray, entry: Entry, min: bigint, max: bigint): bigint => {
  refuseAdvanced(k, entry, "__xa_alloc:1833");
  if (!hasFlag(xa, XA_FLAGS.TRACK_FREE)) {
    warnOnceAt(k, "__xa_alloc:1835");
    throw new Errno(EINVAL);
  }
  const index = findFree(xa, min, max);
  if (index === undefined) throw new Errno(EBUSY);
  store(xa, index, entry === 0n ? ZERO_ENTRY : entry);
  busy(xa, index);
  return index;
};

export const xaAlloc = stub(
  "int __xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp)",
  { fails: ["ENOMEM", "EBUSY", "EINVAL"] },
  (k, args, call) => {
    const [min, max] = limitsOf(args.limit);
    const index = guarded(k, "__xa_alloc", () =>
      allocate(k, arrayAt(k, args.xa), call.registers[2] ?? 0n, min, max),
    );
    if (index !== undefined) k.memory.setU32(args.id, Number(index));
    return 0;
  },
);

/** 1 when the search had to begin anew at the limit's start. */
export const xaAllocCyclic = stub(
  "int __xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, u32 *next, gfp_t gfp)",
  { fails: ["ENOMEM", "EBUSY", "EINVAL"] },
  (k, args, call) => {
    const xa = arrayAt(k, args.xa);
    const entry = call.registers[2] ?? 0n;
    const [min, max] = limitsOf(args.limit);
    const next = BigInt(k.memory.u32(args.next));
    const start = next > min ? next : min;
    let wrapped = 0;
    const index = guarded(k, "__xa_alloc_cyclic", () => {
      try {
        const found = allocate(k, xa, entry, start, max);
        if (hasFlag(xa, XA_FLAGS.ALLOC_WRAPPED)) wrapped = 1;
        setFlags(xa, flagsOf(xa) & ~XA_FLAGS.ALLOC_WRAPPED);
        return found;
      } catch (error) {
        if (!(error instanceof Errno) || start === min) throw error;
        wrapped = 1;
        return allocate(k, xa, entry, min, max);
      }
    });
    if (index === undefined) return 0;
    k.memory.setU32(args.id, Number(index));
    k.memory.setU32(args.next, Number((index + 1n) & 0xffff_ffffn));
    if (index === 0xffff_ffffn) setFlags(xa, flagsOf(xa) | XA_FLAGS.ALLOC_WRAPPED);
    return wrapped;
  },
);

export const xaSetMark = stub(
  "void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)",
  { aliases: ["__xa_set_mark"] },
  (k, { xa, index, mark }) => {
    const array = arrayAt(k, xa);
    const position = locate(array, index);
    if (position !== undefined && position.entry !== 0n) setMark(array, position, mark);
  },
);

export const xaClearMark = stub(
  "void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)",
  { aliases: ["__xa_clear_mark"] },
  (k, { xa, index, mark }) => {
    const array = arrayAt(k, xa);
    const position = locate(array, index);
    if (position !== undefined && position.entry !== 0n) clearMark(array, position, mark);
  },
);

export const xaGetMark = stub(
  "bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)",
  (k, { xa, index, mark }) => {
    const array = arrayAt(k, xa);
    const position = locate(array, index);
    if (position === undefined || isNode(position.entry)) return false;
    const { node, offset } = position;
    return node === 0 ? isMarked(array, mark) : hasMark(array, node, offset, mark);
  },
);

const report = (k: Kernel, indexp: Address, found: Found | undefined): Address => {
  if (found === undefined) return 0;
  k.memory.setU64(indexp, found.index);
  return pattern(found.entry);
};

export const xaFind = stub(
  "void *xa_find(struct xarray *xa, unsigned long *indexp, unsigned long max, xa_mark_t filter)",
  (k, { xa, indexp, max, filter }) => {
    const search = { start: k.memory.u64(indexp), max, filter };
    return report(
      k,
      indexp,
      guarded(k, "xa_find", () => findEntry(arrayAt(k, xa), search)),
    );
  },
);

export const xaFindAfter = stub(
  "void *xa_find_after(struct xarray *xa, unsigned long *indexp, unsigned long max, xa_mark_t filter)",
  (k, { xa, indexp, max, filter }) => {
    const start = BigInt.asUintN(64, k.memory.u64(indexp) + 1n);
    if (start === 0n) return 0;
    return report(
      k,
      indexp,
      guarded(k, "xa_find_after", () => findEntryAfter(arrayAt(k, xa), { start, max, filter })),
    );
  },
);

export const xaExtract = stub(
  "unsigned int xa_extract(struct xarray *xa, void **dst, unsigned long start, unsigned long max, unsigned int n, xa_mark_t filter)",
  (k, { xa, dst, n, ...search }) => {
    const entries = guarded(k, "xa_extract", () => extractEntries(arrayAt(k, xa), search, n)) ?? [];
    entries.forEach((entry, index) => k.memory.setU64(dst + index * 8, entry));
    return entries.length;
  },
);

export const xaDestroy = stub("void xa_destroy(struct xarray *xa)", (k, { xa: at }) => {
  const xa = arrayAt(k, at);
  const head = headOf(xa);
  setHead(xa, 0n);
  initMarks(xa, { node: 0, offset: 0, entry: 0n });
  if (hasFlag(xa, XA_FLAGS.ZERO_BUSY)) setMarked(xa, FREE_MARK, "clear");
  freeNodes(xa, head);
});
