/** Many indexes at once: ranges that are made or stored, entries that are split (lib/xarray.c). */
import type { Address } from "../../base/address.ts";
import {
  addCounts,
  CHUNK_SHIFT,
  CHUNK_SIZE,
  type Entry,
  entryOfNode,
  isValue,
  markBits,
  MARKS,
  NODE,
  offsetOf,
  parentOf,
  setOffset as setNodeOffset,
  setParent,
  setSlot,
  shiftOf,
  type XArray,
} from "./xarray-node.ts";
import { hasMark, putMark } from "./xarray.ts";
import { isError, isTop, loadState, newState, RESTART, setOffset, type Xas } from "./xas-state.ts";
import { createState, siblingOf, storeState } from "./xas-store.ts";

const CHUNK_MASK = CHUNK_SIZE - 1;
const INDEX_BITS = 64;
const lastOfChunk = (index: bigint): bigint => index | BigInt(CHUNK_MASK);

/** To the slot before this chunk's node, or before one above it that spans as much as the range's entries. */
const stepBack = ({ xa, at }: Xas, shift: number): void => {
  at.xa_index -= BigInt(CHUNK_SIZE);
  while (shiftOf(xa, at.xa_node) < shift) {
    const offset = offsetOf(xa, at.xa_node);
    at.xa_node = parentOf(xa, at.xa_node);
    at.xa_offset = (offset - 1) & 0xff;
    if (offset !== 0) return;
  }
};

/** xas_create_range: slots for every index of the state's range; the state is at the first of them then. */
export const createRange = (xas: Xas): void => {
  const { xa, at } = xas;
  const { xa_index: index, xa_shift: shift, xa_sibs: sibs } = at;
  at.xa_index |= ((BigInt(sibs) + 1n) << BigInt(shift)) - 1n;
  const inNode = at.xa_node !== 0 && (at.xa_node & 3) === 0;
  if (inNode && shiftOf(xa, at.xa_node) === shift) at.xa_offset |= sibs;
  [at.xa_shift, at.xa_sibs] = [0, 0];
  for (;;) {
    createState(xas, true);
    if (isError(xas)) {
      [at.xa_shift, at.xa_sibs, at.xa_index] = [shift, sibs, index];
      return;
    }
    if (at.xa_index <= lastOfChunk(index)) break;
    stepBack(xas, shift);
  }
  at.xa_index = index;
  if (at.xa_node !== 0) setOffset(xas);
};

/** xas_split_alloc: nodes full of the entry, on the state's list; false where the entry is too large. */
export const spareNodes = ({ xa, at }: Xas, entry: Entry, order: number): boolean => {
  if (at.xa_shift + 2 * CHUNK_SHIFT < order) return false;
  if (at.xa_shift + CHUNK_SHIFT > order) return true;
  for (let left = 1 << (order % CHUNK_SHIFT); left > 0; left -= 1) {
    const node = xa.pool.take(xa.at, 0, at.xa_alloc, 0);
    let canon = 0;
    for (let offset = 0; offset < CHUNK_SIZE; offset += 1) {
      if ((offset & at.xa_sibs) === 0) canon = offset;
      setSlot(xa, node, offset, canon === offset ? entry : siblingOf(canon));
    }
    at.xa_alloc = node;
  }
  return true;
};

/** Nodes that an operation can have set aside. */
const MOST_SPARES = CHUNK_SIZE;

/** xas_destroy: spare nodes that were not needed. */
export const destroySpares = ({ xa, at }: Xas): void => {
  for (let count = 0; at.xa_alloc !== 0 && count < MOST_SPARES; count += 1) {
    const node = at.xa_alloc;
    at.xa_alloc = parentOf(xa, node);
    xa.pool.release(node);
  }
};

const spread = (xa: XArray, node: Address, offset: number, marks: readonly number[]): void => {
  for (const mark of marks) putMark(xa, node, offset, mark, "set");
};

/** A spare node takes the place of a slot of the entry. */
const plant = ({ xa, at }: Xas, offset: number, entry: Entry, marks: readonly number[]): void => {
  const [node, child] = [at.xa_node, at.xa_alloc];
  at.xa_alloc = parentOf(xa, child);
  xa.memory.setU8(child + NODE.SHIFT, shiftOf(xa, node) - CHUNK_SHIFT);
  setNodeOffset(xa, child, offset);
  addCounts(xa, child, CHUNK_SIZE, isValue(entry) ? CHUNK_SIZE : 0);
  setParent(xa, child, node);
  spread(xa, node, offset, marks);
  for (const mark of marks) xa.memory.setU64(markBits(child, mark), 2n ** 64n - 1n);
  setSlot(xa, node, offset, entryOfNode(child));
  xa.touched?.push(child);
};

