import type { Address } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";
import { RunEnd } from "../base/errors.ts";
import { type Clock, TICK_NS } from "./clock.ts";
import type { Executor } from "./executor.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Journal, JournalMap } from "./journal.ts";
import type { Routine } from "./routine.ts";
import type { Schedule } from "./sched/schedule.ts";
import { type StandIns, createStandIns } from "./sched/stand-ins.ts";
import { type Task, type TaskOptions, newTask } from "./task.ts";
import type { TaskMemory } from "./task-memory.ts";
import type { Timeline } from "./timeline.ts";

export interface Tasks {
  create(options: TaskOptions): Task;
  /** Process whose context the CPU is in: the interrupted one while an interrupt runs. */
  current(): Task;
  find(pid: number): Task | undefined;
  byStruct(taskStruct: Address): Task | undefined;
  all(): IterableIterator<Task>;
  /** Makes a new or blocked task runnable; false when it was runnable already or is dead. */
  wake(task: Task): boolean;
  /**
   * Runs runnable tasks in turn, letting time jump when all wait, until `done` holds or nothing can
   * happen any more; "idle", too, when nothing will before `latest`, in nanoseconds since boot.
   */
  runUntil(done: () => boolean, latest?: number): "done" | "idle" | "stopped";
  /** Runs what is runnable now, without letting time pass. */
  settle(): void;
  /** Starts a task that runs host code (a process of the sandbox). */
  spawn(options: TaskOptions, program: Routine<unknown>): Task;
  /** The same with a task that has been created and never ran. */
  begin(task: Task, program: Routine<unknown>): void;
  /** Makes a task that waits for nothing the current one, as if it had had the CPU last. */
  hold(task: Task): void;
  /** Gives a held task its turn, whoever else is runnable. */
  resume(task: Task): "stopped" | undefined;
  /** Frees a dead task's stack and struct. */
  reap(task: Task): void;
  signal(task: Task, signal: number): void;
  isIdle(task: Task): boolean;
  /** Nothing runs: makes ksoftirqd current, if it can be, or the idle task. */
  standIn: StandIns["standIn"];
  /** A task that did not run waits for an interrupt handler, or lets others go first. */
  suspended(task: Task, pause: "blocked" | "yield"): void;
  /** Makes init_task's list of all processes in guest memory: `others`, then those here; kept up from then on. */
  list(head: Address, others: readonly Address[]): void;
  setComm(task: Task, comm: ByteString): void;
  /** The signals it has not taken yet, as bits. */
  setPending(task: Task, pending: number): void;
  /**
   * might_resched(): somebody was woken since the running task got the CPU, or others have waited for a
   * tick, and this is a good place.
   */
  shouldYield(): boolean;
  /** Exploring schedules: a running process may lose the CPU after any stub where preemption is on. */
  preempts(task: Task): boolean;
  /** Told about each task that has run for the last time, whatever ended it. Registered at boot. */
  readonly ended: ((task: Task) => void)[];
}

/** Work costs time too: how long runnable tasks may keep each other busy before the caller goes on. */
const SETTLE_NS = 40_000_000;
const LONGEST_STALL_NS = 100_000_000;
const TASK_RUNNING = 0;
/** First PID given out: a kernel just booted has about that many threads. */
const FIRST_PID = 79;

