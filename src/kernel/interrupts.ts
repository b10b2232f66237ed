import { REG } from "unicorn-engine";
import type { Clock } from "./clock.ts";
import type { Executor } from "./executor.ts";
import type { Journal } from "./journal.ts";
import type { Routine } from "./routine.ts";
import type { InterruptFrame, Task } from "./task.ts";
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
      /** "6 TASKLET" and the softirq's function, for handle_softirqs() to complain about. */
      readonly softirq?: readonly [vector: string, action: string];
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
  /** "process" unless an interrupt is being handled; one that sleeps is no longer. */
  context(): "process" | "softirq" | "hardirq";
  /** A handler that slept has come to its end. */
  awake(frame: InterruptFrame): void;
}

/** What interrupts need of the rest. */
export interface InterruptHost {
  /** A task to run interrupts of that context on; it has a stack and no task_struct. */
  createContext(context: "hardirq" | "softirq"): Task;
  /** The guest's __preempt_count. */
  preemptCount(): number;
  addPreemptCount(delta: number): void;
  /** No task runs: makes ksoftirqd current if it can be, or the idle task. */
  standIn(who: "ksoftirqd" | "idle"): void;
  /** What calls a handler here and now, where an interrupt is given as the reason. */
  callers(chain: readonly string[]): readonly string[];
  /** Whose context the CPU is in. */
  process(): Task;
  /** What that task's preempt_count is by itself: the idle task's is one. */
  ownPreemptCount(): number;
  /**
   * A handler goes to sleep, and `others` do already: complains, as the scheduler does. False when the
   * machine cannot go on.
   */
  slept(handler: Task, pause: "blocked" | "yield", others: number): boolean;
  /** A task that did not run has been made to wait for a handler. */
  suspended(task: Task, pause: "blocked" | "yield"): void;
  /** It has come to its end; preempt_count was `before`. */
  left(task: Task, handler: string, before: number): void;
  /** handle_softirqs(): it has changed preempt_count, which is put back to `before`. */
  leaked(softirq: readonly [vector: string, action: string], before: number): void;
}

/** include/linux/preempt.h */
const SOFTIRQ_OFFSET = 0x100;
const HARDIRQ_OFFSET = 0x10000;
/** NMI, hard and soft interrupts: in_interrupt(). */
const INTERRUPT_MASK = 0xffff00;
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
  /** Tasks to run handlers on, while they run none. */
  const contexts: { hardirq: Task[]; softirq: Task[] } = { hardirq: [], softirq: [] };
  const state: { active: ("hardirq" | "softirq")[]; wanted: boolean; sleepers: number } = {
    active: [],
    wanted: false,
    sleepers: 0,
  };

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

  /** "sleeps": the interrupted task has to go now. */
  const run = (context: "hardirq" | "softirq", event: Pending): "done" | "sleeps" => {
    const handler = handlers.get(event.kind);
    if (handler === undefined || handler.context === "none") return "done";
    const idle = executor.current() === undefined ? host.ownPreemptCount() : 0;
    const task = journal.touch(contexts[context]).pop() ?? host.createContext(context);
    journal.touch(task);
    journal.touch(task.frames);
    journal.touch(task.registers);
    host.addPreemptCount(idle + (context === "hardirq" ? HARDIRQ_OFFSET : SOFTIRQ_OFFSET));
    state.active.push(context);
    task.callers = host.callers(handler.callers ?? []);
    task.registers[REG.RFLAGS] = context === "hardirq" ? RFLAGS_RESERVED : RFLAGS_RESERVED | RFLAGS_IF;
    executor.pushRoutine(task, handler.act(event.key), () => {}, handler.name);
    task.state = "runnable";
    const frame = { handler: task, event: event.kind, before: host.preemptCount() };
    const pause = executor.run(task);
    if (pause === "blocked" || pause === "yield") suspend(frame, pause);
    else end(frame, handler, frame.before);
    state.active.pop();
    if (pause === "blocked" || pause === "yield") return "sleeps";
    host.addPreemptCount(-idle);
    return "done";
  };
  /** The interrupted task sleeps with the handler, which from now on is its business. */
  const suspend = (frame: Omit<InterruptFrame, "kind" | "feed">, pause: "blocked" | "yield"): void => {
    const { handler } = frame;
    if (!host.slept(handler, pause, state.sleepers)) return;
    journal.touch(state).sleepers += 1;
    handler.registers[REG.RFLAGS] = (handler.registers[REG.RFLAGS] ?? 0n) | RFLAGS_IF;
    const interrupted = executor.current() ?? host.process();
    journal.touch(interrupted);
    journal.touch(interrupted.frames);
    executor.suspend(interrupted, frame, pause);
    if (executor.current() === undefined) host.suspended(interrupted, pause);
  };
  const end = (
    { handler: task, before }: Omit<InterruptFrame, "kind" | "feed">,
    handler: EventHandler & { context: "hardirq" | "softirq" },
    expected: number,
  ): void => {
    host.left(task, handler.name, expected);
    if (handler.softirq !== undefined && host.preemptCount() !== before) host.leaked(handler.softirq, before);
    task.frames.length = 0;
    host.addPreemptCount(-(handler.context === "hardirq" ? HARDIRQ_OFFSET : SOFTIRQ_OFFSET));
    journal.touch(contexts[handler.context]).push(task);
  };
  const allowed = (context: "hardirq" | "softirq"): boolean => {
    if (state.active.includes(context) || !enabled()) return false;
    if (context === "hardirq") return true;
    return state.active.length === 0 && (host.preemptCount() & INTERRUPT_MASK) === 0;
  };
  const drain = (context: "hardirq" | "softirq"): "done" | "sleeps" => {
    while (pending[context].length > 0 && allowed(context)) {
      const event = journal.touch(pending[context]).shift();
      if (event !== undefined && run(context, event) === "sleeps") return "sleeps";
    }
    return "done";
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
      if (where === "between-tasks" && pending.hardirq.length + pending.softirq.length > 0)
        host.standIn(interrupted ? "idle" : "ksoftirqd");
      if (pending.hardirq.length > 0 && drain("hardirq") === "sleeps") return;
      if (pending.softirq.length > 0 && (interrupted || where === "between-tasks")) drain("softirq");
    },
    softirqsOn() {
      journal.touch(state).wanted = pending.softirq.length > 0;
    },
    held: () => pending.hardirq.length > 0,
    softirqPending: () => pending.softirq.length > 0,
    context: () => state.active.at(-1) ?? "process",
    awake(frame) {
      const handler = handlers.get(frame.event);
      if (handler === undefined || handler.context === "none") return;
      journal.touch(state).sleepers -= 1;
      // An oops: the process dies of it, and the interrupt never ends.
      if (frame.handler.signal !== 0) return;
      // That it gave the CPU away has been said, and it cost the count.
      end(frame, handler, host.preemptCount());
      if (host.ownPreemptCount() > 0) host.addPreemptCount(-host.preemptCount());
      frame.handler.interrupted = undefined;
    },
  };
};
