import { NO_MARK, type Recorder } from "./journal-recorder.ts";

export interface JournalMap<K, V> {
  readonly size: number;
  get(key: K): V | undefined;
  has(key: K): boolean;
  set(key: K, value: V): void;
  delete(key: K): boolean;
  keys(): IterableIterator<K>;
  values(): IterableIterator<V>;
  entries(): IterableIterator<[K, V]>;
}

export interface JournalSet<T> {
  readonly size: number;
  has(value: T): boolean;
  add(value: T): void;
  delete(value: T): boolean;
  values(): IterableIterator<T>;
}

/** An entry, between its neighbours in the order of insertion. */
interface Entry {
  readonly key: unknown;
  value: unknown;
  before: Entry;
  after: Entry;
  /** The epoch in which its value was noted. */
  epoch: number;
}

/** What was done to a map. Undone in reverse, so an entry finds the neighbours that it had. */
export type ListChange =
  | { readonly kind: "value"; readonly entry: Entry; readonly old: unknown }
  | { readonly kind: "added" | "removed"; readonly entry: Entry; readonly index: Map<unknown, Entry> };

const link = (entry: Entry, index: Map<unknown, Entry>): void => {
  entry.before.after = entry;
  entry.after.before = entry;
  index.set(entry.key, entry);
};

/** The entry keeps its own links: whoever stands on it while iterating finds the way on. */
const unlink = (entry: Entry, index: Map<unknown, Entry>): void => {
  entry.before.after = entry.after;
  entry.after.before = entry.before;
  index.delete(entry.key);
};

export const undoChange = (change: ListChange): void => {
  if (change.kind === "value") change.entry.value = change.old;
  else if (change.kind === "added") unlink(change.entry, change.index);
  else link(change.entry, change.index);
};

/** A ring of entries has no end to treat apart. */
const createRing = (): Entry => {
  const ring: Partial<Entry> = { key: undefined, value: undefined, epoch: 0 };
  ring.before = ring as Entry;
  ring.after = ring as Entry;
  return ring as Entry;
};

function* walk<T>(ring: Entry, pick: (entry: Entry) => T): Generator<T, undefined> {
  for (let entry = ring.after; entry !== ring; entry = entry.after) yield pick(entry);
}

/**
 * A map in insertion order whose changes are noted. The order is a linked list of its own, so that a
 * deletion is undone without a copy of the rest. A class, because V8 makes a dictionary of every
 * object literal that has a getter, and maps are used in each stub call.
 */
class OrderedMap<K, V> implements JournalMap<K, V> {
  readonly #recorder: Recorder;
  readonly #index = new Map<unknown, Entry>();
  readonly #ring = createRing();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }
  get size(): number {
    return this.#index.size;
  }
  get(key: K): V | undefined {
    return this.#index.get(key)?.value as V | undefined;
  }
  has(key: K): boolean {
    return this.#index.has(key);
  }
  set(key: K, value: V): void {
    const { mark, epoch, undos } = this.#recorder;
    const known = this.#index.get(key);
    if (known === undefined) {
      const entry: Entry = { key, value, before: this.#ring.before, after: this.#ring, epoch };
      link(entry, this.#index);
      if (mark !== NO_MARK) undos.push({ kind: "added", entry, index: this.#index });
      return;
    }
    if (mark !== NO_MARK && known.epoch !== epoch) {
      known.epoch = epoch;
      undos.push({ kind: "value", entry: known, old: known.value });
    }
    known.value = value;
  }
  delete(key: K): boolean {
    const entry = this.#index.get(key);
    if (entry === undefined) return false;
    unlink(entry, this.#index);
    const { mark, undos } = this.#recorder;
    if (mark !== NO_MARK) undos.push({ kind: "removed", entry, index: this.#index });
    return true;
  }
  keys(): IterableIterator<K> {
    return walk(this.#ring, (entry) => entry.key as K);
  }
  values(): IterableIterator<V> {
    return walk(this.#ring, (entry) => entry.value as V);
  }
  entries(): IterableIterator<[K, V]> {
    return walk(this.#ring, (entry): [K, V] => [entry.key as K, entry.value as V]);
  }
}

export const createMap = <K, V>(recorder: Recorder): JournalMap<K, V> => new OrderedMap(recorder);

class OrderedSet<T> implements JournalSet<T> {
  readonly #map: JournalMap<T, true>;

  constructor(recorder: Recorder) {
    this.#map = createMap(recorder);
  }
  get size(): number {
    return this.#map.size;
  }
  has(value: T): boolean {
    return this.#map.has(value);
  }
  add(value: T): void {
    if (!this.#map.has(value)) this.#map.set(value, true);
  }
  delete(value: T): boolean {
    return this.#map.delete(value);
  }
  values(): IterableIterator<T> {
    return this.#map.keys();
  }
}

export const createSet = <T>(recorder: Recorder): JournalSet<T> => new OrderedSet(recorder);
