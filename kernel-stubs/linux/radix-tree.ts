/** include/linux/radix-tree.h: the older face of XArrays, as lib/radix-tree.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EEXIST } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { putEntry, removeIndex } from "../../src/kernel/data/idr.ts";
import { arrayAt } from "../../src/kernel/data/xarray-pool.ts";
import { type Found, findMarked, findPresent } from "../../src/kernel/data/xarray-search.ts";
import {
  clearMark,
  create,
  hasMark,
  load,
  locate,
  type Position,
  setMark,
} from "../../src/kernel/data/xarray.ts";
import {
  addCounts,
  type Entry,
  isInternal,
  isMarked,
  isValue,
  markBits,
  slotAddress,
  type XArray,
} from "../../src/kernel/data/xarray-node.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";
import { bugAt, guarded } from "../reports.ts";

const ULONG_MAX = 2n ** 64n - 1n;
/** Offset of xa_head, which is a slot itself. */
const HEAD = 8;

/** Dispatch stores a bigint in RAX as it is. */
const pattern = (entry: Entry): Address => entry as unknown as Address;

const slotOf = (xa: XArray, { node, offset }: Position): Address =>
  node === 0 ? xa.at + HEAD : slotAddress(node, offset);

/** Where the tree could not grow for want of memory the real one fails with ENOMEM; this one never does. */
export const radixTreeInsert = stub(
  "int radix_tree_insert(struct xarray *root, unsigned long index, void *item)",
  { fails: ["ENOMEM", "EEXIST"] },
  (k, { root, index }, call) => {
    const item = call.registers[2] ?? 0n;
    if (isInternal(item)) bugAt(k, "radix_tree_insert:708");
    const xa = arrayAt(k, root);
    const position = create(xa, index, "root");
    if (position.entry !== 0n) throw new Errno(EEXIST);
    putEntry(xa, position, item);
    if (position.node !== 0) addCounts(xa, position.node, 1, isValue(item) ? 1 : 0);
    return 0;
  },
);

export const radixTreeLookup = stub(
  "void *radix_tree_lookup(const struct xarray *root, unsigned long index)",
  (k, { root, index }) => pattern(load(arrayAt(k, root), index)),
);

const present = (xa: XArray, index: bigint): Position | undefined => {
  const position = locate(xa, index);
  return position === undefined || position.entry === 0n ? undefined : position;
};

export const radixTreeLookupSlot = stub(
  "void **radix_tree_lookup_slot(const struct xarray *root, unsigned long index)",
  (k, { root, index }) => {
    const xa = arrayAt(k, root);
    const position = present(xa, index);
    return position === undefined ? 0 : slotOf(xa, position);
  },
);

/** Only for entries: a slot does not become empty or full this way. */
export const radixTreeReplaceSlot = stub(
  "void radix_tree_replace_slot(struct xarray *root, void **slot, void *item)",
  (k, { slot }, call) => k.memory.setU64(slot, call.registers[2] ?? 0n),
);

export const radixTreeDeleteItem = stub(
  "void *radix_tree_delete_item(struct xarray *root, unsigned long index, void *item)",
  (k, { root, index }, call) => {
    const xa = arrayAt(k, root);
    const item = call.registers[2] ?? 0n;
    if (item !== 0n && load(xa, index) !== item) return 0;
    return pattern(removeIndex(xa, index));
  },
);

export const radixTreeDelete = stub(
  "void *radix_tree_delete(struct xarray *root, unsigned long index)",
  (k, { root, index }) => pattern(removeIndex(arrayAt(k, root), index)),
);

export const radixTreeTagSet = stub(
  "void *radix_tree_tag_set(struct xarray *root, unsigned long index, unsigned int tag)",
  (k, { root, index, tag }) => {
    const xa = arrayAt(k, root);
    const position = present(xa, index);
    if (position === undefined) return bugAt(k, "radix_tree_tag_set:972");
    setMark(xa, position, tag);
    return pattern(position.entry);
  },
);

export const radixTreeTagClear = stub(
  "void *radix_tree_tag_clear(struct xarray *root, unsigned long index, unsigned int tag)",
  (k, { root, index, tag }) => {
    const xa = arrayAt(k, root);
    const position = locate(xa, index);
    if (position === undefined) return 0;
    if (position.entry !== 0n) clearMark(xa, position, tag);
    return pattern(position.entry);
  },
);

export const radixTreeTagGet = stub(
  "int radix_tree_tag_get(const struct xarray *root, unsigned long index, unsigned int tag)",
  (k, { root, index, tag }) => {
    const xa = arrayAt(k, root);
    const position = locate(xa, index);
    if (position === undefined) return 0;
    const { node, offset } = position;
    return Number(node === 0 ? isMarked(xa, tag) : hasMark(xa, node, offset, tag));
  },
);

export const radixTreeTagged = stub(
  "int radix_tree_tagged(const struct xarray *root, unsigned int tag)",
  (k, { root, tag }) => Number(isMarked(arrayAt(k, root), tag)),
);

/** Fills `results` with what `find` comes to, one after the other. */
const gather = (
  k: Kernel,
  results: Address,
  range: { readonly first: bigint; readonly count: number },
  find: (from: bigint) => Found | undefined,
  value: (found: Found) => bigint,
): number => {
  let from = range.first;
  for (let count = 0; count < range.count; count++) {
    const start = from;
    const found = guarded(k, "radix_tree_gang_lookup", () => find(start));
    if (found === undefined) return count;
    k.memory.setU64(results + count * 8, value(found));
    from = found.index + 1n;
  }
  return range.count;
};

