import type { Address } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";
import type { Machine } from "../machine/machine.ts";
import type { GuestMemory } from "../machine/memory.ts";
import type { Clock } from "./clock.ts";
import type { Events, Finding } from "./events.ts";
import type { Executor } from "./executor.ts";
import type { KernelImage } from "./image.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Journal } from "./journal.ts";
import type { Routine } from "./routine.ts";
import type { Task } from "./task.ts";
import type { Tasks } from "./tasks.ts";
import type { Timeline } from "./timeline.ts";

/** What a stub sees of the kernel: one object a subsystem. */
export interface Kernel {
  readonly machine: Machine;
  /** Guest memory, kernel half. */
  readonly memory: GuestMemory;
  /** Guest memory, user half. */
  readonly userMemory: GuestMemory;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly interrupts: Interrupts;
  readonly executor: Executor;
  readonly tasks: Tasks;
  readonly image: KernelImage;
  readonly events: Events;
  readonly findings: Findings;
  /** The process whose context the CPU is in. */
  readonly current: Task;
  /** Runs a guest function on the current task's stack: `yield* k.call(fn, a, b)`; answers with RAX. */
  call(fn: Address, ...args: readonly (number | bigint)[]): Routine<bigint>;
  /** Logs `text` as the kernel itself would: "<level>" is 0..7. */
  printk(level: number, text: ByteString): void;
  /** Ends the run: panic, endless loop, deadlock. The first reason stands. */
  stop(reason: StopReason): void;
  readonly stopped: StopReason | undefined;
}

export interface StopReason {
  /** Stable identifier: "panic", "hang", "deadlock", "engine". */
  readonly kind: string;
  readonly message: string;
}

export interface Findings {
  add(finding: Finding): void;
  all(): readonly Finding[];
}
