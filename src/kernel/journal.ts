/**
 * Undo log for the kernel objects' state, so that a snapshot costs nothing to take and going back
 * costs what was changed. All state of src/kernel lives in plain objects that are `touch`ed before
 * they are changed, and in the maps and sets made here. Nothing else may hold state.
 */
export interface Journal {
  /** Call before changing fields of `record` (a plain object or array). Shallow; returns it. */
  touch<T extends object>(record: T): T;
  map<K, V>(): JournalMap<K, V>;
  set<T>(): JournalSet<T>;
  /** A point to return to; points nest. */
  mark(): number;
  /** Undoes everything since `mark`, which stays valid. */
  rollback(mark: number): void;
}

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

type Undo = () => void;

const restorer = (record: object): Undo => {
  if (Array.isArray(record)) {
    const saved = record.slice();
    return () => {
      record.length = 0;
      record.push(...saved);
    };
  }
  const saved = { ...record };
  return () => {
    for (const key of Object.keys(record)) {
      if (!(key in saved)) delete (record as Record<string, unknown>)[key];
    }
    Object.assign(record, saved);
  };
};

export const createJournal = (): Journal => {
  const undos: Undo[] = [];
  let recording = false;
  /** Grows with every mark and rollback: what was saved before belongs to another one. */
  let epoch = 0;
  /** Records already saved in this epoch. */
  let touched = new WeakSet<object>();
  const begin = (): void => {
    epoch += 1;
    touched = new WeakSet();
  };
  const recorder: Recorder = {
    epoch: () => (recording ? epoch : NOT_RECORDING),
    add: (undo) => void undos.push(undo),
  };
  return {
    touch(object) {
      if (recording && !touched.has(object)) {
        touched.add(object);
        undos.push(restorer(object));
      }
      return object;
    },
    map: () => createMap(recorder),
    set: () => createSet(recorder),
    mark() {
      recording = true;
      begin();
      return undos.length;
    },
    rollback(mark) {
      while (undos.length > mark) undos.pop()?.();
      begin();
    },
  };
};

interface Recorder {
  /** NOT_RECORDING while there is no mark to go back to. */
  epoch(): number;
  add(undo: Undo): void;
}
const NOT_RECORDING = -1;

const createMap = <K, V>(recorder: Recorder): JournalMap<K, V> => {
  const map = new Map<K, V>();
  /** The epoch in which all entries were saved: what follows in it needs no undo of its own. */
  let savedIn = NOT_RECORDING;
  const remember = (key: K): void => {
    const epoch = recorder.epoch();
    if (epoch === NOT_RECORDING || epoch === savedIn) return;
    if (!map.has(key)) return recorder.add(() => map.delete(key));
    const old = map.get(key) as V;
    recorder.add(() => map.set(key, old));
  };
  /** Deleting and re-adding moves a key to the end; undo must restore the order too. */
  const rememberAll = (): void => {
    const epoch = recorder.epoch();
    if (epoch === NOT_RECORDING || epoch === savedIn) return;
    savedIn = epoch;
    const before = [...map.entries()];
    recorder.add(() => {
      map.clear();
      for (const [key, value] of before) map.set(key, value);
    });
  };
  return {
    get size() {
      return map.size;
    },
    get: (key) => map.get(key),
    has: (key) => map.has(key),
    set(key, value) {
      remember(key);
      map.set(key, value);
    },
    delete(key) {
      if (!map.has(key)) return false;
      rememberAll();
      return map.delete(key);
    },
    keys: () => map.keys(),
    values: () => map.values(),
    entries: () => map.entries(),
  };
};

const createSet = <T>(recorder: Recorder): JournalSet<T> => {
  const map = createMap<T, true>(recorder);
  return {
    get size() {
      return map.size;
    },
    has: (value) => map.has(value),
    add(value) {
      if (!map.has(value)) map.set(value, true);
    },
    delete: (value) => map.delete(value),
    values: () => map.keys(),
  };
};
