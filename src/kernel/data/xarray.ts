/** XArrays in guest memory: finding, storing, marking (lib/xarray.c). One index an entry. */
import type { Address } from "../../base/address.ts";
import {
  addCounts,
  CHUNK_SHIFT,
  CHUNK_SIZE,
  clearCounts,
  countOf,
  type Entry,
  entryOfNode,
  FREE_MARK,
  hasFlag,
  headOf,
  isMarked,
  isNode,
  isSibling,
  isValue,
  markBits,
  MARKS,
  maxIndex,
  nodeOf,
  offsetIn,
  offsetOf,
  parentOf,
  RETRY_ENTRY,
  setHead,
  setMarked,
  setOffset,
  setParent,
  setSlot,
  shiftOf,
  slotOf,
  XA_FLAGS,
  type XArray,
  ZERO_ENTRY,
} from "./xarray-node.ts";

/** A slot: of a node, or (node 0) the array's head. */
export interface Position {
  readonly node: Address;
  readonly offset: number;
  readonly entry: Entry;
}

/** One level down; a sibling leads to the slot that holds the entry. */
const descend = (xa: XArray, node: Address, index: bigint): Position => {
  let offset = offsetIn(index, shiftOf(xa, node));
  let entry = slotOf(xa, node, offset);
  for (let steps = 0; isSibling(entry) && steps < CHUNK_SIZE; steps++) {
    offset = Number(entry >> 2n);
    entry = slotOf(xa, node, offset);
  }
  return { node, offset, entry };
};

/** xas_load: the slot of `index`, as far down as nodes go; undefined beyond the array. */
export const locate = (xa: XArray, index: bigint): Position | undefined => {
  const head = headOf(xa);
  if (index > maxIndex(xa, head)) return undefined;
  let position: Position = { node: 0, offset: 0, entry: head };
  let shift = Infinity;
  while (isNode(position.entry)) {
    const node = nodeOf(position.entry);
    const below = shiftOf(xa, node);
    // A node that is no lower than its parent is no node of this array.
    if (below >= shift) break;
    shift = below;
    position = descend(xa, node, index);
    if (shift === 0) break;
  }
  return position;
};

/** The entry at `index`, 0 when there is none. */
export const load = (xa: XArray, index: bigint): Entry => {
  const entry = locate(xa, index)?.entry ?? 0n;
  return isNode(entry) ? 0n : entry;
};

const wordAndBit = (node: Address, mark: number, offset: number): readonly [Address, number] => [
  markBits(node, mark) + (offset >>> 5) * 4,
  1 << (offset & 31),
];
export const hasMark = (xa: XArray, node: Address, offset: number, mark: number): boolean => {
  const [word, bit] = wordAndBit(node, mark, offset);
  return (xa.memory.u32(word) & bit) !== 0;
};
export const putMark = (
  xa: XArray,
  node: Address,
  offset: number,
  mark: number,
  value: "set" | "clear",
): void => {
  const [word, bit] = wordAndBit(node, mark, offset);
  const old = xa.memory.u32(word);
  xa.memory.setU32(word, (value === "set" ? old | bit : old & ~bit) >>> 0);
};
const markAll = (xa: XArray, node: Address, mark: number): void =>
  xa.memory.setU64(markBits(node, mark), 2n ** 64n - 1n);

/** xas_set_mark: on the entry and on all nodes above it. */
export const setMark = (xa: XArray, { node: start, offset: at }: Position, mark: number): void => {
  let [node, offset] = [start, at];
  while (node !== 0) {
    if (hasMark(xa, node, offset, mark)) return;
    putMark(xa, node, offset, mark, "set");
    offset = offsetOf(xa, node);
    node = parentOf(xa, node);
  }
  if (!isMarked(xa, mark)) setMarked(xa, mark, "set");
};

