import { Errno, KoboxError } from "../base/errors.ts";
import { signalNumber } from "../base/signals.ts";
import type { Routine } from "../kernel/routine.ts";
import {
  O_CREAT,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  type UserSystem,
  major,
  makedev,
  minor,
} from "../kernel/user.ts";
import type { AttachedProcess } from "../kernel/vfs/attached.ts";
import { sendSignal, signalBit } from "../kernel/vfs/calls/signals.ts";
import type { Sandbox } from "../sandbox.ts";
import { type Pending, begin, ensureRunning } from "./call.ts";
import { type Capabilities, capabilityMask } from "../base/capabilities.ts";
import { type Duration, nanosecondsOf } from "./duration.ts";
import {
  type Access,
  type File,
  type OpenOptions,
  createFile,
  openFlags,
  toBytes,
  toPath,
  toText,
} from "./file.ts";

/** "SIGTERM", "TERM" or 15. */
export type Signal = string | number;

export interface FileStatus {
  readonly type: "file" | "directory" | "character device" | "block device" | "link" | "other";
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Of a device file. */
  readonly device: { readonly major: number; readonly minor: number } | undefined;
}

export interface ProcessOptions {
  readonly capabilities?: Capabilities;
}

/** The file calls by path; each opens what it needs and closes it again. */
export interface PathCalls {
  /** Opens a file, which stays open in the process. Throws SystemCallError. */
  open(path: string, access?: Access, options?: OpenOptions): File;
  /** All of it as text, as cat reads it. */
  readFile(path: string): string;
  /** In one write, as echo does; a file that is not there is made, one that is there emptied. */
  writeFile(path: string, data: string | Uint8Array): void;
  /** Names in a directory, sorted. */
  ls(path: string): readonly string[];
  exists(path: string): boolean;
  stat(path: string): FileStatus;
  mkdir(path: string, mode?: number): void;
  unlink(path: string): void;
  /** mknod PATH c|b MAJOR MINOR */
  mknod(path: string, type: "c" | "b", major: number, minor: number, mode?: number): void;
}

/** A user process: it makes system calls one at a time, and owns the files it opens. */
export interface UserProcess extends PathCalls, Disposable {
  readonly pid: number;
  /** current->comm */
  readonly name: string;
  readonly isAlive: boolean;
  /** It is in a system call that has not ended. */
  readonly isWaiting: boolean;
  /** open(2), started and not waited for. */
  startOpen(path: string, access?: Access, options?: OpenOptions): Pending<File>;
  /** nanosleep(2), to be waited for by this process alone. */
  startSleep(duration: Duration): Pending<void>;
  /** Any sequence of system calls, e.g. `function* (sys) { return yield* sys.read(fd, 4) }`. */
  start<T>(says: string, act: (sys: UserSystem) => Routine<T>): Pending<T>;
  /** Sends it a signal. What it does not handle and is not harmless ends it. */
  kill(signal: Signal): void;
  /** From now on that signal only interrupts its system calls (EINTR). */
  handle(signal: Signal): void;
  setCapabilities(capabilities: Capabilities): void;
  /** Closes its files and ends it. */
  exit(code?: number): void;
  /** The same, if it is alive and not waiting. */
  [Symbol.dispose](): void;
}

const signalOf = (signal: Signal): number => {
  const number = typeof signal === "number" ? signal : signalNumber(signal);
  if (number !== undefined && number > 0 && number < 32) return number;
  throw new KoboxError("usage", `there is no signal ${signal}`);
};

const TYPES: Readonly<Record<number, FileStatus["type"]>> = {
  [S_IFREG]: "file",
  [S_IFDIR]: "directory",
  [S_IFCHR]: "character device",
  [S_IFBLK]: "block device",
  [S_IFLNK]: "link",
};

const READ_CHUNK = 65536;
/** A file that never ends must not fill memory. */
const MAX_FILE = 64 * 1024 * 1024;

function* readWhole(sys: UserSystem, path: string): Routine<string> {
  const fd = yield* sys.open(toPath(path), O_RDONLY);
  const parts: Uint8Array[] = [];
  try {
    for (let size = 0; size < MAX_FILE;) {
      const part = yield* sys.read(fd, READ_CHUNK);
      if (part.length === 0) break;
      parts.push(part);
      size += part.length;
    }
  } finally {
    yield* sys.close(fd);
  }
  return toText(Buffer.concat(parts));
}

function* writeWhole(sys: UserSystem, path: string, data: Uint8Array): Routine<void> {
  const fd = yield* sys.open(toPath(path), O_WRONLY | O_CREAT | O_TRUNC);
  try {
    for (let rest = data; rest.length > 0;) rest = rest.subarray(yield* sys.write(fd, rest));
  } finally {
    yield* sys.close(fd);
  }
}

