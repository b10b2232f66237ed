import {
  type JournalMap,
  type JournalSet,
  type ListChange,
  createMap,
  createSet,
  undoChange,
} from "./journal-map.ts";
import { NO_MARK, type Recorder } from "./journal-recorder.ts";
import { type RecordCopies, type SavedRecord, createRecordCopies } from "./journal-records.ts";

export type { JournalMap, JournalSet } from "./journal-map.ts";

/**
 * Undo log for the kernel objects' state, so that a snapshot costs nothing to take and going back
 * costs what was changed. All state of src/kernel lives in plain objects that are `touch`ed before
 * they are changed, and in the maps and sets made here. Nothing else may hold state.
 */
export interface Journal {
  /**
   * Call before changing fields of `record`: a plain object, an array or a typed array. Shallow;
   * returns it. Dictionaries belong into maps: their keys make a new shape each.
   */
  touch<T extends object>(record: T): T;
  map<K, V>(): JournalMap<K, V>;
  set<T>(): JournalSet<T>;
  /** A point to return to; points nest. */
  mark(): number;
  /** Undoes everything since `mark`, which stays valid; later marks end. */
  rollback(mark: number): void;
  /** Forgets all marks: what is now, stays. */
  settle(): void;
}

interface Mark {
  readonly id: number;
  /** Length of the undo log then. */
  readonly undos: number;
}

export const createJournal = (): Journal => {
  const recorder: Recorder = { mark: NO_MARK, epoch: 0, undos: [] };
  const { undos } = recorder;
  const records: RecordCopies = createRecordCopies(recorder);
  const marks: Mark[] = [];
  const counted = { marks: NO_MARK };
  const undo = (change: SavedRecord | ListChange): void => {
    if (change.kind === "record") records.restore(change);
    else undoChange(change);
  };
  return {
    touch(record) {
      if (recorder.mark !== NO_MARK) records.save(record);
      return record;
    },
    map: () => createMap(recorder),
    set: () => createSet(recorder),
    mark() {
      counted.marks += 1;
      marks.push({ id: counted.marks, undos: undos.length });
      recorder.mark = counted.marks;
      recorder.epoch += 1;
      return counted.marks;
    },
    rollback(id) {
      const at = recorder.mark === id ? marks.length - 1 : marks.findLastIndex((mark) => mark.id === id);
      const mark = marks[at];
      if (mark === undefined) throw new Error("the journal's mark has ended");
      while (undos.length > mark.undos) undo(undos.pop() as SavedRecord | ListChange);
      while (marks.length > at + 1) marks.pop();
      recorder.mark = id;
      recorder.epoch += 1;
    },
    settle() {
      undos.length = 0;
      marks.length = 0;
      recorder.mark = NO_MARK;
    },
  };
};
