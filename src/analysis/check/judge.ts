import { MAX_ERRNO, errnoNumber } from "../../base/errno.ts";
import type { Finding, ProbeResult } from "../../kernel/events.ts";
import type { Failure } from "../../stub/declare.ts";
import type { Life } from "./life.ts";
import { resultText } from "./result-text.ts";

/**
 * What became of a run. `passed`: nothing failed, init returned 0. `returned`: init, or the probe of a device, told of
 * the error, and nothing is left. `changed`: it told of another one. `tolerated`: it went on without, and nothing went
 * wrong.
 */
export type Verdict =
  | "passed"
  | "returned"
  | "changed"
  | "tolerated"
  | "bad-return"
  | "leaked"
  | "left-registered"
  | "misused"
  | "crashed"
  | "hung"
  | "not-reached";

export type Severity = "ok" | "note" | "warning" | "error";

export interface Judgement {
  readonly verdict: Verdict;
  readonly severity: Severity;
  /** One sentence. */
  readonly message: string;
  /** The finding that decided. */
  readonly finding: Finding | undefined;
}

const LEFT = new Set(["left-registered", "left-active", "reference-leak"]);
const MISUSED = new Set([
  "double-free",
  "wrong-free",
  "invalid-free",
  "use-after-free",
  "freed-while-in-use",
  "double-release",
  "unbalanced-release",
  "slab-out-of-bounds",
  "uninitialised-memory",
]);

const numberOf = (failure: Failure): number | undefined => {
  const number = errnoNumber(failure);
  return number === undefined ? undefined : -number;
};

/** Those of a run's findings that a clean run does not have, too. */
const newFindings = (life: Life, clean: Life | undefined): Finding[] => {
  const known = new Set((clean?.findings ?? []).map(({ kind, where }) => `${kind} ${where}`));
  return life.findings.filter(
    ({ kind, where, severity }) => severity !== "note" && !known.has(`${kind} ${where}`),
  );
};

interface Trouble {
  readonly verdict: Verdict;
  readonly message: string;
  readonly finding: Finding | undefined;
}

const stopOf = (life: Life): Trouble | undefined => {
  for (const [what, outcome] of [
    ["init", life.init],
    ["exit", life.exit],
  ] as const) {
    if (outcome?.kind === "stopped") {
      const { kind, message } = outcome.stop;
      const verdict = kind === "panic" ? "crashed" : "hung";
      return { verdict, message: `${what}: ${message}`, finding: undefined };
    }
    if (outcome?.kind === "killed")
      return { verdict: "crashed", message: `${what} was killed by an oops`, finding: undefined };
  }
  return undefined;
};

const troubleOf = (life: Life, findings: readonly Finding[]): Trouble | undefined => {
  const [first] = findings;
  const stopped = stopOf(life);
  if (stopped !== undefined) {
    if (first === undefined) return stopped;
    return { ...stopped, message: first.message, finding: first };
  }
  const misuse = findings.find(({ kind }) => MISUSED.has(kind));
  if (misuse !== undefined) return { verdict: "misused", message: misuse.message, finding: misuse };
  const other = findings.find(({ kind }) => !LEFT.has(kind) && kind !== "leak");
  if (other !== undefined) return { verdict: "crashed", message: other.message, finding: other };
  const left = findings.find(({ kind }) => LEFT.has(kind));
  if (left !== undefined) return { verdict: "left-registered", message: left.message, finding: left };
  if (first !== undefined) return { verdict: "leaked", message: first.message, finding: first };
  return undefined;
};

/** init must return 0 or a negative errno (do_init_module in kernel/module/main.c). */
const contract = ({ returned }: Life): string | undefined => {
  if (returned === undefined || returned === 0) return undefined;
  if (returned > 0) return `init returned ${returned}: the kernel takes a positive value for success`;
  return returned < -MAX_ERRNO ? `init returned ${returned}, which is no errno` : undefined;
};

const probeText = ({ device, returned }: ProbeResult): string =>
  `the probe of ${device} returned ${resultText(returned)}`;

