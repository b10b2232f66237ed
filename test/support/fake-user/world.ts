import type { ByteString } from "../../../src/base/bytes.ts";
import type { Routine } from "../../../src/kernel/routine.ts";
import type { LogRecord, ProcessIdentity, UserSystem, WaitStatus } from "../../../src/kernel/user.ts";
import { type Driver, type Inode, makeInode } from "./files.ts";
import { createSystem } from "./system.ts";

export interface Pipe {
  data: Buffer;
  readers: number;
  writers: number;
}

/** An open file, shared by the descriptors that dup and fork make. */
export interface OpenFile {
  readonly inode: Inode | undefined;
  readonly pipe: Pipe | undefined;
  readonly end: "read" | "write";
  readonly flags: number;
  position: number;
  references: number;
}

export interface Process {
  readonly pid: number;
  readonly parent: number;
  identity: ProcessIdentity;
  cwd: ByteString;
  readonly descriptors: Map<number, OpenFile>;
  routine: Routine<number> | undefined;
  deadline: number | undefined;
  ended: WaitStatus | undefined;
}

/** What loads modules in the fake kernel; throws Errno. */
export interface FakeModules {
  load(image: Uint8Array, parameters: ByteString, by: "init_module" | "finit_module"): number;
  unload(name: ByteString, flags: number): void;
}

/** A small operating system in memory, to test host programs without a kernel. */
export interface World {
  readonly root: Inode;
  readonly processes: Map<number, Process>;
  readonly log: LogRecord[];
  modules: FakeModules | undefined;
  /** Virtual nanoseconds since boot. */
  time: number;
  /** Counts what happened, to see that nothing can any more. */
  activity: number;
  nextPid: number;
}

export const createWorld = (): World => {
  const root = makeInode(0o40755);
  const world: World = {
    root,
    processes: new Map(),
    log: [],
    modules: undefined,
    time: 2e9,
    activity: 0,
    nextPid: 80,
  };
  for (const name of ["dev", "proc", "sys", "tmp", "m"]) root.children?.set(name, makeInode(0o40755));
  device(world, "null", 0x103, { read: () => new Uint8Array(), write: (bytes) => bytes.length });
  device(world, "zero", 0x105, { read: (_, count) => new Uint8Array(count), write: (bytes) => bytes.length });
  return world;
};

export const device = (world: World, name: string, rdev: number, driver: Driver): void => {
  world.root.children?.get("dev")?.children?.set(name, makeInode(0o20666, { rdev, driver }));
};

/** Puts a file, with the folders above it. */
export const putFile = (
  world: World,
  path: string,
  content: string | Uint8Array | Driver,
  mode = 0o644,
): void => {
  let folder = world.root;
  const parts = path.split("/").filter((part) => part !== "");
  const name = parts.pop() ?? "";
  for (const part of parts) {
    let next = folder.children?.get(part);
    if (next === undefined) {
      next = makeInode(0o40755);
      folder.children?.set(part, next);
    }
    folder = next;
  }
  const isData = typeof content === "string" || content instanceof Uint8Array;
  const fields = isData ? { data: Buffer.from(content as string, "latin1") } : { driver: content };
  folder.children?.set(name, makeInode(0o100000 | mode, fields));
};

const closeAll = (process: Process): void => {
  for (const fd of process.descriptors.keys()) release(process, fd);
};

/** Drops a descriptor; false when it is not open. */
export const release = (process: Process, fd: number): boolean => {
  const file = process.descriptors.get(fd);
  if (file === undefined) return false;
  process.descriptors.delete(fd);
  file.references -= 1;
  if (file.references === 0 && file.pipe !== undefined)
    file.pipe[file.end === "read" ? "readers" : "writers"] -= 1;
  return true;
};

export const endProcess = (
  world: World,
  process: Process,
  status: { code: number; signal: number },
): void => {
  if (process.ended !== undefined) return;
  process.ended = { pid: process.pid, ...status };
  process.routine = undefined;
  world.activity += 1;
  closeAll(process);
};

export const startProcess = (
  world: World,
  parent: Process | undefined,
  identity: ProcessIdentity,
  program: (sys: UserSystem) => Routine<number>,
): Process => {
  const process: Process = {
    pid: world.nextPid++,
    parent: parent?.pid ?? 0,
    identity,
    cwd: parent?.cwd ?? "/tmp",
    descriptors: new Map(parent?.descriptors),
    routine: undefined,
    deadline: undefined,
    ended: undefined,
  };
  for (const file of process.descriptors.values()) file.references += 1;
  world.processes.set(process.pid, process);
  world.activity += 1;
  process.routine = program(createSystem(world, process));
  return process;
};

const step = (world: World, process: Process): void => {
  const { routine } = process;
  if (routine === undefined) return;
  process.deadline = undefined;
  const result = routine.next(0n);
  if (process.ended !== undefined) return;
  if (result.done === true) endProcess(world, process, { code: result.value & 255, signal: 0 });
  else if (result.value.kind === "block") process.deadline = result.value.deadline;
  else if (result.value.kind === "yield") world.activity += 1;
  else throw new Error("the fake kernel runs no guest code");
};

/** Lets everything run until `done`, letting time jump when all wait; false when nothing can run any more. */
export const runUntil = (world: World, done: () => boolean): boolean => {
  for (;;) {
    const { activity } = world;
    for (const one of world.processes.values()) step(world, one);
    if (done()) return true;
    if (world.activity !== activity) continue;
    const deadlines = [...world.processes.values()].flatMap((one) => one.deadline ?? []);
    if (deadlines.length === 0) return false;
    world.time = Math.max(world.time, Math.min(...deadlines));
    world.activity += 1;
  }
};

export const runUntilEnd = (world: World, process: Process): WaitStatus => {
  if (!runUntil(world, () => process.ended !== undefined) || process.ended === undefined)
    throw new Error("deadlock");
  return process.ended;
};
