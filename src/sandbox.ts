import * as stubs from "../kernel-stubs/index.ts";
import { createKernel } from "./kernel/boot/kernel.ts";
import { IMPATIENT_CALL_NS } from "./kernel/boot/patience.ts";
import type { Kernel, StopReason } from "./kernel/kernel.ts";
import { DEFAULT_LIMITS, type Limits } from "./kernel/limits.ts";
import type { LogRecord } from "./kernel/log/record.ts";
import type { Routine } from "./kernel/routine.ts";
import { reportTasks } from "./kernel/task-report.ts";
import type { ProcessIdentity, UserSystem } from "./kernel/user.ts";
import { type Snapshot, takeSnapshot } from "./kernel/snapshot.ts";
import type { Process } from "./kernel/vfs/process.ts";
import { createMachine } from "./machine/machine.ts";
import type { Address } from "./base/address.ts";
import { ENOMEM } from "./base/errno.ts";
import { Errno, KoboxError, RunEnd } from "./base/errors.ts";
import { DEFAULT_RELEASE, defaultProfilePath } from "./profile/default-profile.ts";
import { openProfile } from "./profile/profile.ts";
import { type Binder, createBinder } from "./stub/bind.ts";
import { createLinker } from "./stub/linker.ts";
import type { Stub } from "./stub/declare.ts";
import { createRegistry, type Registry } from "./stub/registry.ts";
import { type UnknownPolicy, declareUnknown } from "./stub/unknown.ts";

export interface SandboxOptions {
  /** Release of the kernel profile, or the path of a profile file. */
  readonly kernel?: string | undefined;
  /** Bytes of guest RAM. */
  readonly ram?: number | undefined;
  /** Everything that is left to chance; the same seed is the same run. */
  readonly seed?: bigint | undefined;
  /**
   * "in-turn" (the default), or "random:SEED": tasks are interrupted after calls of kernel functions as
   * the seed decides, to find races. The same seed is the same run.
   */
  readonly schedule?: string | undefined;
  /** What calls of functions without a stub do. */
  readonly unknown?: UnknownPolicy | undefined;
  /** What counts as never ending, where it differs from DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits> | undefined;
  /** Makes the machine one whose memory accesses can be checked (analysis/sanitizers); much slower. */
  readonly checks?: boolean | undefined;
  /** Told about each log record once it can be read. */
  readonly onRecord?: ((record: LogRecord) => void) | undefined;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number;
  /** 0 when it exited by itself. */
  readonly signal: number;
  /** It will never end: why. */
  readonly stop?: StopReason;
}

/** A booted kernel and the processes that use it. */
export interface Sandbox {
  readonly kernel: Kernel;
  readonly registry: Registry;
  readonly binder: Binder;
  /** Runs a program as a process of its own until it has ended, or never will; then lets others settle. */
  run(identity: ProcessIdentity, program: (sys: UserSystem) => Routine<number>): ProcessEnd;
  /** The same with a process that has begun its program. */
  finish(process: Process): ProcessEnd;
  /** Lets everything run until `done` holds; when it never will, why, with `waiting` for the message. */
  runUntil(done: () => boolean, waiting: () => string): StopReason | undefined;
  /** Lets virtual time pass while everything else goes on. */
  sleep(nanoseconds: number): ProcessEnd;
  /**
   * Serves a kernel function by this stub from now on, whatever served it before; call the result
   * to put that back. KoboxError "no-symbol" when the kernel has no such function.
   */
  replace(stub: Stub): () => void;
  /** A moment to come back to: see takeSnapshot. Replaced functions stay replaced. */
  snapshot(): Snapshot;
  close(): void;
}

const DEFAULT_RAM = 256 * 1024 * 1024;
/** 2026-01-01, so that runs do not depend on the day. */
const EPOCH = 1_767_225_600n * 1_000_000_000n;
/** How long the recorded machine had been up when its first module was loaded. */
const UPTIME = 2_250_000_000;

