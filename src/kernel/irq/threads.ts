/** Threads of handlers (irq_thread of kernel/irq/manage.c). */
import type { Address } from "../../base/address.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import type { WaitLists } from "../sched/waits.ts";
import { createWaitLists } from "../sched/waits.ts";
import type { Task } from "../task.ts";
import { showLine } from "./descriptor.ts";
import { IRQF, IRQ_RETURN, type Line, isLevel } from "./line.ts";

interface IrqThread {
  readonly irq: number;
  readonly threadFn: Address;
  readonly device: Address;
  readonly oneshot: boolean;
  /** To run once more. */
  wanted: boolean;
  running: boolean;
  stopping: boolean;
}

export interface IrqThreads {
  /** A new thread, asleep; its PID. */
  create(line: Line, name: string, action: { threadFn: Address; device: Address; flags: number }): number;
  /** __irq_wake_thread() */
  wake(line: Line, pid: number): void;
  /** It ends when it has run what it was still asked to. */
  stop(pid: number): void;
  ended(pid: number): boolean;
  /** Who waits for a line's threads, by its number; for a thread's end, by minus its PID. */
  readonly waits: WaitLists;
}

const COMM_MAX = 15;
const SCHED_FIFO = 1;
/** MAX_RT_PRIO - 1 - 50 (sched_set_fifo). */
const PRIORITY = 49;

export const createIrqThreads = (
  k: Kernel,
  lineOf: (irq: number) => Line | undefined,
  unmasked: (line: Line) => void,
): IrqThreads => {
  const threads: JournalMap<number, IrqThread> = k.journal.map();
  const waits = createWaitLists(k);

  const finished = (thread: IrqThread, result: number): void => {
    const line = lineOf(thread.irq);
    thread.running = false;
    if (line === undefined) return;
    k.journal.touch(line).threadsActive -= 1;
    if ((result & IRQ_RETURN.HANDLED) !== 0) line.unhandled = 0;
    if (line.threadsActive > 0) return;
    waits.wakeAll(thread.irq);
    if (!line.masked) return;
    line.masked = false;
    showLine(k, line);
    unmasked(line);
  };
  const end = (task: Task): void => {
    task.state = "dead";
    threads.delete(task.pid);
    waits.wakeAll(-task.pid);
  };
  k.bottoms.set("irq-thread", (task, result) => {
    const thread = threads.get(task.pid);
    if (thread === undefined) return end(task);
    k.journal.touch(thread);
    if (thread.running) finished(thread, Number(BigInt.asUintN(32, result)));
    if (thread.wanted) {
      thread.wanted = false;
      thread.running = true;
      k.executor.pushCall(task, { kind: "call", fn: thread.threadFn, args: [thread.irq, thread.device] });
    } else if (thread.stopping) end(task);
    else {
      task.state = "blocked";
      task.waiting = { reason: "an interrupt", interruptible: true };
    }
  });
  /** A thread that an oops killed is waited for no more. */
  k.tasks.ended.push((task) => {
    const thread = threads.get(task.pid);
    if (thread === undefined) return;
    if (thread.running) finished(k.journal.touch(thread), IRQ_RETURN.HANDLED);
    end(task);
  });

  return {
    create({ irq }, name, { threadFn, device, flags }) {
      const task = k.tasks.create({
        comm: `irq/${irq}-${name}`.slice(0, COMM_MAX),
        kind: "kthread",
        callers: DEFERRED_CALLERS.irqThread,
        bottom: { kind: "irq-thread", data: threadFn },
      });
      const view = k.struct("task_struct", task.taskStruct);
      view.prio = PRIORITY;
      view.policy = SCHED_FIFO;
      const oneshot = (flags & IRQF.ONESHOT) !== 0;
      threads.set(task.pid, {
        irq,
        threadFn,
        device,
        oneshot,
        wanted: false,
        running: false,
        stopping: false,
      });
      return task.pid;
    },
    wake(line, pid) {
      const thread = threads.get(pid);
      const task = k.tasks.find(pid);
      if (thread === undefined || task === undefined || thread.wanted) return;
      k.journal.touch(thread).wanted = true;
      k.journal.touch(line).threadsActive += 1;
      if (thread.oneshot && isLevel(line)) line.masked = true;
      if (!thread.running) k.tasks.wake(task);
    },
    stop(pid) {
      const thread = threads.get(pid);
      const task = k.tasks.find(pid);
      if (thread === undefined || task === undefined) return;
      k.journal.touch(thread).stopping = true;
      if (!thread.running) k.tasks.wake(task);
    },
    ended: (pid) => !threads.has(pid),
    waits,
  };
};
