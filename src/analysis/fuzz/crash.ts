import { createHash } from "node:crypto";
import { displayText } from "../../base/bytes.ts";
import type { Finding } from "../../kernel/events.ts";
import type { Kernel, StopReason } from "../../kernel/kernel.ts";

/** Something an execution showed that should not be. */
export interface Crash {
  /** Stable identifier: a finding's kind, "oops", a stop's kind, "loader". */
  readonly kind: string;
  readonly message: string;
  /** Innermost guest frame, symbol+offset. */
  readonly where: string | undefined;
  readonly stack: readonly string[];
}

const STACK_DEPTH = 4;

/** Bugs of the same kind with the same innermost frames are the same bug. */
export const crashKey = ({ kind, where, stack }: Crash): string =>
  createHash("sha256")
    .update(JSON.stringify([kind, where ?? "", stack.slice(0, STACK_DEPTH)]))
    .digest("hex")
    .slice(0, 16);

const crashOfFinding = ({ kind, message, where, stack }: Finding): Crash => ({ kind, message, where, stack });

const RIP = /^RIP: 0010:(\S+)/;

/** What the log tells of an oops: its first line, and where. */
const oopsIn = (k: Kernel, seq: number, signal: number): Crash => {
  const lines = k.log.since(seq).map(({ text }) => displayText(text));
  const start = lines.findIndex((line) =>
    /^(BUG:|Oops|general protection|kernel BUG|divide error|invalid opcode|PANIC|stack segment)/.test(line),
  );
  const report = start < 0 ? lines : lines.slice(start);
  const where = report.map((line) => RIP.exec(line)?.[1]).find((place) => place !== undefined);
  return {
    kind: "oops",
    message: report[0]?.replace(/\b[0-9a-f]{16}\b/g, "ADDRESS") ?? `killed by signal ${signal}`,
    where,
    stack: where === undefined ? [] : [where],
  };
};

const crashOfStop = (k: Kernel, { kind, message }: StopReason, seq: number): Crash =>
  kind === "panic" ? { ...oopsIn(k, seq, 0), kind, message } : { kind, message, where: undefined, stack: [] };

export interface Watch {
  /** How many findings there were, and the log's next record, before the execution. */
  readonly findings: number;
  readonly seq: number;
}

export const watch = (k: Kernel): Watch => ({ findings: k.findings.count, seq: k.log.next });

const NONE: readonly Crash[] = [];

/** All that went wrong since `since`; each bug once. */
export const crashesSince = (k: Kernel, since: Watch, killed: number): readonly Crash[] => {
  // Nearly always: hundreds of thousands of executions a second end here.
  if (killed === 0 && k.stopped === undefined && k.findings.count === since.findings) return NONE;
  const found = k.findings
    .all()
    .slice(since.findings)
    .filter(({ severity }) => severity !== "note");
  const all = found.map(crashOfFinding);
  const { stopped } = k;
  if (stopped !== undefined) all.push(crashOfStop(k, stopped, since.seq));
  else if (killed !== 0 && !found.some(({ severity }) => severity === "error"))
    all.push(oopsIn(k, since.seq, killed));
  return [...new Map(all.map((crash) => [crashKey(crash), crash])).values()];
};
