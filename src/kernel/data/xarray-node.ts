/** The memory of XArrays and radix trees: entries, nodes, marks (include/linux/xarray.h). */
import { type Address, toAddress, toPattern } from "../../base/address.ts";
import type { GuestMemory } from "../../machine/memory.ts";

/** An entry is a pattern: a pointer, a tagged value, or one of the array's own marks. 0: nothing there. */
export type Entry = bigint;

export const CHUNK_SHIFT = 6;
export const CHUNK_SIZE = 64;
export const MARKS = [0, 1, 2] as const;
/** XA_FREE_MARK and IDR_FREE: in arrays that give out indexes, the free ones have mark 0. */
export const FREE_MARK = 0;

const internal = (value: number): Entry => BigInt(value * 4 + 2);
export const RETRY_ENTRY = internal(256);
export const ZERO_ENTRY = internal(257);

export const isValue = (entry: Entry): boolean => (entry & 1n) === 1n;
export const isInternal = (entry: Entry): boolean => (entry & 3n) === 2n;
export const isNode = (entry: Entry): boolean => isInternal(entry) && entry > 4096n;
export const isSibling = (entry: Entry): boolean => isInternal(entry) && entry < internal(CHUNK_SIZE - 1);
/** What a caller may not store: retry entries and the array's own. */
export const isAdvanced = (entry: Entry): boolean => isInternal(entry) && entry <= RETRY_ENTRY;

export const nodeOf = (entry: Entry): Address => toAddress(entry) - 2;
export const entryOfNode = (node: Address): Entry => toPattern(node) | 2n;

/** struct xa_node */
export const NODE = {
  SHIFT: 0,
  OFFSET: 1,
  COUNT: 2,
  VALUES: 3,
  PARENT: 8,
  ARRAY: 16,
  LIST: 24,
  SLOTS: 40,
  MARKS: 552,
  SIZE: 576,
} as const;

/** struct xarray { spinlock_t xa_lock; gfp_t xa_flags; void *xa_head; }, also struct radix_tree_root. */
const [FLAGS, HEAD] = [4, 8];
export const XA_FLAGS = { TRACK_FREE: 4, ZERO_BUSY: 8, ALLOC_WRAPPED: 16 } as const;
const MARK_FLAG_SHIFT = 27;

export interface XArray {
  readonly memory: GuestMemory;
  readonly at: Address;
  readonly pool: NodePool;
  /** Notes nodes whose counts changed, in that order: xas_update() is told of them. */
  readonly touched?: Address[];
}

export const flagsOf = ({ memory, at }: XArray): number => memory.u32(at + FLAGS);
export const setFlags = ({ memory, at }: XArray, flags: number): void =>
  memory.setU32(at + FLAGS, flags >>> 0);
export const hasFlag = (xa: XArray, flag: number): boolean => (flagsOf(xa) & flag) !== 0;
export const headOf = ({ memory, at }: XArray): Entry => memory.u64(at + HEAD);
export const setHead = ({ memory, at }: XArray, entry: Entry): void => memory.setU64(at + HEAD, entry);

/** The array's own flag for a mark: some entry has it. */
export const isMarked = (xa: XArray, mark: number): boolean => hasFlag(xa, 1 << (MARK_FLAG_SHIFT + mark));
export const setMarked = (xa: XArray, mark: number, value: "set" | "clear"): void => {
  const flag = 1 << (MARK_FLAG_SHIFT + mark);
  setFlags(xa, value === "set" ? flagsOf(xa) | flag : flagsOf(xa) & ~flag);
};

export const shiftOf = ({ memory }: XArray, node: Address): number => memory.u8(node + NODE.SHIFT);
export const offsetOf = ({ memory }: XArray, node: Address): number => memory.u8(node + NODE.OFFSET);
export const setOffset = ({ memory }: XArray, node: Address, offset: number): void =>
  memory.setU8(node + NODE.OFFSET, offset);
export const parentOf = ({ memory }: XArray, node: Address): Address => memory.pointer(node + NODE.PARENT);
export const setParent = ({ memory }: XArray, node: Address, parent: Address): void =>
  memory.setPointer(node + NODE.PARENT, parent);
export const countOf = ({ memory }: XArray, node: Address): number => memory.u8(node + NODE.COUNT);
export const addCounts = ({ memory }: XArray, node: Address, count: number, values: number): void => {
  memory.setU8(node + NODE.COUNT, (memory.u8(node + NODE.COUNT) + count) & 0xff);
  memory.setU8(node + NODE.VALUES, (memory.u8(node + NODE.VALUES) + values) & 0xff);
};
/** Of a node that goes. */
export const clearCounts = ({ memory }: XArray, node: Address): void => {
  memory.setU8(node + NODE.COUNT, 0);
  memory.setU8(node + NODE.VALUES, 0);
};
export const slotAddress = (node: Address, offset: number): Address => node + NODE.SLOTS + offset * 8;
export const slotOf = ({ memory }: XArray, node: Address, offset: number): Entry =>
  memory.u64(slotAddress(node, offset));
export const setSlot = ({ memory }: XArray, node: Address, offset: number, entry: Entry): void =>
  memory.setU64(slotAddress(node, offset), entry);

/** Address of the 64 bits of one mark. */
export const markBits = (node: Address, mark: number): Address => node + NODE.MARKS + mark * 8;

/** The largest index below an entry that may be a node. */
export const maxIndex = (xa: XArray, entry: Entry): bigint =>
  isNode(entry) ? (BigInt(CHUNK_SIZE) << BigInt(shiftOf(xa, nodeOf(entry)))) - 1n : 0n;

/**
 * Where nodes come from. Freed ones wait in a queue, oldest first, so that a reader in an RCU section
 * still finds its node as it was: the kernel would free them after a grace period.
 */
export interface NodePool {
  /** Zeroed. */
  take(xa: Address, shift: number, parent: Address, offset: number): Address;
  release(node: Address): void;
}

/** The slot that leads to an index, in a node whose slots span 2^shift each. */
export const offsetIn = (index: bigint, shift: number): number => Number((index >> BigInt(shift)) & 63n);
