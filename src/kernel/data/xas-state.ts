/** struct xa_state: where an advanced operation on an XArray stands (lib/xarray.c). */
import type { Address } from "../../base/address.ts";
import type { StructTypes } from "../../profile/struct-types.ts";
import type { Kernel } from "../kernel.ts";
import { BrokenStructure } from "./broken.ts";
import {
  CHUNK_SIZE,
  type Entry,
  headOf,
  isNode,
  isSibling,
  maxIndex,
  nodeOf,
  RETRY_ENTRY,
  shiftOf,
  slotOf,
  type XArray,
} from "./xarray-node.ts";
import { arrayAt } from "./xarray-pool.ts";

type State = Pick<
  StructTypes["xa_state"],
  "xa_index" | "xa_shift" | "xa_sibs" | "xa_offset" | "xa_node" | "xa_alloc" | "xa_update"
>;

/** The state, in guest memory or the kernel's own, and the array it is about. */
export interface Xas {
  readonly xa: XArray;
  readonly at: State;
}

/** Values of xa_node that are no nodes: beyond the array, at no place yet. 0: at the array's head. */
export const BOUNDS: Address = 1;
export const RESTART: Address = 3;

export const xasAt = (k: Kernel, at: Address): Xas => {
  const state = k.struct("xa_state", at);
  const xa = arrayAt(k, state.xa);
  return { xa: state.xa_update === 0 ? xa : { ...xa, touched: [] }, at: state };
};

/** XA_STATE(): a state of the kernel's own, at no place of the array yet. */
export const newState = (xa: XArray, index = 0n): Xas => ({
  xa,
  at: { xa_index: index, xa_shift: 0, xa_sibs: 0, xa_offset: 0, xa_node: RESTART, xa_alloc: 0, xa_update: 0 },
});

/** An error, at no place, or beyond. */
export const isInvalid = ({ at }: Xas): boolean => (at.xa_node & 3) !== 0;
/** xas_set_err() leaves -errno * 4 + 2. */
export const isError = ({ at }: Xas): boolean =>
  at.xa_node < 0 && at.xa_node >= -4095 * 4 && (at.xa_node & 3) === 2;
export const isTop = ({ at }: Xas): boolean => at.xa_node >= 0 && at.xa_node <= RESTART;
export const isNoNode = (xas: Xas): boolean => isInvalid(xas) || xas.at.xa_node === 0;

export const setBounds = ({ at }: Xas): Entry => {
  at.xa_node = BOUNDS;
  return 0n;
};

export const offsetIn = ({ xa }: Xas, index: bigint, node: Address): number =>
  Number((index >> BigInt(shiftOf(xa, node))) & 63n);
export const setOffset = (xas: Xas): void => {
  xas.at.xa_offset = offsetIn(xas, xas.at.xa_index, xas.at.xa_node);
};

/** To the first index of a slot of the node it is at. */
export const moveIndex = ({ xa, at }: Xas, offset: number): void => {
  const shift = BigInt(shiftOf(xa, at.xa_node));
  at.xa_index = BigInt.asUintN(64, (((at.xa_index >> shift) & ~63n) + BigInt(offset)) << shift);
};

/** The slot it is at. */
export const reload = ({ xa, at }: Xas): Entry =>
  at.xa_node === 0 ? headOf(xa) : slotOf(xa, at.xa_node, at.xa_offset);

/** xas_start: the entry where a walk begins. */
export const start = (xas: Xas): Entry => {
  const { xa, at } = xas;
  if (!isInvalid(xas)) return reload(xas);
  if (isError(xas)) return 0n;
  const head = headOf(xa);
  if (at.xa_index > maxIndex(xa, head)) return setBounds(xas);
  at.xa_node = 0;
  return head;
};

/** xas_descend: one level down; a sibling leads to the slot that holds the entry. */
export const descend = (xas: Xas, node: Address): Entry => {
  const { xa, at } = xas;
  let offset = offsetIn(xas, at.xa_index, node);
  let entry = slotOf(xa, node, offset);
  at.xa_node = node;
  for (let steps = 0; isSibling(entry); steps += 1) {
    if (steps > CHUNK_SIZE) throw new BrokenStructure();
    offset = Number(entry >> 2n);
    entry = slotOf(xa, node, offset);
    if (shiftOf(xa, node) !== 0 && isNode(entry)) entry = RETRY_ENTRY;
  }
  at.xa_offset = offset;
  return entry;
};

/** Levels an array can have. */
const MOST_LEVELS = 16;

/** xas_load */
export const loadState = (xas: Xas): Entry => {
  let entry = start(xas);
  for (let levels = 0; isNode(entry); levels += 1) {
    if (levels > MOST_LEVELS) throw new BrokenStructure();
    const node = nodeOf(entry);
    const shift = shiftOf(xas.xa, node);
    if (xas.at.xa_shift > shift) break;
    entry = descend(xas, node);
    if (shift === 0) break;
  }
  return entry;
};
