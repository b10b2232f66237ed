import type { ByteString } from "../../base/bytes.ts";
import type { Journal } from "../journal.ts";

/** What one run of a module's init or exit came to. */
export interface FunctionRun {
  /** Undefined for exit, and when it never returned. */
  readonly returned: number | undefined;
  readonly finished: boolean;
  /** Guest instructions, those of functions it called included. */
  readonly instructions: number;
  /** Kernel functions it called. */
  readonly calls: number;
}

/** One load of a module, kept after it is gone: what reports are made from. */
export interface LoadRecord {
  readonly name: ByteString;
  readonly license: ByteString;
  taints: number;
  /** Imported names in the symbol table's order. */
  readonly imports: readonly ByteString[];
  init: FunctionRun | undefined;
  exit: FunctionRun | undefined;
  refcount: number;
}

export interface History {
  add(record: LoadRecord): void;
  /** The newest load of that name. */
  last(name: ByteString): LoadRecord | undefined;
  all(): readonly LoadRecord[];
  /** Starts counting; call the result when the function has returned. */
  measure(name: ByteString, which: "init" | "exit"): (returned: number | undefined) => void;
}

/** Counters of the whole run. */
export interface WorkCounters {
  instructions(): number;
  /** Calls of kernel functions. */
  calls(): number;
}

const BEGUN: FunctionRun = { returned: undefined, finished: false, instructions: 0, calls: 0 };

export const createHistory = (journal: Journal, work: WorkCounters): History => {
  const records: LoadRecord[] = [];
  const last = (name: ByteString): LoadRecord | undefined =>
    records.findLast((record) => record.name === name);
  return {
    add: (record) => void journal.touch(records).push(record),
    last,
    all: () => records,
    measure(name, which) {
      const [instructions, calls] = [work.instructions(), work.calls()];
      const record = last(name);
      if (record !== undefined) journal.touch(record)[which] = BEGUN;
      return (returned) => {
        if (record === undefined) return;
        journal.touch(record)[which] = {
          returned,
          finished: true,
          instructions: work.instructions() - instructions,
          calls: work.calls() - calls,
        };
      };
    },
  };
};
