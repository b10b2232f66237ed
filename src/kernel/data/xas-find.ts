/** Finding entries by their index (xa_find, xa_find_after and xa_extract of lib/xarray.c). */
import { BrokenStructure } from "./broken.ts";
import {
  CHUNK_SIZE,
  type Entry,
  MARKS,
  RETRY_ENTRY,
  shiftOf,
  type XArray,
  ZERO_ENTRY,
} from "./xarray-node.ts";
import { isInvalid, newState, RESTART, type Xas } from "./xas-state.ts";
import { findMarkedState, findState } from "./xas-walk.ts";

export interface Search {
  readonly start: bigint;
  readonly max: bigint;
  /** A mark, or XA_PRESENT for any entry. */
  readonly filter: number;
}
export interface Found {
  readonly index: bigint;
  readonly entry: Entry;
}

/** Times that an entry can ask for another look. */
const MOST_RETRIES = 1000;

const findIn = (xas: Xas, { max, filter }: Search): Entry =>
  (MARKS as readonly number[]).includes(filter) ? findMarkedState(xas, max, filter) : findState(xas, max);

/** xas_retry: passes over what is only reserved, and begins anew at what is on the move. */
const retries = ({ at }: Xas, entry: Entry): boolean => {
  if (entry === RETRY_ENTRY) at.xa_node = RESTART;
  return entry === ZERO_ENTRY || entry === RETRY_ENTRY;
};

/** The next entry that is one. */
const nextIn = (xas: Xas, search: Search): Found | undefined => {
  for (let count = 0; ;) {
    const entry = findIn(xas, search);
    if (entry === RETRY_ENTRY) count += 1;
    if (count > MOST_RETRIES) throw new BrokenStructure();
    if (!retries(xas, entry)) return entry === 0n ? undefined : { index: xas.at.xa_index, entry };
  }
};

/** xa_find */
export const findEntry = (xa: XArray, search: Search): Found | undefined =>
  nextIn(newState(xa, search.start), search);

/** xas_sibling: it came in the midst of an entry that began before. */
const isInside = ({ xa, at }: Xas): boolean => {
  if (at.xa_node === 0) return false;
  const shift = BigInt(shiftOf(xa, at.xa_node));
  const mask = (BigInt(CHUNK_SIZE) << shift) - 1n;
  return (at.xa_index & mask) > BigInt(at.xa_offset) << shift;
};

/** xa_find_after, from the index behind: an entry that reaches there from before does not count. */
export const findEntryAfter = (xa: XArray, search: Search): Found | undefined => {
  const xas = newState(xa, search.start);
  for (;;) {
    const found = nextIn(xas, search);
    if (found === undefined || isInvalid(xas) || !isInside(xas)) return found;
  }
};

/** xa_extract: the first `count` entries. */
export const extractEntries = (xa: XArray, search: Search, count: number): Entry[] => {
  const xas = newState(xa, search.start);
  const entries: Entry[] = [];
  while (entries.length < count) {
    const found = nextIn(xas, search);
    if (found === undefined) break;
    entries.push(found.entry);
  }
  return entries;
};