/** Boots a kernel. Errors: KoboxError when there is no such profile or the engine cannot be had. */
export const boot = (options: SandboxOptions = {}): Sandbox => {
  const profile = openProfile(profilePath(options.kernel));
  const machine = createMachine({ ramSize: options.ram ?? DEFAULT_RAM, checks: options.checks === true });
  const registry = createRegistry(stubs);
  const made: { binder?: Binder } = {};
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  /** What serves a function instead of its stub; undefined: its stub again. */
  const replacements = new Map<Address, Stub | undefined>();
  const replaced = (k: Kernel, name: string): Stub | undefined =>
    replacements.size === 0 ? undefined : replacements.get(k.symbols.address(name) ?? 0);
  const { onRecord } = options;
  const kernel = createKernel(
    machine,
    profile,
    {
      seed: options.seed ?? 1n,
      epoch: EPOCH,
      uptime: UPTIME,
      schedule: options.schedule ?? "in-turn",
      limits,
      ...(onRecord === undefined ? {} : { onRecord }),
    },
    (k) => {
      made.binder = createBinder(k);
      made.binder.hooks.sleep = ({ name }) => {
        k.noteOffer();
        k.traces.mightSleep(name);
      };
      const served = { ...registry, find: (name: string) => replaced(k, name) ?? registry.find(name) };
      return createLinker(k, served, made.binder, {
        declare: (name) => declareUnknown(k, name, options.unknown ?? "guess"),
      });
    },
  );
  kernel.interrupts.handle("host-sleep", { context: "none", act: () => {} });

  /** What of the limits has come to an end, with words for it; none where nothing can happen any more. */
  const reached = (turns: number, idle: boolean): readonly [words: string, limit?: keyof Limits] => {
    if (turns < 0) return [` after ${limits.calls} turns, as many as one step may take`, "calls"];
    if (idle && kernel.timeline.next() === undefined) return [", and nothing will ever end that"];
    return [` after ${limits.seconds} virtual seconds, as many as one step may take`, "seconds"];
  };
  /** Lets the kernel run until `done` holds; why it never will, otherwise. */
  const runUntil = (done: () => boolean, waiting: () => string): StopReason | undefined => {
    const until = kernel.clock.now() + limits.seconds * 1e9;
    kernel.renewLimits();
    // A turn without a call is work, too.
    const turns = { left: limits.calls };
    const end = kernel.tasks.runUntil(() => {
      turns.left -= 1;
      return done() || turns.left < 0 || kernel.clock.now() > until;
    }, until);
    if (end === "stopped" || kernel.stopped !== undefined) return kernel.stopped;
    if (done()) return undefined;
    const [words, limit] = reached(turns.left, end === "idle");
    const message = waiting() + words;
    const kind = message.includes(", held by ") ? "deadlock" : "hang";
    return { kind, message, ...(limit === undefined ? {} : { limit }), tasks: reportTasks(kernel) };
  };

  /** Whoever gets to the address next finds what serves it now. */
  const unbind = (address: Address): void => {
    kernel.executor.traps.delete(address);
    kernel.image.placeTrap(address);
  };
  const finish = ({ task }: Process): ProcessEnd => {
    const stop = runUntil(
      () => task.state === "dead",
      () =>
        task.waiting === undefined
          ? `${task.comm} gives up the CPU again and again, and has not come to its end`
          : `${task.comm} waits for ${task.waiting.reason}`,
    );
    if (stop === undefined) kernel.tasks.settle();
    // Nobody waits for it. What an oops left keeps its stack, for whoever looks at it.
    if (task.state === "dead" && task.signal === 0) kernel.tasks.reap(task);
    return {
      code: task.exitCode,
      signal: task.signal,
      ...(stop === undefined ? {} : { stop }),
      ...(kernel.stopped === undefined ? {} : { stop: kernel.stopped }),
    };
  };

  return {
    kernel,
    registry,
    binder: made.binder as Binder,
    run(identity, program) {
      try {
        return finish(kernel.processes.start(identity, program));
      } catch (error) {
        const none = error instanceof RunEnd || (error instanceof Errno && error.errno === ENOMEM);
        if (!none) throw error;
        const stop = {
          kind: "out-of-memory",
          message: "the guest's memory is used up: no process can start",
        };
        kernel.stop(stop);
        return { code: 0, signal: 0, stop: kernel.stopped ?? stop };
      }
    },
    finish,
    sleep(nanoseconds) {
      const until = kernel.clock.now() + nanoseconds;
      kernel.timeline.schedule(until, "host-sleep", 0);
      let stop: StopReason | undefined;
      // A long wait is many short ones: each may take the work that the limits allow.
      while (stop === undefined && kernel.clock.now() < until) {
        const most = Math.min(2 * IMPATIENT_CALL_NS * limits.calls, limits.seconds * 1e9);
        const pause = Math.min(until, kernel.clock.now() + most);
        kernel.timeline.schedule(pause, "host-sleep", 0);
        stop = runUntil(
          () => kernel.clock.now() >= pause,
          () => "time does not pass",
        );
      }
      return { code: 0, signal: 0, ...(stop === undefined ? {} : { stop }) };
    },
    runUntil,
    replace(stub) {
      const address = kernel.symbols.address(stub.name);
      if (address === undefined) {
        throw new KoboxError("no-symbol", `${kernel.profile.release} has no function ${stub.name}`);
      }
      const before = replacements.get(address);
      replacements.set(address, stub);
      unbind(address);
      return () => {
        replacements.set(address, before);
        unbind(address);
      };
    },
    snapshot() {
      const { restore } = takeSnapshot(kernel);
      return {
        restore() {
          restore();
          for (const address of replacements.keys()) unbind(address);
        },
      };
    },
    close: () => machine.close(),
  };
};

const profilePath = (kernel: string | undefined): string => {
  if (kernel === undefined || kernel === DEFAULT_RELEASE) return defaultProfilePath();
  if (kernel.includes("/")) return kernel;
  throw new KoboxError("no-profile", `there is no kernel profile ${kernel}`, {
    hint: `Use ${DEFAULT_RELEASE}, or give the path of a file made by \`kobox profile\`.`,
  });
};
