/** IDRs: radix trees that give out indexes (lib/idr.c, lib/radix-tree.c). */
import { Errno } from "../../base/errors.ts";
import { ENOSPC } from "../../base/errno.ts";
import { findFree } from "./xarray-search.ts";
import { clearMark, create, deleteNode, hasMark, locate, type Position, setMark } from "./xarray.ts";
import {
  addCounts,
  type Entry,
  FREE_MARK,
  isMarked,
  isValue,
  MARKS,
  setHead,
  setSlot,
  XA_FLAGS,
  type XArray,
  hasFlag,
} from "./xarray-node.ts";

/** ROOT_IS_IDR and the root's free mark. */
export const IDR_RT_MARKER = XA_FLAGS.TRACK_FREE | (1 << 27);

export const putEntry = (xa: XArray, { node, offset }: Position, entry: Entry): void =>
  node === 0 ? setHead(xa, entry) : setSlot(xa, node, offset, entry);

/** idr_get_free and what follows: takes the first free index, which then holds `entry`, even NULL. */
export const takeIndex = (xa: XArray, start: bigint, max: bigint, entry: Entry): bigint => {
  const index = findFree(xa, start, max);
  if (index === undefined) throw new Errno(ENOSPC);
  const position = create(xa, index, "node");
  putEntry(xa, position, entry);
  // In a node an index counts as long as it is taken, whatever it holds.
  if (position.node !== 0) addCounts(xa, position.node, 1, isValue(entry) ? 1 : 0);
  clearMark(xa, position, FREE_MARK);
  return index;
};

const isFree = (xa: XArray, { node, offset }: Position): boolean =>
  node === 0 ? isMarked(xa, FREE_MARK) : hasMark(xa, node, offset, FREE_MARK);

/** The slot of an index that is taken. */
export const takenAt = (xa: XArray, index: bigint): Position | undefined => {
  const position = locate(xa, index);
  if (position === undefined) return undefined;
  const isIdr = hasFlag(xa, XA_FLAGS.TRACK_FREE);
  return (isIdr ? isFree(xa, position) : position.entry === 0n) ? undefined : position;
};

/** radix_tree_delete_item: takes what is there away; 0 when nothing is. */
export const removeIndex = (xa: XArray, index: bigint): Entry => {
  const position = takenAt(xa, index);
  if (position === undefined) return 0n;
  const isIdr = hasFlag(xa, XA_FLAGS.TRACK_FREE);
  if (isIdr) setMark(xa, position, FREE_MARK);
  else for (const mark of MARKS) clearMark(xa, position, mark);
  putEntry(xa, position, 0n);
  if (position.node !== 0) {
    addCounts(xa, position.node, -1, isValue(position.entry) ? -1 : 0);
    deleteNode(xa, position.node, isIdr ? "to-node" : "to-root");
  }
  return position.entry;
};
