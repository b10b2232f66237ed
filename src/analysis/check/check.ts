import type { ByteString } from "../../base/bytes.ts";
import type { Failure } from "../../stub/declare.ts";
import type { Sandbox } from "../../sandbox.ts";
import { type Armed, type Outcome, arm } from "../armed.ts";
import { createBench } from "./bench.ts";
import type { FallibleCall, Scope } from "./injector.ts";
import { type Judgement, judge, judgeClean } from "./judge.ts";
import { type Bench, type Life, live } from "./life.ts";
import { findUninitialised } from "../sanitizers/uninitialised.ts";
import type { Sanitizer } from "../sanitizers/sanitizers.ts";
import type { FailSpec } from "./spec.ts";

/** One run with something made to fail. */
export interface Case {
  readonly specs: readonly FailSpec[];
  readonly judgement: Judgement;
  readonly life: Life;
  /** Where the calls that failed were made from, innermost first; one stack a call. */
  readonly stacks: readonly (readonly string[])[];
}

export interface CheckOptions {
  readonly bytes: Uint8Array;
  readonly parameters: ByteString;
  readonly scope: Scope;
  /** How many runs with two failures at once. */
  readonly pairs: number;
  /** How many runs with failures at most. */
  readonly limit: number;
  readonly sanitizers: ReadonlySet<Sanitizer>;
  /** Only these failures, instead of every one. */
  readonly only: readonly FailSpec[];
  /** Told before each run. */
  readonly progress?: (done: number, of: number) => void;
}

export interface CheckResult {
  readonly name: ByteString;
  readonly clean: { readonly life: Life; readonly judgement: Judgement };
  /** Calls of the clean run that could have failed. */
  readonly calls: readonly FallibleCall[];
  readonly cases: readonly Case[];
  /** Runs that the limit left out. */
  readonly skipped: number;
}

const specsOf = (calls: readonly FallibleCall[]): FailSpec[] =>
  calls.flatMap(({ symbol, nth, failures }) => failures.map((failure) => ({ symbol, nth, failure })));

/** Failures that can happen together: each of an earlier call with each of a later one, first failures first. */
function* pairsOf(calls: readonly FallibleCall[]): Generator<FailSpec[]> {
  const first = ({ symbol, nth, failures }: FallibleCall): FailSpec => ({
    symbol,
    nth,
    failure: failures[0] as Failure,
  });
  for (let distance = 1; distance < calls.length; distance += 1) {
    for (const [index, call] of calls.entries()) {
      const other = calls[index + distance];
      if (other !== undefined) yield [first(call), first(other)];
    }
  }
}

const take = <T>(from: Iterable<T>, count: number): T[] => {
  const taken: T[] = [];
  for (const each of from) {
    if (taken.length >= count) break;
    taken.push(each);
  }
  return taken;
};

export interface Prepared {
  readonly bench: Bench;
  readonly armed: Armed;
}

/** Readies a sandbox for runs from the moment before init; or tells why the module does not get there. */
export const prepareCheck = (
  sandbox: Sandbox,
  { bytes, parameters, sanitizers }: Pick<CheckOptions, "bytes" | "parameters" | "sanitizers">,
): Prepared | Outcome => {
  const bench = createBench(sandbox, sanitizers);
  const armed = arm(sandbox, { bytes, parameters });
  return armed.kind === "armed" ? { bench, armed } : armed;
};

/** Adds what runs with other contents of fresh memory tell, where that is wanted. */
const withUninitialised = (
  { sandbox, fresh }: Bench,
  { module }: Armed,
  clean: Life,
  again: () => Life,
): Life => {
  if (fresh === undefined || clean.findings.some(({ severity }) => severity === "error")) return clean;
  const found = findUninitialised(sandbox, fresh, module, () => {
    const { init, exit, returned } = again();
    return JSON.stringify([init, exit, returned]);
  });
  return found === undefined ? clean : { ...clean, findings: [...clean.findings, found] };
};

/**
 * A clean run, then one for each way each of its calls can fail, then pairs. Every run begins at the
 * same moment before init.
 */
export const check = (bench: Bench, armed: Armed, options: CheckOptions): CheckResult => {
  const subject = { name: armed.module.name, init: () => armed.init(), exit: () => armed.exit() };
  const run = (specs: readonly FailSpec[], on: Bench = bench): Life => {
    const life = live(on, subject, specs, options.scope);
    armed.restore();
    return life;
  };
  const { recorder: _, ...unrecorded } = bench;
  const clean = withUninitialised(bench, armed, run([]), () => run([], unrecorded));
  const singles = options.only.length > 0 ? [options.only] : specsOf(clean.calls).map((spec) => [spec]);
  const pairs = options.only.length > 0 ? [] : take(pairsOf(clean.calls), options.pairs);
  const wanted = [...singles, ...pairs];
  const plans = wanted.slice(0, options.limit);
  const cases = plans.map((specs, index): Case => {
    options.progress?.(index, plans.length);
    const life = run(specs);
    const failures = specs.map(({ failure }) => failure);
    const failed = life.calls.filter((call) => call.failed !== undefined);
    return {
      specs,
      life,
      judgement: judge(life, clean, failures),
      stacks: failed.map(({ stack }) => bench.injector.stacks.text(stack)),
    };
  });
  options.progress?.(plans.length, plans.length);
  return {
    name: armed.module.name,
    clean: { life: clean, judgement: judgeClean(clean) },
    calls: clean.calls,
    cases,
    skipped: wanted.length - plans.length,
  };
};
