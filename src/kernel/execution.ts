/** What the executor and the kernel around it ask of each other. */
import type { Address } from "../base/address.ts";
import type { Exception } from "./exception.ts";
import type { Block, Routine, Yield } from "./routine.ts";
import type { InterruptFrame, Task } from "./task.ts";

/** What entering a stub came to. `undefined`: done, RAX holds the result. */
export type Outcome = undefined | Block | Yield | StartRoutine;

export interface StartRoutine {
  readonly kind: "routine";
  readonly routine: Routine<unknown>;
  /** Stores the routine's result in RAX. */
  readonly finish: (value: unknown) => void;
}

/** What stands behind a `hlt` in guest memory. */
export interface Trap {
  readonly name: string;
  /** It changes other registers than RAX (assembler conventions). */
  readonly writesRegisters?: boolean;
  enter(): Outcome;
}

/** Why a task gave the CPU back. */
export type Pause = "blocked" | "yield" | "preempted" | "dead" | "stopped";

/** What the executor asks of the kernel around it. */
export interface ExecutorHost {
  /** After a stub or an exception (1) or a slice of instructions without one (0): time passes, interrupts come. False ends the run. */
  tick(stubs: number): boolean;
  /** "resume" goes on at the registers as they now stand; "kill" ends the task. */
  exception(task: Task, exception: Exception): "resume" | "kill";
  /** Guest jumped to a `hlt` that is nobody's. */
  strayHalt(task: Task, address: Address): "resume" | "kill";
  /** Guest code has touched what `engine.checks` forbids; it goes on. */
  violations(task: Task): void;
  /** The engine itself failed. */
  engineFailure(task: Task, stop: number): void;
  /** A stub is done: whether another task is to run now, though this one could go on. */
  preempts(task: Task): boolean;
  /** A handler that had gone to sleep is done; its task goes on. */
  awake(frame: InterruptFrame): void;
  /** The last frame returned; the task goes on if the bottom pushed a new frame. */
  bottom(task: Task, result: bigint): void;
}
