/** Storing with a struct xa_state: entries of one index or of 2^n (lib/xarray.c). */
import type { Address } from "../../base/address.ts";
import {
  addCounts,
  CHUNK_SHIFT,
  CHUNK_SIZE,
  countOf,
  type Entry,
  hasFlag,
  headOf,
  isNode,
  isSibling,
  isValue,
  markBits,
  MARKS,
  nodeOf,
  offsetOf,
  parentOf,
  setHead,
  setSlot,
  shiftOf,
  slotOf,
  XA_FLAGS,
  type XArray,
  ZERO_ENTRY,
} from "./xarray-node.ts";
import { attach, deleteNode, expand, freeNodes, initMarks, type Position } from "./xarray.ts";
import { BOUNDS, descend, isError, isInvalid, isTop, loadState, reload, type Xas } from "./xas-state.ts";

/** The slot it is at. */
export const positionOf = (xas: Xas): Position => ({
  node: xas.at.xa_node,
  offset: xas.at.xa_offset,
  entry: reload(xas),
});

export const siblingOf = (offset: number): Entry => BigInt(offset * 4 + 2);

/** xas_max: the array must reach so far; beyond an entry at 0 that is more than one index. */
const lastOf = ({ at }: Xas): bigint => {
  const mask = ((BigInt(at.xa_sibs) + 1n) << BigInt(at.xa_shift)) - 1n;
  const last = at.xa_index | mask;
  return BigInt.asUintN(64, mask !== 0n && last === mask ? last + 1n : last);
};

/** xas_create: makes the slot for the entry, and nodes above it. */
export const createState = (xas: Xas, allowRoot: boolean): Entry => {
  const { xa, at } = xas;
  if (isError(xas)) return 0n;
  let shift = 0;
  if (isTop(xas)) {
    const busy = headOf(xa) === 0n && hasFlag(xa, XA_FLAGS.ZERO_BUSY);
    at.xa_node = 0;
    shift = expand(xa, busy ? ZERO_ENTRY : headOf(xa), lastOf(xas));
    if (shift === 0 && !allowRoot) shift = CHUNK_SHIFT;
  } else shift = shiftOf(xa, at.xa_node);
  let position = positionOf(xas);
  while (shift > at.xa_shift) {
    shift -= CHUNK_SHIFT;
    if (position.entry === 0n) attach(xa, position, shift);
    else if (!isNode(position.entry)) break;
    const entry = descend(xas, nodeOf(reload(xas)));
    position = { node: at.xa_node, offset: at.xa_offset, entry };
  }
  return position.entry;
};

/** xas_squash_marks: what any slot of the entry is marked with, its first is. */
const squashMarks = ({ xa: { memory }, at }: Xas): void => {
  for (const mark of MARKS) {
    const bits = markBits(at.xa_node, mark);
    const first = BigInt(at.xa_offset);
    const others = ((1n << BigInt(at.xa_sibs)) - 1n) << (first + 1n);
    const old = memory.u64(bits);
    if ((old & others) !== 0n) memory.setU64(bits, BigInt.asUintN(64, (old & ~others) | (1n << first)));
  }
};

/** Deletes nodes that are empty now; the state goes up with them. */
const tidy = (xas: Xas): void => {
  const { xa, at } = xas;
  const start = at.xa_node;
  let [node, offset] = [start, at.xa_offset];
  while (node !== 0 && countOf(xa, node) === (node === start ? 0 : 1)) {
    offset = offsetOf(xa, node);
    node = parentOf(xa, node);
  }
  const head = headOf(xa);
  deleteNode(xa, start, "to-root");
  at.xa_node = headOf(xa) === head && node !== 0 ? node : BOUNDS;
  at.xa_offset = offset;
};

/** Fills the slots of the entry, or empties those that it had; returns what changed of the node's counts. */
const fillSlots = (xas: Xas, old: Entry, given: Entry): readonly [count: number, values: number] => {
  const { xa, at } = xas;
  const node = at.xa_node;
  const last = at.xa_offset + at.xa_sibs;
  let [entry, first, next] = [given, old, old];
  let [count, values] = [0, 0];
  for (let offset = at.xa_offset; ;) {
    setSlot(xa, node, offset, entry);
    if (isNode(next) && shiftOf(xa, node) !== 0) freeNodes(xa, next);
    count += Number(next === 0n) - Number(entry === 0n);
    values += Number(!isValue(first)) - Number(!isValue(given));
    if (entry === 0n ? offset === CHUNK_SIZE - 1 : offset === last) break;
    if (entry !== 0n && !isSibling(entry)) entry = siblingOf(at.xa_offset);
    offset += 1;
    next = slotOf(xa, node, offset);
    if (isSibling(next)) continue;
    if (entry === 0n && offset > last) break;
    first = next;
  }
  return [count, values];
};

/** xas_store: 0 erases; answers with what was there. */
export const storeState = (xas: Xas, entry: Entry): Entry => {
  const { xa, at } = xas;
  const old = entry === 0n ? loadState(xas) : createState(xas, !isNode(entry) && entry !== ZERO_ENTRY);
  if (isInvalid(xas)) return old;
  const node = at.xa_node;
  if (node !== 0 && at.xa_shift < shiftOf(xa, node)) at.xa_sibs = 0;
  if (old === entry && at.xa_sibs === 0) return old;
  if (node !== 0 && at.xa_sibs !== 0) squashMarks(xas);
  if (entry === 0n) initMarks(xa, positionOf(xas));
  if (node === 0) {
    setHead(xa, entry);
    if (isNode(old)) freeNodes(xa, old);
    return old;
  }
  const [count, values] = fillSlots(xas, old, entry);
  addCounts(xa, node, count, values);
  if (count !== 0 || values !== 0) xa.touched?.push(node);
  if (count < 0) tidy(xas);
  return old;
};

/** xas_get_order: of the entry in a slot. */
export const orderOf = (xa: XArray, node: Address, offset: number): number => {
  if (node === 0) return 0;
  let order = 0;
  while (offset + (1 << order) < CHUNK_SIZE && isSibling(slotOf(xa, node, offset + (1 << order)))) order += 1;
  return order + shiftOf(xa, node);
};