/** A probe that failed and, without the failure, does not: init returns 0 all the same (drivers/base/dd.c). */
const probeFailure = ({ probes }: Life, clean: Life): ProbeResult | undefined => {
  const known = new Set(clean.probes.map(probeText));
  return probes.find((probe) => probe.returned !== 0 && !known.has(probeText(probe)));
};

/** Judges a run without a failure, or one whose parameters were unusual. */
export const judgeClean = (life: Life, clean?: Life): Judgement => {
  const trouble = troubleOf(life, newFindings(life, clean));
  const bad = contract(life);
  // What a wrong result leads to is not the mistake.
  if (bad !== undefined) {
    const message = trouble === undefined ? bad : `${bad}; then ${trouble.message}`;
    return { verdict: "bad-return", severity: "error", message, finding: trouble?.finding };
  }
  if (trouble !== undefined)
    return { severity: trouble.verdict === "leaked" ? "warning" : "error", ...trouble };
  const value = life.init.kind === "returned" ? life.init.value : 0;
  if (value !== 0)
    return {
      verdict: "returned",
      severity: "ok",
      message: `${life.returned === undefined ? "the load ended with" : "init returned"} ${resultText(value)}`,
      finding: undefined,
    };
  const message = ["init returned 0", ...life.probes.map(probeText)].join(", ");
  return { verdict: "passed", severity: "ok", message, finding: undefined };
};

/** Judges a run in which `failures` were injected. */
export const judge = (life: Life, clean: Life, failures: readonly Failure[]): Judgement => {
  if (life.calls.every(({ failed }) => failed === undefined)) {
    return { verdict: "not-reached", severity: "note", message: "the call was not made", finding: undefined };
  }
  const plain = judgeClean(life, clean);
  if (plain.severity !== "ok") {
    const cause = plain.finding === undefined ? undefined : explain(plain.finding, life);
    return cause === undefined ? plain : { ...plain, message: `${plain.message}: ${cause}` };
  }
  const value = life.init.kind === "returned" ? life.init.value : 0;
  if (value !== 0) return judgeError(value, failures, `init returned ${resultText(value)}`, plain.message);
  const probe = probeFailure(life, clean);
  if (probe !== undefined) return judgeError(probe.returned, failures, probeText(probe));
  return {
    verdict: "tolerated",
    severity: "note",
    message: "init returned 0 all the same; nothing went wrong",
    finding: undefined,
  };
};

/** Whether what was returned tells of the failure. */
const judgeError = (value: number, failures: readonly Failure[], said: string, message = said): Judgement => {
  const expected = failures.map(numberOf);
  // NULL and FALSE tell no errno: any will do.
  if (expected.includes(undefined) || expected.includes(value))
    return { verdict: "returned", severity: "ok", message, finding: undefined };
  const wanted = expected.map((number) => resultText(number ?? 0)).join(", ");
  return {
    verdict: "changed",
    severity: "note",
    message: `${said} instead of ${wanted}`,
    finding: undefined,
  };
};

/** Reads the address that a crash names: that of a structure's field behind NULL or an error pointer? */
const explain = ({ message }: Finding, { calls }: Life): string | undefined => {
  const hex = /address:? (?:0x)?([0-9a-f]{16})/.exec(message)?.[1];
  const failed = calls.filter((call) => call.failed !== undefined);
  const [call] = failed;
  if (hex === undefined || call === undefined || !call.givesPointer) return undefined;
  const address = BigInt.asIntN(64, BigInt(`0x${hex}`));
  const errno = numberOf(call.failed ?? "NULL");
  if (errno !== undefined && address >= BigInt(errno) && address < BigInt(errno) + 4096n) {
    return `${call.symbol}() returned ERR_PTR(${resultText(errno)}), which was used as a pointer`;
  }
  if (call.failed === "NULL" && address >= 0n && address < 65_536n)
    return `${call.symbol}() returned NULL, which was used as a pointer`;
  return undefined;
};
