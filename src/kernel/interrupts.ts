import { REG } from "unicorn-engine";
import type { Clock } from "./clock.ts";
import type { Executor } from "./executor.ts";
import type { Journal } from "./journal.ts";
import type { Routine } from "./routine.ts";
import type { Task } from "./task.ts";
import type { Timeline } from "./timeline.ts";

/** Who handles a kind of event. Handlers are fixed at start-up; what is pending is data. */
export type EventHandler =
  | { readonly context: "none"; readonly act: (key: number) => void }
  | {
      readonly context: "hardirq" | "softirq";
      /** The kernel function it plays, for reports ("__run_timers+0xd3/0x2c0"). */
      readonly name: string;
      /** What calls into it, for stack traces. */
      readonly callers?: readonly string[];
      /** Before others that are pending (HI_SOFTIRQ). */
      readonly first?: boolean;
      readonly act: (key: number) => Routine<void>;
    };

/** Interrupts and softirqs: code that runs between two instructions of whatever task has the CPU. */
export interface Interrupts {
  handle(kind: string, handler: EventHandler): void;
  /** Makes an event pending now. */
  raise(kind: string, key: number): void;
  /**
   * Handles what is due and allowed: between tasks everything; after a stub only when an interrupt
   * came, because a softirq that process context raises waits for ksoftirqd or the next interrupt.
   */
  service(where: "stub" | "between-tasks"): void;
  softirqPending(): boolean;
  /** Interrupts have come that wait for the guest to enable them. */
  held(): boolean;
  /** local_bh_enable(): what is pending runs as soon as the running stub is done. */
  softirqsOn(): void;
  /** "process" unless an interrupt is being handled. */
  context(): "process" | "softirq" | "hardirq";
}

/** What interrupts need of the rest. */
export interface InterruptHost {
  /** A task to run interrupts of that context on; it has a stack and no task_struct. */
  createContext(context: "hardirq" | "softirq"): Task;
  /** The guest's __preempt_count. */
  preemptCount(): number;
  addPreemptCount(delta: number): void;
  /** Guest code in interrupt context tried to sleep. */
  slept(task: Task): void;
  /** It has come to its end; preempt_count was `before`. */
  left(task: Task, handler: string, before: number): void;
}

/** include/linux/preempt.h */
const SOFTIRQ_OFFSET = 0x100;
const SOFTIRQ_MASK = 0xff00;
const HARDIRQ_OFFSET = 0x10000;
const RFLAGS_IF = 0x200n;
const RFLAGS_RESERVED = 2n;

interface Pending {
  readonly kind: string;
  readonly key: number;
}

const isFirst = (handler: EventHandler): boolean => handler.context !== "none" && handler.first === true;

export const createInterrupts = (
  journal: Journal,
  clock: Clock,
  timeline: Timeline,
  executor: Executor,
  host: InterruptHost,
): Interrupts => {
  const handlers = new Map<string, EventHandler>();
  const pending: { hardirq: Pending[]; softirq: Pending[] } = { hardirq: [], softirq: [] };
  const contexts: { hardirq: Task | undefined; softirq: Task | undefined } = {
    hardirq: undefined,
    softirq: undefined,
  };
  const state: { active: ("hardirq" | "softirq")[]; wanted: boolean } = { active: [], wanted: false };

  const post = (kind: string, key: number): void => {
    const handler = handlers.get(kind);
    if (handler === undefined) throw new Error(`nobody handles ${kind} events`);
    if (handler.context === "none") handler.act(key);
    else {
      const list = journal.touch(pending[handler.context]);
      const others = list.findIndex((each) => handlers.get(each.kind) !== handler);
      list.splice(isFirst(handler) && others >= 0 ? others : list.length, 0, { kind, key });
    }
  };
  const enabled = (): boolean =>
    executor.current() === undefined || ((executor.registers[REG.RFLAGS] ?? 0n) & RFLAGS_IF) !== 0n;

  const run = (context: "hardirq" | "softirq", event: Pending): void => {
    const handler = handlers.get(event.kind);
    if (handler === undefined || handler.context === "none") return;
    const task = contexts[context] ?? (journal.touch(contexts)[context] = host.createContext(context));
    journal.touch(task);
    journal.touch(task.frames);
    journal.touch(task.registers);
    const offset = context === "hardirq" ? HARDIRQ_OFFSET : SOFTIRQ_OFFSET;
    host.addPreemptCount(offset);
    state.active.push(context);
    task.callers = handler.callers ?? [];
    task.registers[REG.RFLAGS] = context === "hardirq" ? RFLAGS_RESERVED : RFLAGS_RESERVED | RFLAGS_IF;
    executor.pushRoutine(task, handler.act(event.key), () => {}, handler.name);
    task.state = "runnable";
    const before = host.preemptCount();
    const pause = executor.run(task);
    host.left(task, handler.name, before);
    if (pause === "blocked" || pause === "yield") host.slept(task);
    task.frames.length = 0;
    state.active.pop();
    host.addPreemptCount(-offset);
  };
  const allowed = (context: "hardirq" | "softirq"): boolean => {
    if (state.active.includes(context) || !enabled()) return false;
    if (context === "hardirq") return true;
    return state.active.length === 0 && (host.preemptCount() & SOFTIRQ_MASK) === 0;
  };
  const drain = (context: "hardirq" | "softirq"): void => {
    while (pending[context].length > 0 && allowed(context)) {
      const event = journal.touch(pending[context]).shift();
      if (event !== undefined) run(context, event);
    }
  };

  return {
    handle: (kind, handler) => handlers.set(kind, handler),
    raise: post,
    service(where) {
      clock.refresh();
      let interrupted = pending.hardirq.length > 0 || state.wanted;
      if (state.wanted) journal.touch(state).wanted = false;
      for (let due = timeline.takeDue(clock.now()); due !== undefined; due = timeline.takeDue(clock.now())) {
        interrupted = true;
        post(due.kind, due.key);
      }
      if (pending.hardirq.length > 0) drain("hardirq");
      if (pending.softirq.length > 0 && (interrupted || where === "between-tasks")) drain("softirq");
    },
    softirqsOn() {
      journal.touch(state).wanted = pending.softirq.length > 0;
    },
    held: () => pending.hardirq.length > 0,
    softirqPending: () => pending.softirq.length > 0,
    context: () => state.active.at(-1) ?? "process",
  };
};
