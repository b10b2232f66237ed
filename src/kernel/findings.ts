import type { Finding } from "./events.ts";
import type { Journal } from "./journal.ts";

/** What was noticed about modules, in order. */
export interface Findings {
  /** Of equal notes the first is kept, and no more than some thousand findings in all. */
  add(finding: Finding): void;
  all(): readonly Finding[];
  readonly count: number;
}

/** A module that has so many has them in a loop. */
const MAX_FINDINGS = 5000;

export const createFindings = (journal: Journal, tell: (finding: Finding) => void): Findings => {
  const kept = journal.map<number, Finding>();
  const notes = journal.set<string>();
  const keep = (finding: Finding): void => {
    kept.set(kept.size, finding);
    tell(finding);
  };
  return {
    add(finding) {
      if (kept.size >= MAX_FINDINGS) return;
      if (finding.severity === "note") {
        const text = `${finding.kind}: ${finding.message}`;
        if (notes.has(text)) return;
        notes.add(text);
      }
      keep(finding);
      if (kept.size === MAX_FINDINGS - 1) {
        const message = `this is the ${MAX_FINDINGS}th finding: no more are kept`;
        keep({ kind: "too-many-findings", severity: "warning", message, where: undefined, stack: [] });
      }
    },
    all: () => [...kept.values()],
    get count() {
      return kept.size;
    },
  };
};