export const radixTreeGangLookup = stub(
  "unsigned int radix_tree_gang_lookup(const struct xarray *root, void **results, unsigned long first_index, unsigned int max_items)",
  (k, { root, results, first_index, max_items }) => {
    const xa = arrayAt(k, root);
    const range = { first: first_index, count: max_items };
    return gather(
      k,
      results,
      range,
      (from) => findPresent(xa, from, ULONG_MAX),
      ({ position }) => position.entry,
    );
  },
);

interface TaggedLookup {
  readonly root: Address;
  readonly results: Address;
  readonly first_index: bigint;
  readonly max_items: number;
  readonly tag: number;
}
const gatherTagged = (
  k: Kernel,
  { root, results, first_index, max_items, tag }: TaggedLookup,
  value: (xa: XArray, position: Position) => bigint,
): number => {
  const xa = arrayAt(k, root);
  return gather(
    k,
    results,
    { first: first_index, count: max_items },
    (from) => findMarked(xa, from, ULONG_MAX, tag),
    ({ position }) => value(xa, position),
  );
};

export const radixTreeGangLookupTag = stub(
  "unsigned int radix_tree_gang_lookup_tag(const struct xarray *root, void **results, unsigned long first_index, unsigned int max_items, unsigned int tag)",
  (k, args) => gatherTagged(k, args, (_xa, { entry }) => entry),
);

export const radixTreeGangLookupTagSlot = stub(
  "unsigned int radix_tree_gang_lookup_tag_slot(const struct xarray *root, void ***results, unsigned long first_index, unsigned int max_items, unsigned int tag)",
  (k, args) => gatherTagged(k, args, (xa, position) => BigInt.asUintN(64, BigInt(slotOf(xa, position)))),
);

/** struct radix_tree_iter { unsigned long index, next_index, tags; struct radix_tree_node *node; } */
const ITER = { INDEX: 0, NEXT_INDEX: 8, TAGS: 16, NODE: 24 } as const;
const ITER_TAGGED = 0x10;
const ITER_CONTIG = 0x20;
const ITER_TAG_MASK = 0x0f;
const LAST_OFFSET = 63n;

/** The rest of a node's slots, which the macros walk inline. */
export const radixTreeNextChunk = stub(
  "void **radix_tree_next_chunk(const struct xarray *root, struct radix_tree_iter *iter, unsigned int flags)",
  (k, { root, iter, flags }) => {
    const xa = arrayAt(k, root);
    const tag = (flags & ITER_TAGGED) === 0 ? undefined : flags & ITER_TAG_MASK;
    const from = k.memory.u64(iter + ITER.NEXT_INDEX);
    // Wrapped: the last chunk ended at the last index.
    if (from === 0n && k.memory.u64(iter + ITER.INDEX) !== 0n) return 0;
    const found = guarded(k, "radix_tree_next_chunk", () =>
      tag === undefined ? findPresent(xa, from, ULONG_MAX) : findMarked(xa, from, ULONG_MAX, tag),
    );
    if (found === undefined || ((flags & ITER_CONTIG) !== 0 && found.index !== from)) return 0;
    const { node, offset } = found.position;
    const last = node === 0 ? found.index : found.index | LAST_OFFSET;
    k.memory.setU64(iter + ITER.INDEX, found.index);
    k.memory.setU64(iter + ITER.NEXT_INDEX, BigInt.asUintN(64, last + 1n));
    k.memory.setPointer(iter + ITER.NODE, node);
    if (node === 0) k.memory.setU64(iter + ITER.TAGS, 1n);
    else if (tag !== undefined) {
      k.memory.setU64(iter + ITER.TAGS, k.memory.u64(markBits(node, tag)) >> BigInt(offset));
    }
    return slotOf(xa, found.position);
  },
);

/** The walk begins anew behind the slot it stands on, the lock having been dropped. */
export const radixTreeIterResume = stub(
  "void **radix_tree_iter_resume(void **slot, struct radix_tree_iter *iter)",
  (k, { iter }) => {
    const next = BigInt.asUintN(64, k.memory.u64(iter + ITER.INDEX) + 1n);
    k.memory.setU64(iter + ITER.INDEX, next);
    k.memory.setU64(iter + ITER.NEXT_INDEX, next);
    k.memory.setU64(iter + ITER.TAGS, 0n);
    return 0;
  },
);

/** When the node goes with its last entry, the walk goes on with the next chunk. */
export const radixTreeIterDelete = stub(
  "void radix_tree_iter_delete(struct xarray *root, struct radix_tree_iter *iter, void **slot)",
  (k, { root, iter }) => {
    const xa = arrayAt(k, root);
    const index = k.memory.u64(iter + ITER.INDEX);
    const node = locate(xa, index)?.node;
    removeIndex(xa, index);
    if (node !== undefined && node !== 0 && locate(xa, index)?.node !== node) {
      k.memory.setU64(iter + ITER.INDEX, k.memory.u64(iter + ITER.NEXT_INDEX));
    }
  },
);

/** Ends with preemption off, which radix_tree_preload_end() turns on again inline. */
const preload = (k: Kernel): number => {
  k.cpu.addPreemptCount(1);
  return 0;
};

export const radixTreePreload = stub(
  "int radix_tree_preload(gfp_t gfp_mask)",
  { fails: ["ENOMEM"], sleeps: ({ gfp_mask }) => maySleep(gfp_mask) },
  preload,
);

export const radixTreeMaybePreload = stub(
  "int radix_tree_maybe_preload(gfp_t gfp_mask)",
  { fails: ["ENOMEM"], sleeps: ({ gfp_mask }) => maySleep(gfp_mask) },
  preload,
);
