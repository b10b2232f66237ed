import { KoboxError, Errno } from "../base/errors.ts";
import type { StopReason } from "../kernel/kernel.ts";
import type { Routine } from "../kernel/routine.ts";
import type { UserSystem } from "../kernel/user.ts";
import type { AttachedProcess } from "../kernel/vfs/attached.ts";
import type { Sandbox } from "../sandbox.ts";
import { SIGNALS } from "../base/signals.ts";
import { HangError, KilledError, StoppedError, SystemCallError } from "./errors.ts";
import { messagesSince } from "./log.ts";

/** A system call that has been started, and may wait for what others do. */
export interface Pending<T> {
  /** It has ended: returned, failed, or its process is dead. */
  readonly done: boolean;
  /** What it waits for, while it waits. */
  readonly waitingFor: string | undefined;
  /**
   * Its result; lets the kernel run until there is one. Throws SystemCallError, KilledError, or
   * HangError when it will never end (it is then interrupted by a signal, as Ctrl-C does).
   */
  wait(): T;
}

/** A call as it is made: what it says of itself, and what it does. */
export interface Call<T> {
  readonly says: string;
  readonly act: (sys: UserSystem) => Routine<T>;
  /** Another error than SystemCallError for a failure. */
  readonly fail?: (error: Errno, log: readonly string[]) => Error;
}

type End<T> = { readonly value: T } | { readonly error: Errno };

export const ensureRunning = ({ kernel: { stopped } }: Sandbox): void => {
  if (stopped !== undefined) throw new StoppedError(stopped);
};

/** Ends the wait that never ends, as SIGINT would; what the caller is told. */
const interrupt = (
  sandbox: Sandbox,
  { process }: AttachedProcess,
  stop: StopReason,
  { says, log }: { readonly says: string; readonly log: () => readonly string[] },
): Error => {
  const { kernel } = sandbox;
  if (kernel.stopped !== undefined) return new StoppedError(stop);
  const error = new HangError(says, stop, { log: log() });
  const { signals } = process;
  const { handled } = signals;
  kernel.journal.touch(signals).handled |= SIGINT_BIT;
  kernel.tasks.signal(process.task, SIGINT);
  kernel.tasks.settle();
  signals.handled = handled;
  return error;
};

/** Starts a call in a process that is between two of them. KoboxError "busy" when it is not. */
export const begin = <T>(sandbox: Sandbox, attached: AttachedProcess, call: Call<T>): Pending<T> => {
  const { kernel } = sandbox;
  const { task } = attached.process;
  const { says } = call;
  ensureRunning(sandbox);
  const seq = kernel.log.next;
  const log = (): readonly string[] => messagesSince(sandbox, seq).map(({ text }) => text);
  if (task.state === "dead") throw new KilledError(says, task.signal, { log: [] });
  if (task.frames.length > 0) {
    throw new KoboxError("busy", `${says}: ${task.comm} (${task.pid}) is still in another system call`, {
      hint: "Wait for it, or do this in a process of its own: kernel.process(name).",
    });
  }
  const state: { end: End<T> | undefined } = { end: undefined };
  attached.perform(call.act, (end) => {
    state.end = end;
  });
  const over = (): boolean => state.end !== undefined || task.state === "dead";
  kernel.tasks.settle();
  return {
    get done() {
      return over();
    },
    get waitingFor() {
      return over() ? undefined : task.waiting?.reason;
    },
    wait() {
      const stop = over() ? undefined : sandbox.runUntil(over, () => waitsFor(attached));
      if (stop !== undefined) throw interrupt(sandbox, attached, stop, { says, log });
      kernel.tasks.settle();
      const { end } = state;
      if (end === undefined) throw new KilledError(says, task.signal, { log: log() });
      if ("value" in end) return end.value;
      throw call.fail?.(end.error, log()) ?? new SystemCallError(says, end.error.errno, { log: log() });
    },
  };
};

const SIGINT = SIGNALS["INT"] ?? 2;
const SIGINT_BIT = 1 << (SIGINT - 1);

const waitsFor = ({ process: { task } }: AttachedProcess): string =>
  `${task.comm} waits for ${task.waiting?.reason ?? "the CPU"}`;

/** Does something in a process of its own, which then ends. */
export const inProcess = <T>(sandbox: Sandbox, says: string, act: () => Routine<T>): T => {
  const { kernel } = sandbox;
  const attached = kernel.processes.attach({ comm: "caller", argv: ["caller"] });
  const { task } = attached.process;
  const result = begin(sandbox, attached, { says, act }).wait();
  attached.exit(0);
  kernel.tasks.settle();
  if (task.state === "dead") kernel.tasks.reap(task);
  return result;
};
