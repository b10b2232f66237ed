import { type Address, PAGE_SIZE } from "../base/address.ts";
import { ENOMEM } from "../base/errno.ts";
import { Errno, type RunEnd } from "../base/errors.ts";
import type { ByteString } from "../base/bytes.ts";
import type { Machine } from "../machine/machine.ts";
import type { Journal } from "./journal.ts";
import type { Inherited } from "./sched/init-task.ts";
import type { Task, TaskOptions } from "./task.ts";

/** THREAD_SIZE on x86-64: 16 KiB, in the vmalloc area with a guard page below (CONFIG_VMAP_STACK). */
const STACK_PAGES = 4;
/** From one stack to the next. */
export const STACK_STRIDE = (STACK_PAGES + 4) * PAGE_SIZE;
export const STACK_AREA: Address = -0x36ff_f000_0000;
/** `STACK_END_MAGIC`, at the low end of each stack (include/uapi/linux/magic.h). */
const STACK_END_MAGIC = 0x57ac6e9dn;

/** What the task table needs of the machine: a stack, and a `task_struct` for the guest to see. */
export interface TaskMemory {
  allocateStack(): { low: Address; high: Address };
  releaseStack(stack: { low: Address; high: Address }): void;
  /** A filled-in task_struct; 0 where the task has none (interrupts). */
  createTaskStruct(pid: number, options: TaskOptions, stack: Address): Address;
  releaseTaskStruct(address: Address): void;
  /** From now on `head` (init_task) heads the list of all processes. */
  list(head: Address, taskStructs: readonly Address[]): void;
  /** The task is no longer among them. */
  unlist(taskStruct: Address): void;
  setState(taskStruct: Address, state: number): void;
  setComm(taskStruct: Address, comm: ByteString): void;
  /** What signal_pending() and `current->pending` show. */
  setPending(taskStruct: Address, pending: number): void;
  /** The machine has come to an end: nothing runs any more. */
  stopped(): boolean;
  /** Host code gave up. */
  cannotGoOn(error: RunEnd): void;
  /** Sets a task_struct's state to running; false when it was. */
  stayAwake(taskStruct: Address): boolean;
  /** The guest's preempt_count is not zero. */
  preemptionOff(): boolean;
  interruptsOff(): boolean;
  /** A task has given up the CPU, to wait or to let others go first. */
  sleeps(task: Task): void;
  /** Makes `taskStruct` the guest's `current`. */
  setCurrent(taskStruct: Address): void;
}

export interface TaskStructs {
  readonly size: number;
  offset(field: string): number;
}

/** What a task_struct needs from elsewhere. */
export interface TaskMemoryHost {
  structs: TaskStructs;
  /** Zeroed kernel memory that is never given back. */
  allocate(size: number): Address;
  setCurrent(taskStruct: Address): void;
  /** Fills in what a new task_struct refers to: struct pid and signal_struct, at `behind`. */
  introduce(taskStruct: Address, behind: Address, pid: number): void;
  sleeps(task: Task): void;
  stopped(): boolean;
  cannotGoOn(error: RunEnd): void;
  preemptionOff(): boolean;
  interruptsOff(): boolean;
  readonly inherited: Inherited;
}

/** arch/x86/include/asm/thread_info.h */
const TIF_SIGPENDING = 1 << 2;
/** Room behind each task_struct for the structures that belong to it alone. */
const SIBLING_BYTES = 2048;
/** PIDs of the processes from which all others come. */
const INIT = 1;
const KTHREADD = 2;
const PF_KTHREAD = 0x0020_0000;

