import type { Address } from "../../base/address.ts";
import { initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";

/** struct pid (kernel/pid.c): each task has one of its own, at `task_struct.thread_pid`. */
export interface Pids {
  of(taskStruct: Address): Address;
  /** 0 where there is no such process. */
  find(pid: number): Address;
  /** The task_struct, or 0. */
  task(pid: Address): Address;
  /** Processes that every machine has, and which do nothing here. */
  readonly boot: readonly Address[];
}

/** struct upid: nr, ns. */
const UPID_NS = 8;
const PIDTYPE_TGID = 1;
const RLIMITS = 16;
/** struct pid comes first, signal_struct behind it. */
const PID_BYTES = 256;

/** What a new task_struct refers to: its struct pid, and its signal_struct with itself as the only thread. */
export const introduceTask = (k: Kernel, taskStruct: Address, behind: Address, nr: number): void => {
  const task = k.struct("task_struct", taskStruct);
  const pid = k.struct("pid", behind);
  const signals = behind + PID_BYTES;
  pid.count.refs.counter = 1;
  const upid = behind + k.offsetOf("pid", "numbers");
  k.memory.setU32(upid, nr);
  k.memory.setPointer(upid + UPID_NS, k.profile.symbol("init_pid_ns")?.address ?? 0);
  task.thread_pid = behind as typeof task.thread_pid;
  task.signal = signals as typeof task.signal;
  const head = signals + k.offsetOf("signal_struct", "thread_head");
  const node = taskStruct + k.offsetOf("task_struct", "thread_node");
  initList(k.memory, head);
  for (const [at, to] of [
    [node, head],
    [head, node],
  ] as const) {
    k.memory.setPointer(at, to);
    k.memory.setPointer(at + 8, to);
  }
  for (const list of ["tasks", "children", "sibling", "thread_group"])
    initList(k.memory, taskStruct + k.offsetOf("task_struct", list));
  k.memory.setPointer(signals + k.offsetOf("signal_struct", "pids") + PIDTYPE_TGID * 8, behind);
  k.struct("signal_struct", signals).nr_threads = 1;
  const limits = signals + k.offsetOf("signal_struct", "rlim");
  // RLIM_INFINITY is all ones; each limit is two.
  k.memory.fill(limits, 0xff, RLIMITS * 16);
};

export const createPids = (k: Kernel, boot: (pid: number, comm: string) => Address): Pids => {
  const init = boot(1, "init");
  const kthreadd = boot(2, "kthreadd");
  const of = (taskStruct: Address): Address => k.struct("task_struct", taskStruct).thread_pid;
  return {
    boot: [init, kthreadd],
    of,
    find(nr) {
      if (nr === 1) return of(init);
      if (nr === 2) return of(kthreadd);
      const task = nr > 0 ? k.tasks.find(nr) : undefined;
      return task === undefined || task.taskStruct === 0 || task.state === "dead" ? 0 : of(task.taskStruct);
    },
    task(pid) {
      if (pid === 0) return 0;
      const nr = k.memory.u32(pid + k.offsetOf("pid", "numbers"));
      if (nr === 1) return init;
      if (nr === 2) return kthreadd;
      const task = k.tasks.find(nr);
      return task === undefined || task.taskStruct === 0 || task.state === "dead" ? 0 : task.taskStruct;
    },
  };
};
