import type { ByteString } from "../../base/bytes.ts";
import {
  EBADF,
  ECHILD,
  EAGAIN,
  EINTR,
  EINVAL,
  EISDIR,
  ENOENT,
  ENOTDIR,
  EPERM,
  ESRCH,
  MAX_ERRNO,
} from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { checkImageSize, loadModule, mayInitModule } from "../modules/load.ts";
import { deleteModule } from "../modules/unload.ts";
import { SYSCALL } from "../oops/user-registers.ts";
import { type Routine, block } from "../routine.ts";
import type { Task } from "../task.ts";
import {
  O_RDONLY,
  O_WRONLY,
  type PollEntry,
  type ProcessIdentity,
  type Stat,
  type UserSystem,
  type WaitStatus,
  makedev,
} from "../user.ts";
import { regularFiles } from "./kept-files.ts";
import { type Node, kernelMajor, kernelMinor, makeKernelDev } from "./node.ts";
import type { OpenFile } from "./operations.ts";
import { pipeOperations } from "./pipe.ts";
import { HARMLESS, ProcessKilled, deliverSignals, systemCall } from "./system-call.ts";

/** A user process: a host program with descriptors, a directory and credentials. */
export interface Process {
  readonly task: Task;
  readonly parent: number;
  identity: ProcessIdentity;
  directory: ByteString;
  readonly files: Map<number, OpenFile>;
  capabilities: bigint;
  /** Children that have not been waited for. */
  readonly children: Set<number>;
  /** Signals, as bits like `Task.pending`, that only interrupt its system calls. */
  handled: number;
}

export interface Processes {
  /** Starts a program as a process without a parent. */
  start(identity: ProcessIdentity, program: (sys: UserSystem) => Routine<number>): Process;
  find(pid: number): Process | undefined;
  all(): Iterable<Process>;
  /** A process is gone: descriptors closed, parent told. */
  readonly capable: (capability: number) => boolean;
}

const ALL_CAPABILITIES = (1n << 41n) - 1n;
/** RLIMIT_NPROC, so that a fork bomb ends. */
const MAX_PROCESSES = 1024;
const MAX_FILE = 64 * 1024 * 1024;
const READ_CHUNK = 1 << 20;

