import type { Recorder } from "./journal-recorder.ts";

/** A record as it was at a mark. It serves every stretch that begins there: going back makes it true again. */
export interface SavedRecord {
  readonly kind: "record";
  readonly record: object;
  readonly copy: object;
  readonly way: Way;
  readonly mark: number;
  /** The stretch in which it stands in the undo log. */
  epoch: number;
}

export interface RecordCopies {
  /** Notes how `record` is now, once in each stretch. */
  save(record: object): void;
  restore(saved: SavedRecord): void;
}

/** How records of one kind are copied and put back. */
interface Way {
  readonly copy: (record: object) => object;
  restore: (record: object, copy: object) => void;
}

type Fields = Record<string, unknown>;

const ARRAY: Way = {
  copy: (record) => (record as unknown[]).slice(),
  restore(record, copy) {
    const [now, then] = [record as unknown[], copy as unknown[]];
    if (now.length > then.length) now.length = then.length;
    for (let index = 0; index < then.length; index += 1) now[index] = then[index];
  },
};

const TYPED_ARRAY: Way = {
  copy: (record) => (record as BigUint64Array).slice(),
  restore: (record, copy) => (record as BigUint64Array).set(copy as BigUint64Array),
};

/** The plain way, which also removes fields that came later. */
const restoreFields = (record: object, copy: object): void => {
  for (const key of Object.keys(record)) if (!(key in copy)) delete (record as Fields)[key];
  Object.assign(record, copy);
};

/** The same as straight-line code for records of these fields: ten times as fast, but dear to make. */
const generate = (keys: readonly string[]): Way["restore"] => {
  const names = keys.map((key) => `[${JSON.stringify(key)}]`);
  const body = `return (record, copy) => {
    let fields = 0;
    for (const _ in record) fields += 1;
    if (fields !== ${keys.length}) plain(record, copy);
    ${names.map((name) => `record${name} = copy${name};`).join("\n")}
  };`;
  return new Function("plain", body)(restoreFields) as Way["restore"];
};

/** Restores after which generating code pays. */
const HOT = 100;

const plainObject = (keys: readonly string[]): Way => {
  let restores = 0;
  const way: Way = {
    copy: (record) => ({ ...record }),
    restore(record, copy) {
      if (++restores >= HOT) way.restore = generate(keys);
      restoreFields(record, copy);
    },
  };
  return way;
};

export const createRecordCopies = (recorder: Recorder): RecordCopies => {
  const known = new WeakMap<object, SavedRecord>();
  const ways = new Map<string, Way>();
  const wayOf = (record: object): Way => {
    if (Array.isArray(record)) return ARRAY;
    if (ArrayBuffer.isView(record)) return TYPED_ARRAY;
    const keys = Object.keys(record);
    const name = keys.join();
    let way = ways.get(name);
    if (way === undefined) ways.set(name, (way = plainObject(keys)));
    return way;
  };
  return {
    save(record) {
      const { mark, epoch, undos } = recorder;
      let saved = known.get(record);
      if (saved === undefined || saved.mark !== mark) {
        const way = wayOf(record);
        saved = { kind: "record", record, copy: way.copy(record), way, mark, epoch };
        known.set(record, saved);
      } else if (saved.epoch === epoch) return;
      else saved.epoch = epoch;
      undos.push(saved);
    },
    restore({ record, copy, way }) {
      way.restore(record, copy);
    },
  };
};
