import { displayText } from "../../base/bytes.ts";
import type { Finding } from "../../kernel/events.ts";
import type { Report, ReportStep } from "../report.ts";
import { errorText } from "../report-text.ts";

/**
 * ok: inserted and removed, nothing found. refused: init (or the kernel) gave an error. stays: it could not be
 * removed. killed: the kernel killed insmod or rmmod. stopped: the sandbox could not go on. dependency: what it needs
 * could not be inserted. unreadable: no module file. bug: one of kobox.
 */
export type Verdict =
  | "ok"
  | "found"
  | "refused"
  | "stays"
  | "killed"
  | "stopped"
  | "dependency"
  | "unreadable"
  | "bug";

export interface Outcome {
  readonly verdict: Verdict;
  /** One sentence for a person; empty when all is well. */
  readonly message: string;
}

/** What a module did, guesses and other notes left out. */
export const realFindings = ({ findings }: Pick<Report, "findings">): readonly Finding[] =>
  findings.filter(({ severity }) => severity !== "note");

const firstFinding = (report: Report): string => {
  const [first, ...rest] = realFindings(report);
  if (first === undefined) return "";
  return `${first.kind}: ${displayText(first.message)}${rest.length === 0 ? "" : ` (and ${rest.length} more)`}`;
};

/** What went wrong in a step; undefined when nothing did. */
const trouble = (step: ReportStep, report: Report): string | undefined => {
  if (step.signal !== undefined) return `killed by signal ${step.signal}, ${firstFinding(report)}`;
  return step.ret === undefined || (step.errno ?? 0) !== 0 ? errorText(step) : undefined;
};

/** How the run of a module ended, which had so many dependencies inserted first. */
export const outcomeOf = (report: Report, dependencies: number): Outcome => {
  const { steps, stop } = report;
  if (stop !== null) return { verdict: "stopped", message: `${stop.kind}: ${displayText(stop.message)}` };
  for (const [index, step] of steps.entries()) {
    if (step.op === "sleep") continue;
    const message = trouble(step, report);
    if (message === undefined) continue;
    const said = `${step.op} ${step.arg}: ${message}`;
    if (index < dependencies) return { verdict: "dependency", message: said };
    if (step.signal !== undefined) return { verdict: "killed", message: said };
    return step.op === "insmod" ? { verdict: "refused", message } : { verdict: "stays", message: said };
  }
  const message = firstFinding(report);
  return { verdict: message === "" ? "ok" : "found", message };
};