export const createProcesses = (k: Kernel): Processes => {
  const processes = k.journal.map<number, Process>();
  const state = { pipes: 0 };
  const regular = regularFiles(k.journal);

  const start = (
    identity: ProcessIdentity,
    program: (sys: UserSystem) => Routine<number>,
    parent?: Process,
  ): Process => {
    const files = new Map(parent?.files);
    for (const file of files.values()) file.references += 1;
    const holder: { process: Process | undefined } = { process: undefined };
    function* body(): Routine<number> {
      const { process } = holder;
      if (process === undefined) return 0;
      try {
        const code = yield* program(systemOf(process));
        yield* closeAll(process);
        return code;
      } catch (error) {
        if (!(error instanceof ProcessKilled)) throw error;
        yield* closeAll(process);
        k.journal.touch(process.task).signal = error.signal;
        return 0;
      }
    }
    const task = k.tasks.spawn({ comm: identity.comm.slice(0, 15), kind: "user" }, body());
    const process: Process = {
      task,
      parent: parent?.task.pid ?? 0,
      identity,
      directory: parent?.directory ?? "/",
      files,
      capabilities: parent?.capabilities ?? ALL_CAPABILITIES,
      children: new Set(),
      handled: 0,
    };
    holder.process = process;
    processes.set(task.pid, process);
    parent?.children.add(task.pid);
    return process;
  };

  function* closeAll(process: Process): Routine<void> {
    for (const [fd, file] of process.files) {
      process.files.delete(fd);
      yield* k.vfs.close(file);
    }
  }

  const systemOf = (process: Process): UserSystem => {
    const { task, files } = process;
    const { vfs } = k;
    const { tree } = vfs;
    const fileOf = (fd: number): OpenFile => {
      const file = files.get(fd);
      if (file === undefined) throw new Errno(EBADF);
      return file;
    };
    const install = (file: OpenFile): number => {
      let fd = 0;
      while (files.has(fd)) fd += 1;
      files.set(fd, file);
      return fd;
    };
    const resolve = (path: ByteString, follow: "all" | "not-last" = "all"): Node =>
      tree.resolve(path, { from: process.directory, follow });
    const call = <T>(number: number, body: Routine<T>): Routine<T> => systemCall(k, process, number, body);
    const deliver = (): void => deliverSignals(k, process);
    const interrupted = (): void => {
      const { pending } = task;
      deliver();
      if ((pending & ~HARMLESS) !== 0) throw new Errno(EINTR);
    };

    return {
      pid: task.pid,
      parent: process.parent,
      *open(path, flags, mode = 0o666) {
        return install(yield* call(SYSCALL.OPEN, vfs.open(path, process.directory, flags, mode & ~0o22)));
      },
      *close(fd) {
        const file = fileOf(fd);
        files.delete(fd);
        yield* call(SYSCALL.CLOSE, vfs.close(file));
      },
      read: (fd, count) => call(SYSCALL.READ, vfs.read(fileOf(fd), count)),
      write: (fd, bytes) => call(SYSCALL.WRITE, vfs.write(fileOf(fd), bytes)),
      lseek: (fd, offset, whence) => call(SYSCALL.LSEEK, vfs.lseek(fileOf(fd), offset, whence)),
      ioctl: (fd, request, argument) => call(SYSCALL.IOCTL, vfs.ioctl(fileOf(fd), request, argument)),
      *poll(entries, timeout) {
        const until = timeout === undefined ? undefined : k.clock.now() + timeout;
        for (;;) {
          const ready = yield* pollOnce(entries);
          if (ready.some((events) => events !== 0) || (until !== undefined && k.clock.now() >= until))
            return ready;
          // Drivers wake their own wait queues; looking again every tick finds what they did.
          const next = k.clock.now() + 1_000_000;
          yield block("poll", {
            deadline: until === undefined ? next : Math.min(next, until),
            interruptible: true,
          });
          interrupted();
        }
      },
      *dup2(from, to) {
        const file = fileOf(from);
        if (from === to) return;
        const old = files.get(to);
        files.set(to, file);
        file.references += 1;
        if (old !== undefined) yield* vfs.close(old);
      },
      *pipe() {
        k.journal.touch(state).pipes += 1;
        const operations = pipeOperations(k, -state.pipes);
        const node = { ...tree.newFile(0o600), mode: 0o10600 };
        const reader = install(vfs.adopt(node, O_RDONLY, operations));
        return [reader, install(vfs.adopt(node, O_WRONLY, operations))];
      },
      *memfd(_name, contents) {
        return install(vfs.adopt(tree.newFile(0o777, contents.slice()), 2, regular));
      },
      *stat(path) {
        return statOf(resolve(path));
      },
      *lstat(path) {
        return statOf(resolve(path, "not-last"));
      },
      *fstat(fd) {
        return statOf(fileOf(fd).node);
      },
      *readdir(path) {
        const node = resolve(path);
        if (node.kind !== "directory") throw new Errno(ENOTDIR);
        const listed = [...node.entries.entries()].map(([name, each]) => ({
          name,
          ino: each.ino,
          type: each.mode & 0o170000,
        }));
        const dynamic = (node.dynamic?.names() ?? []).map((name) => ({ name, ino: 0, type: 0o040000 }));
        return [...listed, ...dynamic];
      },
      *mkdir(path, mode) {
        const { directory, name } = tree.parent(path, process.directory);
        tree.add(directory, name, tree.newDirectory(mode & 0o777));
      },
      *rmdir(path) {
        const { directory, name } = tree.parent(path, process.directory);
        if (directory.entries.get(name)?.kind === "file") throw new Errno(ENOTDIR);
        tree.remove(directory, name);
      },
      *mknod(path, mode, device) {
        const { directory, name } = tree.parent(path, process.directory);
        const rdev = makeKernelDev(
          Math.floor(device / 0x100) & 0xfff,
          (device & 0xff) + Math.floor(device / 0x100000) * 0x100,
        );
        const node =
          (mode & 0o170000) === 0o100000 ? tree.newFile(mode & 0o777) : tree.newDevice(mode & 0o777, rdev);
        node.mode = mode;
        tree.add(directory, name, node);
      },
      *unlink(path) {
        const { directory, name } = tree.parent(path, process.directory);
        if (directory.entries.get(name)?.kind === "directory") throw new Errno(EISDIR);
        if (/^\/(proc|sys)\//.test(path)) throw new Errno(EPERM);
        tree.remove(directory, name);
      },
      *symlink(target, path) {
        const { directory, name } = tree.parent(path, process.directory);
        tree.add(directory, name, tree.newSymlink(target));
      },
      *readlink(path) {
        const node = resolve(path, "not-last");
        if (node.kind !== "symlink") throw new Errno(EINVAL);
        return node.target;
      },
      *rename(from, to) {
        const source = tree.parent(from, process.directory);
        const node = source.directory.entries.get(source.name);
        if (node === undefined) throw new Errno(ENOENT);
        const target = tree.parent(to, process.directory);
        if (target.directory.entries.has(target.name)) tree.remove(target.directory, target.name);
        source.directory.entries.delete(source.name);
        tree.add(target.directory, target.name, node);
      },
      *truncate(path, length) {
        const node = resolve(path);
        if (node.kind !== "file") return;
        const data = new Uint8Array(length);
        data.set(node.data.subarray(0, length));
        k.journal.touch(node).data = data;
      },
      *chmod(path, mode) {
        const node = resolve(path);
        k.journal.touch(node).mode = (node.mode & 0o170000) | (mode & 0o7777);
      },
      *access(path) {
        resolve(path);
      },
      *chdir(path) {
        if (resolve(path).kind !== "directory") throw new Errno(ENOTDIR);
        process.directory = normalise(path.startsWith("/") ? path : `${process.directory}/${path}`);
      },
      getcwd: () => process.directory,

      *initModule(image, parameters) {
        mayInitModule(k.modules);
        checkImageSize(image);
        return returned(yield* call(SYSCALL.INIT_MODULE, loadModule(k.modules, image, parameters, 0)));
      },
      *finitModule(fd, parameters, flags) {
        mayInitModule(k.modules);
        const bytes = yield* readWhole(fileOf(fd));
        if (bytes.length === 0) throw new Errno(EINVAL);
        return returned(yield* call(SYSCALL.FINIT_MODULE, loadModule(k.modules, bytes, parameters, flags)));
      },
      deleteModule: (name, flags) => call(SYSCALL.DELETE_MODULE, deleteModule(k.modules, name, flags)),

      log: () =>
        k.log
          .since(k.log.cleared)
          .map(({ level, facility, timestamp, text }) => ({ level, facility, time: timestamp, text })),
      clearLog: () => k.log.clear(),
      *nanosleep(nanoseconds) {
        const until = k.clock.now() + nanoseconds;
        while (k.clock.now() < until) {
          yield block("nanosleep", { deadline: until, interruptible: true });
          interrupted();
        }
      },
      uptime: () => k.clock.now(),
      realtime: () => k.clock.realtime(),
      *spawn(identity, program) {
        if (processes.size >= MAX_PROCESSES) throw new Errno(EAGAIN);
        return start(identity, program, process).task.pid;
      },
      *waitpid(pid) {
        for (;;) {
          const ended = reapChild(process, pid);
          if (ended !== undefined) return ended;
          if (process.children.size === 0 || (pid !== undefined && !process.children.has(pid)))
            throw new Errno(ECHILD);
          k.userWaits.join(WAIT_CHILD, task);
          yield block("a child to end", { interruptible: true });
          interrupted();
        }
      },
      waitpidNow: (pid) => reapChild(process, pid),
      setIdentity(identity) {
        process.identity = identity;
        process.handled = 0;
        k.tasks.setComm(task, identity.comm.slice(0, 15));
      },
      *kill(pid, signal) {
        const target = k.tasks.find(pid);
        if (target === undefined) throw new Errno(ESRCH);
        if (signal !== 0) k.tasks.signal(target, signal);
        deliver();
      },
      uname: () => ({
        sysname: "Linux",
        nodename: "(none)",
        release: k.profile.release,
        version: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2",
        machine: "x86_64",
      }),
      getuid: () => 0,
      *setCapabilities(mask) {
        process.capabilities = mask;
      },
    };

    function* pollOnce(entries: readonly PollEntry[]): Routine<number[]> {
      const ready: number[] = [];
      for (const { fd, events } of entries) {
        ready.push((yield* call(SYSCALL.POLL, vfs.poll(fileOf(fd)))) & (events | 0x18));
      }
      return ready;
    }
    function* readWhole(file: OpenFile): Routine<Uint8Array> {
      if (file.node.kind === "file") return file.node.data;
      const parts: Uint8Array[] = [];
      for (let size = 0; size < MAX_FILE;) {
        const part = yield* vfs.read(file, READ_CHUNK);
        if (part.length === 0) break;
        size += part.length;
        parts.push(part);
      }
      return Buffer.concat(parts);
    }
  };

  k.tasks.ended.push((task) => {
    const process = processes.get(task.pid);
    if (process === undefined) return;
    k.userWaits.wakeAll(WAIT_CHILD);
    const parent = processes.get(process.parent);
    // Nobody will wait for it, nor for its children that ended before it.
    if (parent === undefined || parent.task.state === "dead") processes.delete(task.pid);
    for (const child of process.children) {
      if (processes.get(child)?.task.state === "dead") processes.delete(child);
    }
    // What an oops ended has not closed its files; that may run guest code.
    if (process.files.size > 0) k.tasks.spawn({ comm: task.comm, kind: "user" }, closeAll(process));
  });

  const reapChild = (process: Process, pid: number | undefined): WaitStatus | undefined => {
    for (const child of process.children) {
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

  return {
    start: (identity, program) => start(identity, program),
    find: (pid) => processes.get(pid),
    all: () => processes.values(),
    capable(capability) {
      const process = processes.get(k.current.pid);
      return process === undefined || (process.capabilities & (1n << BigInt(capability))) !== 0n;
    },
  };
};

/** A system call's result as libc hands it on: only -1 to -4095 is an errno. */
const returned = (result: number): number => {
  if (result < 0 && result >= -MAX_ERRNO) throw new Errno(-result);
  return result;
};

const WAIT_CHILD = -1_000_000;

const normalise = (path: ByteString): ByteString => {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
};

const statOf = (node: Node): Stat => {
  const size = node.kind === "file" ? node.data.length : node.kind === "special" ? node.size : 0;
  return {
    ino: node.ino,
    mode: node.mode,
    nlink: node.kind === "directory" ? 2 : 1,
    uid: node.uid,
    gid: node.gid,
    rdev: node.kind === "device" ? makedev(kernelMajor(node.rdev), kernelMinor(node.rdev)) : 0,
    size: node.kind === "symlink" ? node.target.length : size,
    blocks: node.kind === "special" ? 0 : Math.ceil(size / 512),
    mtime: node.mtime,
  };
};
