import { KoboxError } from "../../base/errors.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Sandbox } from "../../sandbox.ts";
import { type Armed, type InitRunner, type ModuleToLoad, type Outcome, arm } from "../armed.ts";
import { resultText } from "../check/result-text.ts";
import { auditModule } from "../ledger/audit.ts";
import { type Ledger, openLedger } from "../ledger/ledger.ts";
import { watchHeap } from "../sanitizers/heap.ts";
import type { Sanitizer } from "../sanitizers/sanitizers.ts";
import { type Crash, crashesSince, watch } from "./crash.ts";
import { readDictionary } from "./dictionary.ts";
import { type Circumstances, createCircumstances } from "./circumstances.ts";
import { listFiles } from "./files.ts";
import type { FuzzInput } from "./input.ts";
import { checkLoader, loaderState } from "./loader-rules.ts";
import type { TargetKnowledge } from "./mutate.ts";
import { type CodeSection, readCode } from "./module-image.ts";
import { performAll } from "./operations.ts";
import { readParameterFields } from "./parameters.ts";
import { type FuzzTarget, beginsBeforeInit } from "./target.ts";

/** What one execution came to. */
export interface Execution {
  readonly crashes: readonly Crash[];
  /** What each step returned, for people. */
  readonly results: readonly string[];
}

/** A module and a snapshot, from which inputs are executed. */
export interface Harness {
  readonly knowledge: TargetKnowledge;
  /** The module's code, init included. */
  readonly code: readonly CodeSection[];
  /** Runs the input, and whatever it set going. */
  execute(input: FuzzInput): Execution;
  /** The same, and then removes the module and looks at what is left. Dearer. */
  examine(input: FuzzInput): Execution;
}

/** Virtual time for threads, timers and work after each execution. */
const AFTER_NS = 50_000_000;

interface Parts {
  readonly sandbox: Sandbox;
  readonly k: Kernel;
  readonly armed: Armed;
  readonly ledger: Ledger;
  readonly circumstances: Circumstances;
}

export const outcomeText = (what: string, outcome: Outcome): string => {
  if (outcome.kind === "killed") return `${what} killed by signal ${outcome.signal}`;
  if (outcome.kind === "stopped") return `${what} stopped: ${outcome.stop.message}`;
  const { value } = outcome;
  return `${what} returned ${resultText(value)}`;
};

const killedBy = (outcome: Outcome): number => (outcome.kind === "killed" ? outcome.signal : 0);
const succeeded = (outcome: Outcome): boolean => outcome.kind === "returned" && outcome.value >= 0;

/** delete_module, and what is left; undefined where it could not be tried. */
const leave = ({ k, armed, ledger, sandbox }: Parts, results: string[]): Outcome | undefined => {
  if (k.stopped !== undefined) return undefined;
  sandbox.sleep(AFTER_NS);
  if (k.stopped !== undefined) return undefined;
  const outcome = armed.exit();
  results.push(outcomeText("exit", outcome));
  if (!succeeded(outcome)) return outcome;
  sandbox.sleep(AFTER_NS);
  if (k.stopped === undefined) auditModule(k, ledger, armed.module.name, "exit");
  return outcome;
};

/** Init alone, from where it is called. */
const executeInit = ({ k, circumstances }: Parts, runner: InitRunner, input: FuzzInput): Execution => {
  runner.restore();
  const since = watch(k);
  circumstances.begin(input);
  const outcome = runner.run();
  circumstances.end();
  return {
    crashes: crashesSince(k, since, killedBy(outcome)),
    results: [outcomeText("init", outcome)],
  };
};

/** Init, exit and the books, with an input's failures and parameters. */
const examineInit = (parts: Parts, input: FuzzInput): Execution => {
  const { sandbox, k, armed, ledger, circumstances } = parts;
  armed.restore();
  const since = watch(k);
  const before = loaderState(k);
  const results: string[] = [];
  const { forced } = input;
  const { overrides } = k.modules;
  overrides.initResult = forced === undefined ? undefined : () => forced;
  circumstances.begin(input);
  const outcome = armed.init(input.parameters);
  circumstances.end();
  overrides.initResult = undefined;
  results.push(outcomeText("init", outcome));
  let killed = killedBy(outcome);
  const rules: Crash[] = [];
  if (forced !== undefined) rules.push(...checkLoader(k, armed.module, before, forced, outcome));
  if (succeeded(outcome)) killed ||= killedBy(leave(parts, results) ?? outcome);
  // A forced failure takes nothing back that init did: the books say nothing about the module.
  else if (forced === undefined && outcome.kind === "returned" && k.stopped === undefined) {
    sandbox.sleep(AFTER_NS);
    if (k.stopped === undefined) auditModule(k, ledger, armed.module.name, "failed-init");
  }
  const found = forced === undefined || outcome.kind !== "returned" ? crashesSince(k, since, killed) : [];
  return { crashes: [...rules, ...found], results };
};

