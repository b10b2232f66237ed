import type { ByteString } from "../../base/bytes.ts";
import type { Journal, JournalMap } from "../journal.ts";
import type { LockClass } from "./classes.ts";

/** How a spinning lock was taken: in an interrupt, or where such an interrupt could come. */
export type Usage = "in-hardirq" | "in-softirq" | "hardirqs-on" | "softirqs-on";

const CONFLICTS: Readonly<Record<Usage, Usage>> = {
  "in-hardirq": "hardirqs-on",
  "in-softirq": "softirqs-on",
  "hardirqs-on": "in-hardirq",
  "softirqs-on": "in-softirq",
};

interface Use {
  readonly stack: readonly ByteString[];
  readonly shared: boolean;
}

export interface LockUsages {
  /** Notes a use; answers with the use that it cannot go together with. */
  note(lockClass: LockClass, usage: Usage, use: Use): Use | undefined;
}

/** An interrupt that wants a lock which the code it interrupted holds waits for ever. */
export const createLockUsages = (journal: Journal): LockUsages => {
  const uses: JournalMap<string, Use> = journal.map();
  return {
    note(lockClass, usage, use) {
      const key = (which: Usage): string => `${lockClass.id} ${which}`;
      const before = uses.get(key(usage));
      // A use as a reader may be followed by one as a writer, which excludes more.
      if (before !== undefined && (!before.shared || use.shared)) return undefined;
      uses.set(key(usage), use);
      const other = uses.get(key(CONFLICTS[usage]));
      return other === undefined || (other.shared && use.shared) ? undefined : other;
    },
  };
};
