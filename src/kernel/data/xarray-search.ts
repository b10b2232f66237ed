/** Searching XArrays: what is present, marked or free from an index on (xas_find, xas_find_marked). */
import type { Address } from "../../base/address.ts";
import { findNext, wordsAt } from "./bits.ts";
import { BrokenStructure } from "./broken.ts";
import type { Position } from "./xarray.ts";
import {
  CHUNK_SIZE,
  type Entry,
  FREE_MARK,
  headOf,
  isMarked,
  isNode,
  isSibling,
  markBits,
  maxIndex,
  nodeOf,
  offsetIn,
  offsetOf,
  parentOf,
  shiftOf,
  slotOf,
  type XArray,
} from "./xarray-node.ts";

/** An entry that a search came to. */
export interface Found {
  readonly index: bigint;
  readonly position: Position;
}

/** First offset at or after `from` worth looking at; 64 when there is none. */
type Pick = (node: Address, from: number) => number;

/** No walk of a sound array takes more steps: a broken one may go round for ever. */
const MAX_STEPS = 2 ** 22;

/** The first slot from `start` on that `pick` finds, at most at `max`. "beyond": the array ends first. */
const search = (
  xa: XArray,
  range: { readonly start: bigint; readonly max: bigint },
  pick: Pick,
): Found | { readonly beyond: bigint } | undefined => {
  const head = headOf(xa);
  let { start: index } = range;
  if (index > maxIndex(xa, head)) return { beyond: index };
  let node = nodeOf(head);
  let offset = offsetIn(index, shiftOf(xa, node));
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const shift = BigInt(shiftOf(xa, node));
    const next = offset >= CHUNK_SIZE ? CHUNK_SIZE : pick(node, offset);
    const base = (index >> (shift + 6n)) << (shift + 6n);
    if (next > offsetIn(index, Number(shift)) || next === CHUNK_SIZE) {
      // The offset may already have run off the end, with the index still on the last slot.
      index = base + (BigInt(next) << shift);
    }
    if (index > range.max) return undefined;
    if (next === CHUNK_SIZE) {
      offset = offsetOf(xa, node) + 1;
      const parent = parentOf(xa, node);
      if (parent === 0) return { beyond: index };
      node = parent;
      // Back on the last index of the child, so that the parent's base is its own.
      index -= 1n;
      continue;
    }
    const entry = slotOf(xa, node, next);
    if (!isNode(entry) || shift === 0n) return { index, position: { node, offset: next, entry } };
    node = nodeOf(entry);
    offset = offsetIn(index, shiftOf(xa, node));
  }
  throw new BrokenStructure("an array goes round in a circle");
};

const presentFrom =
  (xa: XArray): Pick =>
  (node, from) => {
    for (let offset = from; offset < CHUNK_SIZE; offset++) {
      const entry = slotOf(xa, node, offset);
      if (entry !== 0n && !isSibling(entry)) return offset;
    }
    return CHUNK_SIZE;
  };

const atRoot = (entry: Entry): Found => ({ index: 0n, position: { node: 0, offset: 0, entry } });
const isFound = (result: object | undefined): result is Found => result !== undefined && "position" in result;

/** xas_find: the first entry from `start` to `max`. */
export const findPresent = (xa: XArray, start: bigint, max: bigint): Found | undefined => {
  const head = headOf(xa);
  if (!isNode(head)) return head !== 0n && start === 0n ? atRoot(head) : undefined;
  const result = search(xa, { start, max }, presentFrom(xa));
  return isFound(result) ? result : undefined;
};

const markedFrom =
  (xa: XArray, mark: number): Pick =>
  (node, from) =>
    findNext(wordsAt(xa.memory, markBits(node, mark)), CHUNK_SIZE, from);

/** xas_find_marked, for marks that entries have. */
export const findMarked = (xa: XArray, start: bigint, max: bigint, mark: number): Found | undefined => {
  const head = headOf(xa);
  if (!isNode(head)) return start === 0n && head !== 0n && isMarked(xa, mark) ? atRoot(head) : undefined;
  for (let from = start; from <= max;) {
    const result = search(xa, { start: from, max }, markedFrom(xa, mark));
    if (!isFound(result)) return undefined;
    if (result.position.entry !== 0n) return result;
    from = result.index + 1n;
  }
  return undefined;
};

/** The first free index from `start` to `max`, in an array that tracks them; undefined when all are taken. */
export const findFree = (xa: XArray, start: bigint, max: bigint): bigint | undefined => {
  if (start > max) return undefined;
  const head = headOf(xa);
  if (!isNode(head)) {
    const index = start === 0n && !isMarked(xa, FREE_MARK) ? 1n : start;
    return index <= max ? index : undefined;
  }
  const result = search(xa, { start, max }, markedFrom(xa, FREE_MARK));
  if (result === undefined) return undefined;
  return "beyond" in result ? result.beyond : result.index;
};
