import { type Cache, HOT, RECORD, STATE } from "./cache.ts";
import type { PrivateMemory } from "./private-memory.ts";

/** Puts a slab with free objects first in line for allocations. */
export const addPartial = (store: PrivateMemory, cache: Cache, record: number): void => {
  const { words } = store;
  const first = words[cache.hot + HOT.PARTIAL] ?? 0;
  store.set(record + RECORD.NEXT, first);
  store.set(record + RECORD.PREVIOUS, 0);
  store.set(record + RECORD.STATE, STATE.PARTIAL);
  if (first !== 0) store.set(first + RECORD.PREVIOUS, record);
  store.set(cache.hot + HOT.PARTIAL, record);
  store.set(cache.hot + HOT.PARTIALS, (words[cache.hot + HOT.PARTIALS] ?? 0) + 1);
};

export const removePartial = (store: PrivateMemory, cache: Cache, record: number): void => {
  const { words } = store;
  if (words[record + RECORD.STATE] !== STATE.PARTIAL) return;
  const next = words[record + RECORD.NEXT] ?? 0;
  const previous = words[record + RECORD.PREVIOUS] ?? 0;
  if (previous === 0) store.set(cache.hot + HOT.PARTIAL, next);
  else store.set(previous + RECORD.NEXT, next);
  if (next !== 0) store.set(next + RECORD.PREVIOUS, previous);
  store.set(record + RECORD.STATE, STATE.FULL);
  store.set(cache.hot + HOT.PARTIALS, (words[cache.hot + HOT.PARTIALS] ?? 0) - 1);
};

/** The list of all slabs of a cache, for listings. */
export const addToAll = (store: PrivateMemory, cache: Cache, record: number): void => {
  const { words } = store;
  const first = words[cache.hot + HOT.ALL] ?? 0;
  store.set(record + RECORD.ALL_NEXT, first);
  store.set(record + RECORD.ALL_PREVIOUS, 0);
  if (first !== 0) store.set(first + RECORD.ALL_PREVIOUS, record);
  store.set(cache.hot + HOT.ALL, record);
  store.set(cache.hot + HOT.SLABS, (words[cache.hot + HOT.SLABS] ?? 0) + 1);
};

export const removeFromAll = (store: PrivateMemory, cache: Cache, record: number): void => {
  const { words } = store;
  const next = words[record + RECORD.ALL_NEXT] ?? 0;
  const previous = words[record + RECORD.ALL_PREVIOUS] ?? 0;
  if (previous === 0) store.set(cache.hot + HOT.ALL, next);
  else store.set(previous + RECORD.ALL_NEXT, next);
  if (next !== 0) store.set(next + RECORD.ALL_PREVIOUS, previous);
  store.set(cache.hot + HOT.SLABS, (words[cache.hot + HOT.SLABS] ?? 0) - 1);
};
