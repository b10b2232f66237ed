/** Walks with a struct xa_state (lib/xarray.c). The header's inline functions do the steps within a node. */
import { BrokenStructure } from "./broken.ts";
import {
  CHUNK_SIZE,
  type Entry,
  FREE_MARK,
  hasFlag,
  headOf,
  isMarked,
  isNode,
  isSibling,
  markBits,
  maxIndex,
  nodeOf,
  offsetOf,
  parentOf,
  shiftOf,
  slotOf,
  XA_FLAGS,
} from "./xarray-node.ts";
import {
  BOUNDS,
  descend,
  isError,
  isInvalid,
  isNoNode,
  isTop,
  loadState,
  moveIndex,
  offsetIn,
  reload,
  RESTART,
  setBounds,
  setOffset,
  start,
  type Xas,
} from "./xas-state.ts";

/** Steps from slot to slot between two entries: a walk in a ring ends. */
const MOST_STEPS = 10_000_000;

const wrapped = (index: bigint): bigint => BigInt.asUintN(64, index);

/** To a slot of the node above: the one behind, before, or that it came from; false at the top. */
const climb = ({ xa, at }: Xas, by: 1 | 0 | -1): boolean => {
  at.xa_offset = (offsetOf(xa, at.xa_node) + by) & 0xff;
  at.xa_node = parentOf(xa, at.xa_node);
  return at.xa_node !== 0;
};

const nextOffset = (xas: Xas): void => {
  xas.at.xa_offset += 1;
  moveIndex(xas, xas.at.xa_offset);
};

/** The next entry that is there, from the slot it is at. */
const scan = (xas: Xas, max: bigint): Entry => {
  const { at } = xas;
  for (let steps = 0; at.xa_node !== 0 && at.xa_index <= max; steps += 1) {
    if (steps > MOST_STEPS) throw new BrokenStructure();
    if (at.xa_offset === CHUNK_SIZE) {
      climb(xas, 1);
      continue;
    }
    const entry = reload(xas);
    if (isNode(entry)) {
      at.xa_node = nodeOf(entry);
      at.xa_offset = 0;
      continue;
    }
    if (entry !== 0n && !isSibling(entry)) return entry;
    nextOffset(xas);
  }
  if (at.xa_node === 0) at.xa_node = BOUNDS;
  return 0n;
};

/** xas_find */
export const findState = (xas: Xas, max: bigint): Entry => {
  const { xa, at } = xas;
  if (isError(xas) || at.xa_node === BOUNDS) return 0n;
  if (at.xa_index > max) return setBounds(xas);
  if (at.xa_node === 0) {
    at.xa_index = 1n;
    return setBounds(xas);
  }
  if (at.xa_node === RESTART) {
    const entry = loadState(xas);
    if (entry !== 0n || isNoNode(xas)) return entry;
  } else if (shiftOf(xa, at.xa_node) === 0 && at.xa_offset !== Number(at.xa_index & 63n)) {
    at.xa_offset = Number((at.xa_index - 1n) & 63n) + 1;
  }
  nextOffset(xas);
  return scan(xas, max);
};

/** xas_find_chunk: the first slot with the mark, behind this one or from it on. */
const markedFrom = ({ xa, at }: Xas, mark: number, first: number): number => {
  let bits = xa.memory.u64(markBits(at.xa_node, mark)) >> BigInt(first);
  let offset = first;
  for (; bits !== 0n; offset += 1, bits >>= 1n) if ((bits & 1n) !== 0n) return offset;
  return CHUNK_SIZE;
};

const restart = ({ at }: Xas): Entry => {
  at.xa_node = RESTART;
  return 0n;
};
const beyond = (xas: Xas, max: bigint): Entry => (xas.at.xa_index > max ? restart(xas) : setBounds(xas));

/** The head, when it is no node; "go on" when it is one, and the state is at its slot then. */
const markedTop = (xas: Xas, max: bigint, mark: number): Entry | "go on" => {
  const { xa, at } = xas;
  const head = headOf(xa);
  at.xa_node = 0;
  if (at.xa_index > maxIndex(xa, head)) return beyond(xas, max);
  if (!isNode(head)) {
    if (isMarked(xa, mark)) return head;
    at.xa_index = 1n;
    return beyond(xas, max);
  }
  at.xa_node = nodeOf(head);
  at.xa_offset = Number(at.xa_index >> BigInt(shiftOf(xa, at.xa_node)));
  return "go on";
};

const toOwner = (xas: Xas): void => {
  const entry = reload(xas);
  if (!isSibling(entry)) return;
  xas.at.xa_offset = Number(entry >> 2n);
  moveIndex(xas, xas.at.xa_offset);
};

