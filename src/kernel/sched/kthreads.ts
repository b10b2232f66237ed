import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EINTR } from "../../base/errno.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { checkLeft } from "../locks/leaving.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import { type Block, block } from "../routine.ts";
import type { Task } from "../task.ts";
import { TASK_UNINTERRUPTIBLE } from "./signals.ts";
import { type WaitLists, createWaitLists } from "./waits.ts";

/** What kernel/kthread.c keeps in `struct kthread`. */
interface Kthread {
  readonly fn: Address;
  readonly data: Address;
  started: boolean;
  shouldStop: boolean;
  shouldPark: boolean;
  parked: boolean;
  exited: boolean;
  result: number;
}

/** Kernel threads (kernel/kthread.c). */
export interface Kthreads {
  /** A new thread, not running yet; its task. */
  create(fn: Address, data: Address, name: ByteString): Task;
  /** Asks the thread to stop and waits for it; its return value, or -EINTR when it never ran. */
  stop(task: Task): Block | number;
  shouldStop(task: Task): boolean;
  shouldPark(task: Task): boolean;
  /** Called by the thread: waits while it is to be parked. */
  parkme(task: Task): Block | undefined;
  park(task: Task): Block | undefined;
  unpark(task: Task): void;
  /** Ends the calling thread (kthread_complete_and_exit, do_exit). */
  exit(task: Task, result: number): void;
  /** Function and `data` given at creation. */
  fn(task: Task): Address;
  data(task: Task): Address;
}

/** include/linux/sched.h */
const TASK_PARKED = 0x40;

export const createKthreads = (k: Kernel): Kthreads => {
  const threads: JournalMap<number, Kthread> = k.journal.map();
  const waits: WaitLists = createWaitLists(k);

  const exit = (task: Task, result: number): void => {
    const thread = threads.get(task.pid);
    if (thread === undefined) return;
    k.journal.touch(thread);
    thread.exited = true;
    thread.result = result;
    task.state = "dead";
    task.exitCode = result;
    checkLeft(k, task, `thread ${task.comm}`);
    waits.wakeAll(task.taskStruct);
  };
  // The thread's first turn: kthread() looks whether it was stopped before it ever ran.
  k.bottoms.set("kthread", (task, result) => {
    const thread = threads.get(task.pid);
    if (thread === undefined || thread.exited) {
      task.state = "dead";
      return;
    }
    if (thread.started && thread.fn === k.symbols.address("kthread_worker_fn"))
      return k.kthreadWorkers.proceed(task, thread.data);
    if (thread.started) return exit(task, asInt(result));
    k.journal.touch(thread).started = true;
    if (thread.shouldStop) return exit(task, -EINTR);
    if (thread.fn === k.symbols.address("kthread_worker_fn")) k.kthreadWorkers.proceed(task, thread.data);
    else k.executor.pushCall(task, { kind: "call", fn: thread.fn, args: [thread.data] });
  });

  return {
    create(fn, data, name) {
      const task = k.tasks.create({
        comm: name,
        kind: "kthread",
        callers: DEFERRED_CALLERS.kthread,
        bottom: { kind: "kthread", data: fn },
      });
      // It does not run before somebody wakes it.
      k.struct("task_struct", task.taskStruct).__state = TASK_UNINTERRUPTIBLE;
      const thread = { fn, data, started: false, shouldStop: false, shouldPark: false, parked: false };
      threads.set(task.pid, { ...thread, exited: false, result: 0 });
      return task;
    },
    stop(task) {
      const thread = threads.get(task.pid);
      if (thread === undefined) return -EINTR;
      if (thread.exited) return thread.result;
      k.journal.touch(thread);
      thread.shouldStop = true;
      thread.shouldPark = false;
      waits.join(task.taskStruct, k.current);
      k.tasks.wake(task);
      return block(`${task.comm} to stop`);
    },
    shouldStop: (task) => threads.get(task.pid)?.shouldStop === true,
    shouldPark: (task) => threads.get(task.pid)?.shouldPark === true,
    parkme(task) {
      const thread = threads.get(task.pid);
      if (thread === undefined || !thread.shouldPark) return undefined;
      k.journal.touch(thread).parked = true;
      k.struct("task_struct", task.taskStruct).__state = TASK_PARKED;
      waits.wakeAll(task.taskStruct);
      return block("to be unparked");
    },
    park(task) {
      const thread = threads.get(task.pid);
      if (thread === undefined || thread.exited || thread.parked) return undefined;
      k.journal.touch(thread).shouldPark = true;
      waits.join(task.taskStruct, k.current);
      k.tasks.wake(task);
      return block(`${task.comm} to park`);
    },
    unpark(task) {
      const thread = threads.get(task.pid);
      if (thread === undefined) return;
      k.journal.touch(thread);
      thread.shouldPark = false;
      thread.parked = false;
      k.tasks.wake(task);
    },
    exit,
    fn: (task) => threads.get(task.pid)?.fn ?? 0,
    data: (task) => threads.get(task.pid)?.data ?? 0,
  };
};
