import { REG } from "unicorn-engine";
import { type Address, toPattern } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";
import type { Routine } from "./routine.ts";

/** In which context code runs; only process context may sleep (include/linux/preempt.h). */
export type Context = "process" | "softirq" | "hardirq";

/**
 * Guest code running on the task. `registers` are its caller's, put back when it returns: 32-bit
 * halves, two for each. A typed array of that size would live outside of V8's heap, and cost more
 * than the call.
 */
export interface GuestFrame {
  readonly kind: "guest";
  /** The function that was called. */
  readonly fn: Address;
  readonly registers: readonly number[];
}

/** Host code (a stub, a system call, a program) that may call the guest or wait. */
export interface HostFrame {
  readonly kind: "host";
  readonly routine: Routine<unknown>;
  /** What to do with its result: encode it for the guest frame below, note the exit code. */
  readonly finish: (value: unknown) => void;
  /** Symbol of the stub, where it is one. */
  readonly stub: string | undefined;
}

/** On an interrupted task: a handler that went to sleep. The task stands still until it is done. */
export interface InterruptFrame {
  readonly kind: "interrupt";
  /** Runs the handler, on a stack of its own. */
  readonly handler: Task;
  /** Key of the event that it handles. */
  readonly event: string;
  /** preempt_count when the handler was called. */
  readonly before: number;
  /** What a guest call that has just returned said to the task below. */
  readonly feed: bigint;
}

export type Frame = GuestFrame | HostFrame | InterruptFrame;

/** It must not sleep; a handler that has slept already runs as the process that it interrupted. */
export const inInterrupt = (task: Task): boolean =>
  task.context !== "process" && task.interrupted === undefined;

/** Who really runs or waits on behalf of a task: the handler that sleeps on it, or itself. */
export const innermost = (task: Task): Task => {
  const top = task.frames.at(-1);
  return top?.kind === "interrupt" ? innermost(top.handler) : task;
};

/** What happens when the last frame of a task has returned; data, so that a snapshot can keep it. */
export interface Bottom {
  /** Key of `Kernel.bottoms`. */
  readonly kind: string;
  readonly data: Address;
}

/** A thread of execution. Plain data: change it only after `journal.touch`. */
export interface Task {
  readonly pid: number;
  comm: ByteString;
  readonly context: Context;
  /** The guest's `struct task_struct`, or 0 for an interrupt context, which has none. */
  readonly taskStruct: Address;
  /** Lowest address of the guest stack, and the first one above it. */
  readonly stack: { readonly low: Address; readonly high: Address };
  /** Registers while it does not run. */
  readonly registers: BigUint64Array;
  readonly frames: Frame[];
  state: "runnable" | "blocked" | "dead";
  /** While blocked: why, for reports; and whether a signal may end the wait. */
  waiting: { readonly reason: string; readonly interruptible: boolean } | undefined;
  /** Virtual nanoseconds at which a blocked task wakes by itself. */
  deadline: number | undefined;
  /** Of a handler that went to sleep: the process that it interrupted, and which waits for it. */
  interrupted: Task | undefined;
  /** What a restartable stub keeps between entries. */
  restart: unknown;
  /** Symbol of the stub in which the task waits, to be entered again. */
  trapped: boolean;
  bottom: Bottom | undefined;
  /** Kernel functions that called into it, innermost first ("do_one_initcall+0x59"), for stack traces. */
  callers: readonly string[];
  /** It has just let others go first: the stub it stands in goes on now. */
  yielded: boolean;
  /** Number of the system call a process is in. */
  syscall: number | undefined;
  /** Signal that killed it, or 0. */
  signal: number;
  exitCode: number;
  /** Signals sent and not yet taken, as bits (1 << (signal - 1)). */
  pending: number;
  /** Those that reach it at all, in the same form: a kernel thread ignores all but SIGKILL and what it allows. */
  accepts: number;
  /** RCU read-side sections that have been reported as left open. */
  leftOpen: number;
}

export interface TaskOptions {
  readonly comm: ByteString;
  readonly kind: "user" | "kthread" | "interrupt" | "idle";
  readonly context?: Context;
  readonly callers?: readonly string[];
  readonly bottom?: Bottom;
}

const ALL_SIGNALS = -1;
const SIGKILL_BIT = 1 << 8;
/** What the kernel's own frames take of a stack before a module gets it, with the random offset of system calls. */
const ENTRY_BYTES = 1536;

/** A task that has never run, on its own stack. */
export const newTask = (
  options: TaskOptions,
  pid: number,
  taskStruct: Address,
  stack: Task["stack"],
): Task => {
  const registers = new BigUint64Array(18);
  registers[REG.RSP] = toPattern(stack.high - ENTRY_BYTES);
  registers[REG.RFLAGS] = 0x202n;
  return {
    pid,
    comm: options.comm,
    context: options.context ?? "process",
    taskStruct,
    stack,
    registers,
    frames: [],
    state: "blocked",
    waiting: { reason: "not started", interruptible: false },
    deadline: undefined,
    interrupted: undefined,
    restart: undefined,
    trapped: false,
    bottom: options.bottom,
    callers: options.callers ?? [],
    syscall: undefined,
    yielded: false,
    signal: 0,
    exitCode: 0,
    pending: 0,
    accepts: options.kind === "user" ? ALL_SIGNALS : SIGKILL_BIT,
    leftOpen: 0,
  };
};