function* status(sys: UserSystem, path: string): Routine<FileStatus> {
  const { mode, uid, gid, size, rdev } = yield* sys.stat(toPath(path));
  const kind = mode & S_IFMT;
  const device =
    kind === S_IFCHR || kind === S_IFBLK ? { major: major(rdev), minor: minor(rdev) } : undefined;
  return { type: TYPES[kind] ?? "other", mode: mode & 0o7777, uid, gid, size, device };
}

type Perform = <T>(says: string, act: (sys: UserSystem) => Routine<T>) => T;

const pathCalls = (perform: Perform, open: PathCalls["open"]): PathCalls => ({
  open,
  readFile: (path) => perform(`read ${path}`, (sys) => readWhole(sys, path)),
  writeFile: (path, data) => perform(`write ${path}`, (sys) => writeWhole(sys, path, toBytes(data))),
  ls: (path) =>
    perform(`ls ${path}`, function* (sys) {
      return (yield* sys.readdir(toPath(path))).map(({ name }) => toText(Buffer.from(name, "latin1"))).sort();
    }),
  exists: (path) =>
    perform(`stat ${path}`, function* (sys) {
      try {
        yield* sys.stat(toPath(path));
        return true;
      } catch (error) {
        if (error instanceof Errno) return false;
        throw error;
      }
    }),
  stat: (path) => perform(`stat ${path}`, (sys) => status(sys, path)),
  mkdir: (path, mode = 0o777) => perform(`mkdir ${path}`, (sys) => sys.mkdir(toPath(path), mode)),
  unlink: (path) => perform(`unlink ${path}`, (sys) => sys.unlink(toPath(path))),
  mknod: (path, type, majorNumber, minorNumber, mode = 0o666) =>
    perform(`mknod ${path}`, (sys) =>
      sys.mknod(toPath(path), (type === "c" ? S_IFCHR : S_IFBLK) | mode, makedev(majorNumber, minorNumber)),
    ),
});

/** Starts a process in the sandbox. */
export const createProcess = (sandbox: Sandbox, name: string, options: ProcessOptions = {}): UserProcess => {
  ensureRunning(sandbox);
  const { kernel } = sandbox;
  const attached = kernel.processes.attach({ comm: toPath(name), argv: [toPath(name)] });
  const { process } = attached;
  const { task } = process;
  const start: UserProcess["start"] = (says, act) => begin(sandbox, attached, { says, act });
  const owner = {
    begin: <T>(call: Parameters<typeof begin<T>>[2]) => begin(sandbox, attached, call),
    has: (fd: number) => task.state !== "dead" && process.files.has(fd),
  };
  const startOpen: UserProcess["startOpen"] = (path, access = "rw", opening = {}) =>
    start(`open ${path}`, function* (sys) {
      return createFile(owner, path, yield* sys.open(toPath(path), openFlags(access, opening)));
    });
  const setCapabilities = (capabilities: Capabilities): void => {
    kernel.journal.touch(process).capabilities = capabilityMask(capabilities);
  };
  if (options.capabilities !== undefined) setCapabilities(options.capabilities);
  return {
    ...pathCalls(
      (says, act) => start(says, act).wait(),
      (path, access, opening) => startOpen(path, access, opening).wait(),
    ),
    pid: task.pid,
    name,
    get isAlive() {
      return task.state !== "dead";
    },
    get isWaiting() {
      return isWaiting(attached);
    },
    start,
    startOpen,
    startSleep: (duration) => start("nanosleep", (sys) => sys.nanosleep(nanosecondsOf(duration))),
    kill(signal) {
      ensureRunning(sandbox);
      sendSignal(kernel, task.pid, signalOf(signal));
      // Between two system calls it is on its way in or out: signals are taken there.
      if (task.frames.length === 0 && task.state !== "dead") attached.perform(noCall, () => undefined);
      kernel.tasks.settle();
    },
    handle(signal) {
      kernel.journal.touch(process.signals).handled |= signalBit(signalOf(signal));
    },
    setCapabilities,
    exit: (code = 0) => leave(sandbox, attached, code),
    [Symbol.dispose]() {
      if (task.state !== "dead" && !isWaiting(attached) && kernel.stopped === undefined) {
        leave(sandbox, attached, 0);
      }
    },
  };
};

const isWaiting = ({ process: { task } }: AttachedProcess): boolean =>
  task.state !== "dead" && task.frames.length > 0;

/** A system call that does nothing but come back to user space. */
function* noCall(sys: UserSystem): Routine<void> {
  yield* sys.kill(sys.pid, 0);
}

const leave = (sandbox: Sandbox, attached: AttachedProcess, code: number): void => {
  const { task } = attached.process;
  const over = (): boolean => task.state === "dead";
  if (over()) return;
  if (isWaiting(attached)) {
    throw new KoboxError("busy", `${task.comm} (${task.pid}) cannot exit: it waits in a system call`, {
      hint: 'Kill it: process.kill("SIGKILL").',
    });
  }
  attached.exit(code);
  sandbox.runUntil(over, () => `${task.comm} does not exit`);
  sandbox.kernel.tasks.settle();
  if (over() && task.signal === 0) sandbox.kernel.tasks.reap(task);
};