export const createTasks = (
  journal: Journal,
  clock: Clock,
  executor: Executor,
  memory: TaskMemory,
  timeline: Timeline,
  interrupts: Interrupts,
  schedule: Schedule,
): Tasks => {
  const tasks: JournalMap<number, Task> = journal.map();
  const ended: ((task: Task) => void)[] = [];
  const structs: JournalMap<Address, Task> = journal.map();
  const state: {
    woken: boolean;
    /** When the running task got the CPU. */
    since: number;
    nextPid: number;
    queue: Task[];
    last: Task | undefined;
  } = {
    nextPid: FIRST_PID,
    woken: false,
    since: 0,
    queue: [],
    last: undefined,
  };

  const nextPid = ({ kind }: TaskOptions): number => {
    if (kind !== "user" && kind !== "kthread") return 0;
    journal.touch(state).nextPid += 1;
    return state.nextPid - 1;
  };
  const create = (options: TaskOptions, pid = nextPid(options)): Task => {
    const stack = memory.allocateStack();
    const taskStruct = memory.createTaskStruct(pid, options, stack.low);
    const task = newTask(options, pid, taskStruct, stack);
    if (pid !== 0) tasks.set(pid, task);
    if (task.taskStruct !== 0) structs.set(task.taskStruct, task);
    return task;
  };

  const wake = (task: Task): boolean => {
    // It is on its way to sleep: it will not.
    if (task.state === "runnable" && task.taskStruct !== 0) return memory.stayAwake(task.taskStruct);
    if (task.state !== "blocked") return false;
    journal.touch(task);
    task.state = "runnable";
    task.waiting = undefined;
    task.deadline = undefined;
    if (task.taskStruct !== 0) memory.setState(task.taskStruct, TASK_RUNNING);
    journal.touch(state.queue).push(task);
    journal.touch(state).woken = true;
    return true;
  };

  const begin = (task: Task, program: Routine<unknown>): void => {
    journal.touch(task.frames);
    executor.pushRoutine(task, program, (value) => {
      task.exitCode = typeof value === "number" ? value : 0;
    });
    wake(task);
  };

  /** Gives one task its turn. */
  const turn = (task: Task): "stopped" | undefined => {
    journal.touch(task);
    journal.touch(task.frames);
    journal.touch(task.registers);
    if (task !== state.last) memory.setCurrent(task.taskStruct);
    journal.touch(state).last = task;
    state.woken = false;
    state.since = clock.now();
    const pause = executor.run(task);
    if (pause === "blocked" || (pause === "yield" && !task.trapped)) memory.sleeps(task);
    if (pause === "blocked" && task.deadline !== undefined)
      timeline.schedule(task.deadline, "task", task.pid);
    if ((pause === "yield" || pause === "preempted") && task.state === "runnable")
      journal.touch(state.queue).push(task);
    if (pause === "dead") {
      memory.unlist(task.taskStruct);
      for (const told of ended) told(task);
    }
    return pause === "stopped" ? "stopped" : undefined;
  };

  const makeCurrent = (task: Task): void => {
    if (state.last === task) return;
    memory.setCurrent(task.taskStruct);
    journal.touch(state).last = task;
  };
  const standIns = createStandIns(journal, create, makeCurrent);
  const { standIn } = standIns;

  const runUntil: Tasks["runUntil"] = (done, latest) => {
    try {
      return runTasks(done, latest);
    } catch (error) {
      if (!(error instanceof RunEnd)) throw error;
      memory.cannotGoOn(error);
      return "stopped";
    }
  };
  const runTasks: Tasks["runUntil"] = (done, latest = Infinity) => {
    for (;;) {
      if (done()) return "done";
      interrupts.service("between-tasks");
      if (memory.stopped()) return "stopped";
      const next = schedule.pick(state.queue.length);
      const [task] = state.queue.length === 0 ? [] : journal.touch(state.queue).splice(next, 1);
      if (task !== undefined) {
        if (task.state === "runnable" && turn(task) === "stopped") return "stopped";
        continue;
      }
      if (done()) return "done";
      const moment = timeline.next();
      if (moment === undefined || moment > latest) return "idle";
      // Nothing runs: interrupts now interrupt the idle task.
      standIn("idle");
      clock.advanceTo(moment);
    }
  };

  /** Not within a stub that calls the guest: on a real kernel many of these hold a lock. */
  const mayPreempt = (task: Task): boolean =>
    task.context === "process" &&
    interrupts.context() === "process" &&
    !memory.preemptionOff() &&
    !memory.interruptsOff() &&
    task.frames.every((frame) => frame.kind !== "host" || frame.stub === undefined);
  /** The CPU is away until the next timer goes off. */
  const stall = (): void => {
    const next = timeline.next();
    if (next !== undefined && next <= clock.now() + LONGEST_STALL_NS) clock.advanceTo(next);
  };

  const setPending: Tasks["setPending"] = (task, pending) => {
    journal.touch(task).pending = pending;
    if (task.taskStruct !== 0) memory.setPending(task.taskStruct, pending);
  };

  interrupts.handle("task", {
    context: "none",
    act(pid) {
      const task = pid === 0 ? standIns.idle() : tasks.get(pid);
      if (task?.deadline !== undefined && task.deadline <= clock.now()) wake(task);
    },
  });

  return {
    create,
    current() {
      return state.last ?? standIns.idle();
    },
    find: (pid) => tasks.get(pid),
    byStruct: (taskStruct) => structs.get(taskStruct),
    all: () => tasks.values(),
    wake,
    runUntil,
    settle() {
      const limit = clock.now() + SETTLE_NS;
      runUntil(() => state.queue.length === 0 || clock.now() > limit);
    },
    begin,
    isIdle: standIns.isIdle,
    standIn,
    suspended(task, pause) {
      task.state = "blocked";
      if (pause === "yield") wake(task);
      else if (task.deadline !== undefined) timeline.schedule(task.deadline, "task", task.pid);
    },
    hold(task) {
      journal.touch(task);
      task.state = "runnable";
      task.waiting = undefined;
      memory.setState(task.taskStruct, TASK_RUNNING);
      memory.setCurrent(task.taskStruct);
      journal.touch(state).last = task;
    },
    resume: turn,
    spawn(options, program) {
      const task = create(options);
      begin(task, program);
      return task;
    },
    reap(task) {
      tasks.delete(task.pid);
      if (task.taskStruct !== 0) {
        structs.delete(task.taskStruct);
        memory.releaseTaskStruct(task.taskStruct);
      }
      memory.releaseStack(task.stack);
    },
    setComm(task, comm) {
      journal.touch(task).comm = comm;
      if (task.taskStruct !== 0) memory.setComm(task.taskStruct, comm);
    },
    shouldYield() {
      const task = executor.current();
      if (task === undefined || task.context !== "process" || interrupts.context() !== "process")
        return false;
      if (task.yielded) {
        task.yielded = false;
        return false;
      }
      const others = state.queue.length > 0 && clock.now() - state.since >= TICK_NS;
      if ((!state.woken && !others && !interrupts.softirqPending()) || memory.preemptionOff()) return false;
      task.yielded = true;
      return true;
    },
    preempts(task) {
      if (schedule.policy === "in-turn" || !mayPreempt(task)) return false;
      const how = schedule.interrupts(state.queue.length);
      if (how === "stall") stall();
      return how === "switch";
    },
    ended,
    setPending,
    list(head, others) {
      const own = [...structs.entries()].filter(([, task]) => task.pid !== 0 && task.state !== "dead");
      memory.list(head, [...others, ...own.map(([address]) => address)]);
    },
    signal(task, signal) {
      const bit = 1 << (signal - 1);
      if ((task.accepts & bit) === 0) return;
      setPending(task, task.pending | bit);
      if (task.waiting?.interruptible === true) wake(task);
    },
  };
};