export const createTaskMemory = (machine: Machine, journal: Journal, host: TaskMemoryHost): TaskMemory => {
  const { memory } = machine;
  const { structs } = host;
  const freeStacks: Address[] = [];
  const freeStructs: Address[] = [];
  const state = { stacks: 0, credentials: 0, mm: 0, handlers: 0, list: 0, ancestors: [] as Address[] };

  const shared = (field: "credentials" | "mm" | "handlers", size: number): Address => {
    if (state[field] === 0) journal.touch(state)[field] = host.allocate(size);
    return state[field];
  };

  return {
    allocateStack() {
      const reused = freeStacks.length > 0 ? journal.touch(freeStacks).pop() : undefined;
      if (reused !== undefined) return { low: reused, high: reused + STACK_PAGES * PAGE_SIZE };
      const frame = machine.frames.allocate(STACK_PAGES);
      if (frame === undefined) throw new Errno(ENOMEM);
      const low = STACK_AREA + journal.touch(state).stacks * STACK_STRIDE;
      state.stacks += 1;
      machine.map(low, frame, STACK_PAGES, { write: true, execute: false });
      memory.setU64(low, STACK_END_MAGIC);
      return { low, high: low + STACK_PAGES * PAGE_SIZE };
    },
    releaseStack: ({ low }) => void journal.touch(freeStacks).push(low),
    createTaskStruct(pid, options, stack) {
      if (options.kind === "interrupt") return 0;
      const reused = freeStructs.length > 0 ? journal.touch(freeStructs).pop() : undefined;
      const address = reused ?? host.allocate(structs.size + SIBLING_BYTES);
      memory.fill(address, 0, structs.size + SIBLING_BYTES);
      host.introduce(address, address + structs.size, pid);
      if (state.list !== 0 && pid !== 0) link(address);
      if (pid === INIT || pid === KTHREADD) journal.touch(state.ancestors)[pid - 1] = address;
      const parent = state.ancestors[options.kind === "kthread" ? 1 : 0] ?? address;
      memory.setPointer(address + structs.offset("real_parent"), parent);
      memory.setPointer(address + structs.offset("parent"), parent);
      memory.setPointer(address + structs.offset("stack"), stack);
      memory.setU32(address + structs.offset("pid"), pid);
      memory.setU32(address + structs.offset("tgid"), pid);
      memory.setU32(address + structs.offset("usage"), 1);
      memory.setU32(address + structs.offset("flags"), options.kind === "kthread" ? PF_KTHREAD : 0);
      memory.setU32(address + structs.offset("prio"), 120);
      memory.setU32(address + structs.offset("static_prio"), 120);
      memory.setU32(address + structs.offset("nr_cpus_allowed"), 1);
      setComm(address, options.comm);
      const handlers = shared("handlers", 4096);
      memory.setPointer(address + structs.offset("sighand"), handlers);
      const credentials = shared("credentials", 512);
      memory.write(credentials, host.inherited.credentials);
      memory.setU32(credentials, 1);
      memory.setPointer(address + structs.offset("nsproxy"), host.inherited.nsproxy);
      memory.setPointer(address + structs.offset("cred"), credentials);
      memory.setPointer(address + structs.offset("real_cred"), credentials);
      memory.setPointer(address + structs.offset("group_leader"), address);
      if (options.kind === "user") memory.setPointer(address + structs.offset("mm"), shared("mm", PAGE_SIZE));
      return address;
    },
    releaseTaskStruct: (address) => void journal.touch(freeStructs).push(address),
    list(head, taskStructs) {
      journal.touch(state).list = head;
      memory.setPointer(listOf(head), listOf(head));
      memory.setPointer(listOf(head) + 8, listOf(head));
      for (const each of taskStructs) link(each);
    },
    unlist(taskStruct) {
      if (state.list === 0 || taskStruct === 0) return;
      const at = listOf(taskStruct);
      const [next, previous] = [memory.pointer(at), memory.pointer(at + 8)];
      memory.setPointer(next + 8, previous);
      memory.setPointer(previous, next);
    },
    setState: (taskStruct, value) => memory.setU32(taskStruct + structs.offset("__state"), value),
    setCurrent: host.setCurrent,
    sleeps: host.sleeps,
    stopped: host.stopped,
    cannotGoOn: host.cannotGoOn,
    stayAwake(taskStruct) {
      const at = taskStruct + structs.offset("__state");
      if (memory.u32(at) === 0) return false;
      memory.setU32(at, 0);
      return true;
    },
    preemptionOff: host.preemptionOff,
    interruptsOff: host.interruptsOff,
    setPending(taskStruct, pending) {
      // sigset_t follows the list head of struct sigpending; thread_info is the first member.
      memory.setU64(taskStruct + structs.offset("pending") + 16, BigInt(pending >>> 0));
      const flags = memory.u32(taskStruct) & ~TIF_SIGPENDING;
      memory.setU32(taskStruct, pending === 0 ? flags : flags | TIF_SIGPENDING);
    },
    setComm,
  };

  function listOf(taskStruct: Address): Address {
    return taskStruct + structs.offset("tasks");
  }
  /** At the end of the list of all processes. */
  function link(taskStruct: Address): void {
    const [head, at] = [listOf(state.list), listOf(taskStruct)];
    const last = memory.pointer(head + 8);
    memory.setPointer(at, head);
    memory.setPointer(at + 8, last);
    memory.setPointer(last, at);
    memory.setPointer(head + 8, at);
  }

  function setComm(address: Address, comm: ByteString): void {
    memory.setCstring(address + structs.offset("comm"), comm.slice(0, 15));
  }
};
