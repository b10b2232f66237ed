import type { ByteString } from "../base/bytes.ts";
import { Errno } from "../base/errors.ts";
import type { StopReason } from "../kernel/kernel.ts";
import { initIsOver, initModule, prepareInit } from "../kernel/modules/init.ts";
import { changeParameters } from "../kernel/modules/coming.ts";
import { bringUp, checkImageSize, mayInitModule } from "../kernel/modules/load.ts";
import type { Module } from "../kernel/modules/module.ts";
import { deleteModule } from "../kernel/modules/unload.ts";
import { SYSCALL } from "../kernel/oops/user-registers.ts";
import type { Routine } from "../kernel/routine.ts";
import { takeSnapshot } from "../kernel/snapshot.ts";
import type { Task } from "../kernel/task.ts";
import { O_NONBLOCK } from "../kernel/user.ts";
import { systemCall } from "../kernel/vfs/calls/context.ts";
import type { Process } from "../kernel/vfs/process.ts";
import type { Sandbox } from "../sandbox.ts";

/** How a system call about a module ended. */
export type Outcome =
  /** The system call's result: 0, or -errno; what init itself returned is in `kernel.modules.history`. */
  | { readonly kind: "returned"; readonly value: number }
  | { readonly kind: "killed"; readonly signal: number }
  /** It never came back, and the kernel goes no further: panic, hang, deadlock. */
  | { readonly kind: "stopped"; readonly stop: StopReason };

export interface ModuleToLoad {
  readonly bytes: Uint8Array;
  readonly parameters?: ByteString;
}

/**
 * A module loaded up to the moment before its init: COMING, notifiers told, parameters set, sysfs
 * made, and nothing running. `init` and `exit` run as the rest of the system call would, and go on
 * from where the kernel stands; `restore` goes back to that moment.
 */
export interface Armed {
  readonly kind: "armed";
  readonly module: Module;
  /** Puts guest memory, kernel objects, time and counters back to the moment before init. */
  restore(): void;
  /**
   * do_init_module(): init and what follows it, up to LIVE or the module's end. `parameters` are set
   * before, as if the module had been loaded with these.
   */
  init(parameters?: ByteString): Outcome;
  /** delete_module(2), not waiting for users. */
  exit(): Outcome;
  /** Takes the snapshot anew, ready for many runs of init alone; `restore` then goes back to that, too. */
  runner(): InitRunner;
}

/** Runs init again and again, as fuzzing does. */
export interface InitRunner {
  /**
   * do_one_initcall(): init alone, once after each `restore`. `value` is what init itself returned.
   * What it left to be done later (threads, timers) is left.
   */
  run(): Outcome;
  restore(): void;
}

interface Noted {
  value: number | undefined;
}

const outcomeOf = ({ value }: Noted, end: { signal: number; stop?: StopReason }): Outcome => {
  if (value !== undefined) return { kind: "returned", value };
  if (end.stop !== undefined) return { kind: "stopped", stop: end.stop };
  return { kind: "killed", signal: end.signal };
};

/** Runs the rest of a system call on a process that has been prepared, to the process's end. */
const perform = (
  sandbox: Sandbox,
  process: Process,
  number: number,
  body: () => Routine<number>,
): Outcome => {
  const { kernel } = sandbox;
  const noted: Noted = { value: undefined };
  kernel.processes.begin(process, function* () {
    try {
      noted.value = yield* systemCall(kernel, process, number, body);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      noted.value = -error.errno;
    }
    return 0;
  });
  return outcomeOf(noted, sandbox.finish(process));
};

const prepare = ({ kernel }: Sandbox, comm: ByteString): Process =>
  kernel.processes.prepare({ comm, argv: [comm] });

const runInit = (sandbox: Sandbox, task: Task): Outcome => {
  const { kernel } = sandbox;
  kernel.renewLimits();
  kernel.tasks.resume(task);
  return initIsOver(task) ? { kind: "returned", value: task.exitCode } : finishInit(sandbox, task);
};

/** It has not come back in its first turn. */
const finishInit = (sandbox: Sandbox, task: Task): Outcome => {
  const over = (): boolean => initIsOver(task) || task.state === "dead";
  const waiting = (): string => `init waits for ${task.waiting?.reason ?? "the CPU"}`;
  const stop = sandbox.runUntil(over, waiting);
  if (initIsOver(task)) return { kind: "returned", value: task.exitCode };
  return outcomeOf({ value: undefined }, { signal: task.signal, ...(stop === undefined ? {} : { stop }) });
};

/** insmod without the module's init: the module, or how loading it ended. */
const load = (sandbox: Sandbox, { bytes, parameters = "" }: ModuleToLoad): Module | Outcome => {
  const { modules } = sandbox.kernel;
  const loaded: { module: Module | undefined } = { module: undefined };
  const outcome = perform(sandbox, prepare(sandbox, "insmod"), SYSCALL.FINIT_MODULE, function* () {
    mayInitModule(modules);
    checkImageSize(bytes);
    loaded.module = yield* bringUp(modules, bytes, parameters, 0);
    return 0;
  });
  return loaded.module ?? outcome;
};

/**
 * Loads a module up to the moment before its init and takes a snapshot there (the sandbox's only one:
 * an earlier one ends). Where loading fails, how: -errno as the system call would have given it, or
 * what a parameter's or a notifier's code in the guest came to.
 */
export const arm = (sandbox: Sandbox, toLoad: ModuleToLoad): Armed | Outcome => {
  const { kernel } = sandbox;
  const { modules } = kernel;
  const module = load(sandbox, toLoad);
  if ("kind" in module) return module;
  // Else each run from the snapshot would do so anew.
  modules.bindImports(module);
  const insmod = prepare(sandbox, "insmod");
  let snapshot = takeSnapshot(kernel);
  /** The prepared process belongs to the runner. */
  const runs = { own: false };
  return {
    kind: "armed",
    module,
    restore: () => snapshot.restore(),
    init: (text) =>
      perform(sandbox, runs.own ? prepare(sandbox, "insmod") : insmod, SYSCALL.FINIT_MODULE, function* () {
        if (text !== undefined) yield* changeParameters(modules, module, text);
        return yield* initModule(modules, module);
      }),
    exit: () =>
      perform(sandbox, prepare(sandbox, "rmmod"), SYSCALL.DELETE_MODULE, function* () {
        yield* deleteModule(modules, module.name, O_NONBLOCK);
        return 0;
      }),
    runner() {
      snapshot.restore();
      runs.own = true;
      prepareInit(modules, module, insmod.task);
      snapshot = takeSnapshot(kernel);
      return { run: () => runInit(sandbox, insmod.task), restore: () => snapshot.restore() };
    },
  };
};