const scanMarked = (xas: Xas, max: bigint, mark: number, onwards: boolean): Entry => {
  const { xa, at } = xas;
  let advance = onwards;
  for (let steps = 0; at.xa_index <= max; steps += 1) {
    if (steps > MOST_STEPS) throw new BrokenStructure();
    if (at.xa_offset === CHUNK_SIZE) {
      if (!climb(xas, 1)) break;
      advance = false;
      continue;
    }
    if (!advance) toOwner(xas);
    const offset = markedFrom(xas, mark, at.xa_offset + (advance ? 1 : 0));
    if (offset > at.xa_offset) {
      advance = false;
      moveIndex(xas, offset);
      if (wrapped(at.xa_index - 1n) >= max) return restart(xas);
      at.xa_offset = offset;
      if (offset === CHUNK_SIZE) continue;
    }
    const entry = slotOf(xa, at.xa_node, at.xa_offset);
    if (entry === 0n && !(hasFlag(xa, XA_FLAGS.TRACK_FREE) && mark === FREE_MARK)) continue;
    if (!isNode(entry)) return entry;
    at.xa_node = nodeOf(entry);
    setOffset(xas);
  }
  return beyond(xas, max);
};

/** xas_find_marked */
export const findMarkedState = (xas: Xas, max: bigint, mark: number): Entry => {
  const { at } = xas;
  if (isError(xas)) return 0n;
  if (at.xa_index > max) return restart(xas);
  if (at.xa_node === 0) {
    at.xa_index = 1n;
    return beyond(xas, max);
  }
  const onwards = !isTop(xas);
  const top = onwards ? "go on" : markedTop(xas, max, mark);
  return top === "go on" ? scanMarked(xas, max, mark, onwards) : top;
};

/** xas_pause: the walk begins anew behind this entry, the lock having been dropped. */
export const pauseState = (xas: Xas): void => {
  const { xa, at } = xas;
  if (isInvalid(xas)) return;
  const node = at.xa_node;
  at.xa_node = RESTART;
  if (node === 0) {
    at.xa_index = wrapped(at.xa_index + 1n);
    return;
  }
  let offset = at.xa_offset + 1;
  while (offset < CHUNK_SIZE && isSibling(slotOf(xa, node, offset))) offset += 1;
  const more = BigInt(offset - at.xa_offset) << BigInt(shiftOf(xa, node));
  at.xa_index = wrapped(at.xa_index + more);
  if (at.xa_index === 0n) at.xa_node = BOUNDS;
};

/** __xas_next and __xas_prev: to the neighbouring index, whether something is there or not. */
export const stepState = (xas: Xas, by: 1 | -1): Entry => {
  const { at } = xas;
  if ((at.xa_node & 2) === 0) at.xa_index = wrapped(at.xa_index + BigInt(by));
  if (at.xa_node === 0) return setBounds(xas);
  if (isNoNode(xas)) return loadState(xas);
  if (at.xa_offset !== offsetIn(xas, at.xa_index, at.xa_node)) at.xa_offset = (at.xa_offset + by) & 0xff;
  const end = by === 1 ? CHUNK_SIZE : 0xff;
  while (at.xa_offset === end) if (!climb(xas, by)) return setBounds(xas);
  for (let levels = 0; levels < CHUNK_SIZE; levels += 1) {
    const entry = reload(xas);
    if (!isNode(entry)) return entry;
    at.xa_node = nodeOf(entry);
    setOffset(xas);
  }
  throw new BrokenStructure();
};

/** To the first entry below a slot. */
const dive = (xas: Xas): Entry => {
  for (let levels = 0; levels < CHUNK_SIZE; levels += 1) {
    const entry = reload(xas);
    if (!isNode(entry)) return entry;
    xas.at.xa_node = nodeOf(entry);
    xas.at.xa_offset = 0;
  }
  throw new BrokenStructure();
};

const startConflict = (xas: Xas): Entry => {
  let entry = start(xas);
  for (let levels = 0; isNode(entry); levels += 1) {
    if (levels > CHUNK_SIZE) throw new BrokenStructure();
    entry = descend(xas, nodeOf(entry));
  }
  return entry;
};

/** xas_find_conflict: the next entry in the range that a store would overwrite. */
export const findConflict = (xas: Xas): Entry => {
  const { xa, at } = xas;
  if (isError(xas) || at.xa_node === 0) return 0n;
  if (isTop(xas)) {
    const entry = startConflict(xas);
    if (entry !== 0n || isNoNode(xas)) return entry;
  }
  if (shiftOf(xa, at.xa_node) > at.xa_shift) return 0n;
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    if (shiftOf(xa, at.xa_node) === at.xa_shift) {
      if ((at.xa_offset & at.xa_sibs) === at.xa_sibs) break;
    } else if (at.xa_offset === CHUNK_SIZE - 1) {
      if (!climb(xas, 0)) break;
      continue;
    }
    at.xa_offset += 1;
    if (isSibling(reload(xas))) continue;
    const entry = dive(xas);
    if (entry !== 0n) return entry;
  }
  at.xa_offset -= at.xa_sibs;
  return 0n;
};