/** xas_clear_mark: also on nodes above that have no other entry with it. */
export const clearMark = (xa: XArray, { node: start, offset: at }: Position, mark: number): void => {
  let [node, offset] = [start, at];
  while (node !== 0) {
    if (!hasMark(xa, node, offset, mark)) return;
    putMark(xa, node, offset, mark, "clear");
    if (xa.memory.u64(markBits(node, mark)) !== 0n) return;
    offset = offsetOf(xa, node);
    node = parentOf(xa, node);
  }
  if (isMarked(xa, mark)) setMarked(xa, mark, "clear");
};

/** xas_init_marks: free where that is tracked, no other mark. */
export const initMarks = (xa: XArray, position: Position): void => {
  for (const mark of MARKS) {
    if (mark === FREE_MARK && hasFlag(xa, XA_FLAGS.TRACK_FREE)) setMark(xa, position, mark);
    else clearMark(xa, position, mark);
  }
};

/** A new root above `head`, with its marks. */
const grow = (xa: XArray, head: Entry, shift: number): Entry => {
  const node = xa.pool.take(xa.at, shift, 0, 0);
  addCounts(xa, node, 1, isValue(head) ? 1 : 0);
  setSlot(xa, node, 0, head);
  for (const mark of MARKS) {
    if (mark === FREE_MARK && hasFlag(xa, XA_FLAGS.TRACK_FREE)) {
      markAll(xa, node, mark);
      if (isMarked(xa, mark)) continue;
      putMark(xa, node, 0, mark, "clear");
      setMarked(xa, mark, "set");
    } else if (isMarked(xa, mark)) putMark(xa, node, 0, mark, "set");
  }
  if (isNode(head)) {
    setOffset(xa, nodeOf(head), 0);
    setParent(xa, nodeOf(head), node);
  }
  setHead(xa, entryOfNode(node));
  xa.touched?.push(node);
  return entryOfNode(node);
};

/** xas_expand: makes the array high enough for `index`; answers with the shift above its head. */
export const expand = (xa: XArray, start: Entry, index: bigint): number => {
  let head = start;
  let shift = 0;
  if (head === 0n) {
    if (index === 0n) return 0;
    while (index >> BigInt(shift) >= BigInt(CHUNK_SIZE)) shift += CHUNK_SHIFT;
    return shift + CHUNK_SHIFT;
  }
  if (isNode(head)) shift = shiftOf(xa, nodeOf(head)) + CHUNK_SHIFT;
  while (index > maxIndex(xa, head)) {
    head = grow(xa, head, shift);
    shift += CHUNK_SHIFT;
  }
  return shift;
};

/** Whether an entry at index 0 may stand in the array's head, without a node. */
export type Root = "root" | "node";

/** xas_create: makes the slot of `index`. */
export const create = (xa: XArray, index: bigint, root: Root): Position => {
  const busy = headOf(xa) === 0n && hasFlag(xa, XA_FLAGS.ZERO_BUSY);
  let shift = expand(xa, busy ? ZERO_ENTRY : headOf(xa), index);
  if (shift === 0 && root === "node") shift = CHUNK_SHIFT;
  let position: Position = { node: 0, offset: 0, entry: headOf(xa) };
  while (shift > 0) {
    shift -= CHUNK_SHIFT;
    if (position.entry === 0n) attach(xa, position, shift);
    else if (!isNode(position.entry)) break;
    const child = position.node === 0 ? headOf(xa) : slotOf(xa, position.node, position.offset);
    position = descend(xa, nodeOf(child), index);
  }
  return position;
};

/** Puts a new node into an empty slot. */
export const attach = (xa: XArray, { node: parent, offset }: Position, shift: number): void => {
  const node = xa.pool.take(xa.at, shift, parent, offset);
  if (hasFlag(xa, XA_FLAGS.TRACK_FREE)) markAll(xa, node, FREE_MARK);
  if (parent === 0) return setHead(xa, entryOfNode(node));
  setSlot(xa, parent, offset, entryOfNode(node));
  addCounts(xa, parent, 1, 0);
  xa.touched?.push(parent);
};

/** What tells IDRs from XArrays: whether the last node may go while it holds index 0. */
export type Shrinking = "to-root" | "to-node";

