/** User processes: host programs with descriptors, a directory, credentials and signals. */
import type { ByteString } from "../../base/bytes.ts";
import type { JournalMap, JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { CALL } from "../oops/file-callers.ts";
import type { Routine } from "../routine.ts";
import type { Task } from "../task.ts";
import type { ProcessIdentity, UserSystem, WaitStatus } from "../user.ts";
import { type AttachedProcess, attach, createAttachedTask, handleAttached } from "./attached.ts";
import { type CallContext, createContext } from "./calls/context.ts";
import { controlCalls } from "./calls/control.ts";
import { memoryCalls } from "./calls/memory.ts";
import { transferCalls } from "./calls/transfers.ts";
import { descriptorCalls } from "./calls/descriptors.ts";
import { moduleCalls } from "./calls/modules.ts";
import { nameCalls } from "./calls/names.ts";
import { processCalls } from "./calls/processes.ts";
import { type TaskWork, runTaskWork } from "./calls/task-work.ts";
import { ProcessKilled, type SignalActions, newSignalActions } from "./calls/signals.ts";
import type { OpenFile } from "./operations.ts";

/** A user process. Plain data: touch before changing. */
export interface Process {
  readonly task: Task;
  readonly parent: number;
  identity: ProcessIdentity;
  directory: ByteString;
  readonly files: JournalMap<number, OpenFile>;
  capabilities: bigint;
  /** Children that have not been waited for. */
  readonly children: JournalSet<number>;
  readonly signals: SignalActions;
  /** What to do on the way back to user space. */
  readonly work: TaskWork[];
  /** Descriptors given out that have no file yet. */
  readonly reserved: JournalSet<number>;
  /** It closes its files and will not run again. */
  exiting: boolean;
}

export interface Processes {
  /** Starts a program as a process without a parent. */
  start(identity: ProcessIdentity, program: (sys: UserSystem) => Routine<number>): Process;
  /** Starts a process that does what it is told from outside. */
  attach(identity: ProcessIdentity): AttachedProcess;
  /** The first half of `start`: it exists, and waits for its program. */
  prepare(identity: ProcessIdentity): Process;
  /** The second half, for a program that makes no calls of its own. */
  begin(process: Process, program: () => Routine<number>): void;
  find(pid: number): Process | undefined;
  all(): Iterable<Process>;
  /** The running process has that capability; kernel threads have all. */
  readonly capable: (capability: number) => boolean;
}

/** What the calls on processes need of the table. */
export interface ProcessTable {
  count(): number;
  start(identity: ProcessIdentity, program: (sys: UserSystem) => Routine<number>, parent?: Process): Process;
  /** A child that has ended, forgotten by this; `pid` undefined: any. */
  reapChild(process: Process, pid: number | undefined): WaitStatus | undefined;
}

/** Key in `userWaits` of those that wait for a child. */
export const WAIT_CHILD = -1_000_000;
const ALL_CAPABILITIES = (1n << 41n) - 1n;

const commOf = ({ comm }: ProcessIdentity): ByteString => comm.slice(0, 15);

const systemOf = (context: CallContext, table: ProcessTable): UserSystem => ({
  pid: context.process.task.pid,
  parent: context.process.parent,
  ...descriptorCalls(context),
  ...controlCalls(context),
  ...transferCalls(context),
  ...memoryCalls(context),
  ...nameCalls(context),
  ...moduleCalls(context),
  ...processCalls(context, table),
});

/** exit_mm() and exit_files(). */
function* closeAll(k: Kernel, process: Process): Routine<void> {
  k.journal.touch(process).exiting = true;
  process.task.syscall = CALL.EXIT_GROUP;
  yield* runTaskWork(k, process);
  if (k.isMade("mappings")) yield* k.mappings.unmapAll(process.task.pid);
  const task = k.struct("task_struct", process.task.taskStruct);
  const owner = task.files;
  task.files = 0 as typeof task.files;
  for (const [fd, file] of process.files.entries()) {
    process.files.delete(fd);
    yield* k.vfs.close(file, owner);
  }
  yield* runTaskWork(k, process);
  if (owner !== 0) k.heap.kfree(owner);
  k.userBuffers.release(process.task.pid);
}

/** A process from its program's first step to the closing of its files. */
function* life(k: Kernel, process: Process, program: () => Routine<number>): Routine<number> {
  try {
    const code = yield* program();
    yield* closeAll(k, process);
    return code;
  } catch (error) {
    if (!(error instanceof ProcessKilled)) throw error;
    yield* closeAll(k, process);
    k.journal.touch(process.task).signal = error.signal;
    return 0;
  }
}

const newProcess = (
  k: Kernel,
  task: Task,
  identity: ProcessIdentity,
  parent: Process | undefined,
): Process => {
  const files: Process["files"] = k.journal.map();
  for (const [fd, file] of parent?.files.entries() ?? []) {
    files.set(fd, k.vfs.get(file));
  }
  const view = k.struct("task_struct", task.taskStruct);
  if (view.signal === 0)
    view.signal = k.heap.internal(new Uint8Array(k.sizeOf("signal_struct"))) as typeof view.signal;
  view.files = k.heap.internal(new Uint8Array(k.sizeOf("files_struct"))) as typeof view.files;
  return {
    task,
    parent: parent?.task.pid ?? 0,
    identity,
    directory: parent?.directory ?? "/",
    files,
    capabilities: parent?.capabilities ?? ALL_CAPABILITIES,
    children: k.journal.set(),
    // What is ignored stays so over fork() and execve(); handlers are not.
    signals: { ...newSignalActions(), ignored: parent?.signals.ignored ?? 0 },
    work: [],
    reserved: k.journal.set(),
    exiting: false,
  };
};

/** Whoever ends tells its parent, and takes with it what nobody will wait for. */
const watchEnds = (k: Kernel, processes: JournalMap<number, Process>): void => {
  k.tasks.ended.push((task) => {
    const process = processes.get(task.pid);
    if (process === undefined) return;
    k.userWaits.wakeAll(WAIT_CHILD);
    const parent = processes.get(process.parent);
    // Nobody will wait for it, nor for its children that ended before it.
    if (parent === undefined || parent.task.state === "dead") processes.delete(task.pid);
    for (const child of process.children.values()) {
      if (processes.get(child)?.task.state === "dead") processes.delete(child);
    }
    // What an oops ended has not closed its files; that may run guest code.
    if (process.files.size > 0) k.tasks.spawn({ comm: task.comm, kind: "user" }, closeAll(k, process));
  });
};

export const createProcesses = (k: Kernel): Processes => {
  const processes = k.journal.map<number, Process>();
  const prepare = (identity: ProcessIdentity, parent?: Process): Process => {
    const task = k.tasks.create({ comm: commOf(identity), kind: "user" });
    const process = newProcess(k, task, identity, parent);
    processes.set(task.pid, process);
    parent?.children.add(task.pid);
    return process;
  };
  const begin: Processes["begin"] = (process, program) => {
    k.tasks.begin(process.task, life(k, process, program));
  };
  const start: ProcessTable["start"] = (identity, program, parent) => {
    const process = prepare(identity, parent);
    begin(process, () => program(systemOf(createContext(k, process), table)));
    return process;
  };
  const reapChild: ProcessTable["reapChild"] = (process, pid) => {
    for (const child of process.children.values()) {
      if (pid !== undefined && child !== pid) continue;
      const task = k.tasks.find(child);
      if (task !== undefined && task.state !== "dead") continue;
      process.children.delete(child);
      processes.delete(child);
      if (task !== undefined) k.tasks.reap(task);
      return { pid: child, code: task?.exitCode ?? 0, signal: task?.signal ?? 0 };
    }
    return undefined;
  };
  const table: ProcessTable = { count: () => processes.size, start, reapChild };
  watchEnds(k, processes);
  handleAttached(k);
  return {
    start: (identity, program) => start(identity, program),
    attach(identity) {
      const process = newProcess(k, createAttachedTask(k, commOf(identity)), identity, undefined);
      processes.set(process.task.pid, process);
      const system = systemOf(createContext(k, process), table);
      return attach(k, process, system, (program) => life(k, process, program));
    },
    prepare: (identity) => prepare(identity),
    begin,
    find: (pid) => processes.get(pid),
    all: () => processes.values(),
    capable(capability) {
      const process = processes.get(k.current.pid);
      return process === undefined || (process.capabilities & (1n << BigInt(capability))) !== 0n;
    },
  };
};