/** xas_split: entries of the state's size take the place of one of that order. */
export const split = (xas: Xas, entry: Entry, order: number): void => {
  const { xa, at } = xas;
  const old = loadState(xas);
  if (isTop(xas) || isError(xas)) return;
  const node = at.xa_node;
  const first = at.xa_offset;
  const marks = MARKS.filter((mark) => hasMark(xa, node, first, mark));
  const sibs = (1 << (order % CHUNK_SHIFT)) - 1;
  let values = 0;
  for (let offset = Math.min(first + sibs, CHUNK_MASK); offset >= first; offset -= 1) {
    if (at.xa_shift < shiftOf(xa, node)) {
      if (at.xa_alloc === 0) break;
      plant(xas, offset, entry, marks);
      if (isValue(old)) values -= 1;
      continue;
    }
    const canon = Math.max(offset - at.xa_sibs, 0);
    spread(xa, node, canon, marks);
    setSlot(xa, node, canon, entry);
    for (; offset > canon; offset -= 1) setSlot(xa, node, offset, siblingOf(canon));
    values += (Number(isValue(entry)) - Number(isValue(old))) * (at.xa_sibs + 1);
  }
  addCounts(xa, node, 0, values);
  xa.touched?.push(node);
};

const trailingZeros = (value: bigint): number => {
  let count = 0;
  while (count < INDEX_BITS && ((value >> BigInt(count)) & 1n) === 0n) count += 1;
  return count;
};

/** xas_set_order */
const setOrder = ({ at }: Xas, index: bigint, order: number): void => {
  at.xa_index = order < INDEX_BITS ? (index >> BigInt(order)) << BigInt(order) : 0n;
  at.xa_shift = order - (order % CHUNK_SHIFT);
  at.xa_sibs = (1 << (order % CHUNK_SHIFT)) - 1;
  at.xa_node = RESTART;
};

/** xas_set_range: the largest entry that begins at `first` and ends at `last` or before. */
const setRange = ({ at }: Xas, from: bigint, last: bigint): void => {
  const mask = BigInt(CHUNK_MASK);
  let [first, shift, sibs, offset] = [from, 0, last - from, mask];
  at.xa_index = first;
  at.xa_node = RESTART;
  while ((first & mask) === 0n && sibs >= mask && !(sibs === mask && offset < mask)) {
    shift += CHUNK_SHIFT;
    if (offset === mask) offset = sibs & mask;
    sibs >>= BigInt(CHUNK_SHIFT);
    first >>= BigInt(CHUNK_SHIFT);
  }
  offset = first & mask;
  if (offset + sibs > mask) sibs = mask - offset;
  if (((first + sibs + 1n) << BigInt(shift)) - 1n > last) sibs -= 1n;
  at.xa_shift = shift;
  at.xa_sibs = Number(sibs);
};

export interface RangeStore {
  readonly first: bigint;
  readonly last: bigint;
  readonly entry: Entry;
}

/** xa_store_range: as few entries of several indexes as will do; 0 erases. */
export const storeRange = (xas: Xas, { first, last, entry }: RangeStore): void => {
  const { at } = xas;
  if (entry !== 0n) {
    setOrder(xas, last, trailingZeros(BigInt.asUintN(INDEX_BITS, last + 1n)));
    createState(xas, true);
  }
  // Up to the last index of all: one more is none.
  for (let next = first; next <= last;) {
    setRange(xas, next, last);
    storeState(xas, entry);
    next += (BigInt(at.xa_sibs) + 1n) << BigInt(at.xa_shift);
  }
};

/** xa_delete_node: with everything below it; answers with the nodes whose counts changed. */
export const deleteNodeOf = (array: XArray, node: Address): readonly Address[] => {
  const touched: Address[] = [];
  const { xa, at } = newState({ ...array, touched });
  const [shift, offset] = [shiftOf(xa, node) + CHUNK_SHIFT, offsetOf(xa, node)];
  at.xa_index = BigInt.asUintN(INDEX_BITS, BigInt(offset) << BigInt(shift));
  at.xa_shift = shift;
  at.xa_offset = offset;
  at.xa_node = parentOf(xa, node);
  storeState({ xa, at }, 0n);
  return touched;
};
