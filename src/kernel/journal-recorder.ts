import type { ListChange } from "./journal-map.ts";
import type { SavedRecord } from "./journal-records.ts";

/** Shared by the parts of a journal: whether anything is to be noted, and where. */
export interface Recorder {
  /** The innermost mark, NO_MARK while there is none to go back to. */
  mark: number;
  /** Grows with every mark and rollback: what was saved in an earlier one must be noted again. */
  epoch: number;
  readonly undos: (SavedRecord | ListChange)[];
}

export const NO_MARK = 0;