const createInitHarness = (parts: Parts, target: FuzzTarget): Harness => {
  const { k, armed, circumstances } = parts;
  const code = readCode(k, armed.module);
  const parameters = readParameterFields(k, armed.module);
  const dictionary = readDictionary(k, armed.module);
  const examine = (input: FuzzInput): Execution => examineInit(parts, input);
  const runner = target.kind === "init" ? armed.runner() : undefined;
  return {
    code,
    knowledge: { target, dictionary, parameters, files: [], circumstances },
    execute: runner === undefined ? examine : (input) => executeInit(parts, runner, input),
    examine,
  };
};

const hangOf = (
  parts: Parts,
  waiting: { reason: string; interruptible: boolean } | undefined,
): readonly Crash[] =>
  // Whoever waits for input may wait for ever; a lock nobody will give back is a bug.
  waiting === undefined || waiting.interruptible || parts.k.stopped !== undefined
    ? []
    : [
        {
          kind: "hang",
          message: `a system call waits for ${waiting.reason}, and nothing will ever end that`,
          where: undefined,
          stack: [],
        },
      ];

const createFileHarness = (parts: Parts, target: FuzzTarget, before: readonly string[]): Harness => {
  const { sandbox, k, armed, circumstances } = parts;
  const code = readCode(k, armed.module);
  const dictionary = readDictionary(k, armed.module);
  const parameters = readParameterFields(k, armed.module);
  const outcome = armed.init();
  if (!succeeded(outcome)) {
    throw new KoboxError(
      "no-target",
      `${armed.module.name}: ${outcomeText("init", outcome)}, so it has no files`,
    );
  }
  sandbox.sleep(AFTER_NS);
  const known = new Set(before);
  const made = listFiles(sandbox).filter(
    (path) => !known.has(path) && !path.startsWith(`/sys/module/${armed.module.name}/sections`),
  );
  const files = "path" in target ? [target.path] : made;
  if (files.length === 0) throw new KoboxError("no-target", `${armed.module.name} makes no files`);
  if ("path" in target && !listFiles(sandbox).includes(target.path)) {
    throw new KoboxError("no-target", `${target.path}: no such file`, {
      hint: made.length === 0 ? "The module makes none." : `The module makes ${made.slice(0, 6).join(", ")}.`,
    });
  }
  const user = k.processes.attach({ comm: "fuzz", argv: ["fuzz"] });
  k.tasks.settle();
  const snapshot = sandbox.snapshot();
  const perform = (input: FuzzInput, then: (results: string[]) => number): Execution => {
    snapshot.restore();
    const since = watch(k);
    const results: string[] = [];
    const state = { done: false };
    const { task } = user.process;
    circumstances.begin(input);
    user.perform(
      (sys) => performAll(sys, files, input.operations, results),
      () => {
        state.done = true;
      },
    );
    sandbox.runUntil(
      () => state.done || task.state === "dead",
      () => "a system call never returns",
    );
    circumstances.end();
    const hung = state.done || task.state === "dead" ? [] : hangOf(parts, task.waiting);
    const killed = state.done ? then(results) : task.signal;
    return { crashes: [...hung, ...crashesSince(k, since, killed)], results };
  };
  return {
    code,
    knowledge: { target, dictionary, parameters, files, circumstances },
    execute: (input) =>
      perform(input, () => {
        if (k.stopped === undefined) sandbox.sleep(AFTER_NS);
        return 0;
      }),
    examine: (input) => perform(input, (results) => killedBy(leave(parts, results) ?? outcome)),
  };
};

/**
 * Loads the module and stands ready to execute inputs. Errors: KoboxError "no-target" where the
 * module cannot be loaded so far, or has no such file.
 */
export const createHarness = (
  sandbox: Sandbox,
  load: ModuleToLoad,
  target: FuzzTarget,
  sanitizers: ReadonlySet<Sanitizer>,
): Harness => {
  const k = sandbox.kernel;
  const ledger = openLedger(k, sandbox.binder);
  if (sanitizers.has("heap")) watchHeap(sandbox, ledger);
  const circumstances = createCircumstances(sandbox);
  const before = beginsBeforeInit(target) ? [] : listFiles(sandbox);
  const armed = arm(sandbox, load);
  if (armed.kind !== "armed")
    throw new KoboxError("no-target", `the module does not load: ${outcomeText("it", armed)}`);
  const parts: Parts = { sandbox, k, armed, ledger, circumstances };
  return beginsBeforeInit(target)
    ? createInitHarness(parts, target)
    : createFileHarness(parts, target, before);
};