/** xas_delete_node: frees `start` if it is empty, then what is above it likewise. */
export const deleteNode = (xa: XArray, start: Address, shrinking: Shrinking): void => {
  let node = start;
  while (countOf(xa, node) === 0) {
    const [parent, offset] = [parentOf(xa, node), offsetOf(xa, node)];
    xa.pool.release(node);
    if (parent === 0) return setHead(xa, 0n);
    setSlot(xa, parent, offset, 0n);
    addCounts(xa, parent, -1, 0);
    xa.touched?.push(parent);
    node = parent;
  }
  if (parentOf(xa, node) === 0) shrink(xa, node, shrinking);
};

/** A node that is in use no more. */
const drop = (xa: XArray, node: Address): void => {
  clearCounts(xa, node);
  xa.touched?.push(node);
  xa.pool.release(node);
};

/** xas_shrink: lowers the array while its root holds nothing but index 0. */
const shrink = (xa: XArray, start: Address, shrinking: Shrinking): void => {
  let node = start;
  while (countOf(xa, node) === 1) {
    const entry = slotOf(xa, node, 0);
    if (entry === 0n || (!isNode(entry) && (shiftOf(xa, node) !== 0 || shrinking === "to-node"))) return;
    const nothing = entry === ZERO_ENTRY && hasFlag(xa, XA_FLAGS.ZERO_BUSY);
    setHead(xa, nothing ? 0n : entry);
    if (hasFlag(xa, XA_FLAGS.TRACK_FREE) && !hasMark(xa, node, 0, FREE_MARK)) {
      setMarked(xa, FREE_MARK, "clear");
    }
    if (!isNode(entry)) setSlot(xa, node, 0, RETRY_ENTRY);
    drop(xa, node);
    if (!isNode(entry)) return;
    node = nodeOf(entry);
    setParent(xa, node, 0);
  }
};

/** What a store came to: the old entry, and the slot unless nothing was there to erase. */
export interface Stored {
  readonly old: Entry;
  readonly position: Position | undefined;
}

/** Empties the slots that lead to the one at `offset`: of an entry of several indexes. Returns how many. */
const dropSiblings = (xa: XArray, node: Address, offset: number): number => {
  let count = 0;
  while (offset + count + 1 < CHUNK_SIZE && isSibling(slotOf(xa, node, offset + count + 1))) {
    count += 1;
    setSlot(xa, node, offset + count, 0n);
  }
  return count;
};

/** xas_store: 0 erases. */
export const store = (xa: XArray, index: bigint, entry: Entry): Stored => {
  const position =
    entry === 0n ? locate(xa, index) : create(xa, index, entry === ZERO_ENTRY ? "node" : "root");
  const old = position?.entry ?? 0n;
  if (position === undefined || old === entry || isNode(old)) return { old, position };
  if (entry === 0n) initMarks(xa, position);
  const { node, offset } = position;
  if (node === 0) setHead(xa, entry);
  else {
    setSlot(xa, node, offset, entry);
    const slots = entry === 0n ? 1 + dropSiblings(xa, node, offset) : 1;
    const count = Number(old === 0n) - Number(entry === 0n) * slots;
    addCounts(xa, node, count, (Number(isValue(entry)) - Number(isValue(old))) * slots);
    if (count < 0) deleteNode(xa, node, "to-root");
  }
  return { old, position };
};

/** Takes every node away; entries are the caller's. */
export const freeNodes = (xa: XArray, top: Entry): void => {
  if (!isNode(top)) return;
  const node = nodeOf(top);
  const shift = shiftOf(xa, node);
  for (let offset = 0; offset < CHUNK_SIZE; offset++) {
    const entry = slotOf(xa, node, offset);
    if (shift > 0 && isNode(entry) && shiftOf(xa, nodeOf(entry)) < shift) freeNodes(xa, entry);
    else if (entry !== 0n) setSlot(xa, node, offset, RETRY_ENTRY);
  }
  drop(xa, node);
};
