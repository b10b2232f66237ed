import {
  EBADF,
  ECHILD,
  EEXIST,
  EINVAL,
  EISDIR,
  ENOENT,
  ENOSYS,
  ENOTDIR,
  ENOTEMPTY,
  ENOTTY,
  EPIPE,
  ESRCH,
} from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { block } from "../../../src/kernel/routine.ts";
import {
  O_APPEND,
  O_CREAT,
  O_TRUNC,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  type Stat,
  type UserSystem,
} from "../../../src/kernel/user.ts";
import { create, type Inode, lookup, makeInode, walk } from "./files.ts";
import {
  endProcess,
  type OpenFile,
  type Pipe,
  type Process,
  release,
  startProcess,
  type World,
} from "./world.ts";

const fail = (errno: number): never => {
  throw new Errno(errno);
};

const statOf = (inode: Inode): Stat => ({
  ino: inode.ino,
  mode: inode.mode,
  nlink: inode.children === undefined ? 1 : 2,
  uid: 0,
  gid: 0,
  rdev: inode.rdev,
  size: inode.data.length,
  blocks: Math.ceil(inode.data.length / 4096) * 8,
  mtime: inode.mtime,
});

const install = (process: Process, file: OpenFile): number => {
  let fd = 0;
  while (process.descriptors.has(fd)) fd += 1;
  process.descriptors.set(fd, file);
  return fd;
};

const openFile = (fields: Partial<OpenFile>): OpenFile => ({
  inode: undefined,
  pipe: undefined,
  end: "read",
  flags: 0,
  position: 0,
  references: 1,
  ...fields,
});

type Files = Pick<
  UserSystem,
  "open" | "close" | "read" | "write" | "lseek" | "ioctl" | "poll" | "dup2" | "pipe" | "memfd" | "fstat"
>;

const files = (world: World, process: Process): Files => {
  const get = (fd: number): OpenFile => process.descriptors.get(fd) ?? fail(EBADF);
  const touched = <T>(value: T): T => {
    world.activity += 1;
    return value;
  };
  return {
    *open(path, flags) {
      const found = walk(world.root, process.cwd, path, "follow");
      let { inode } = found;
      if (inode === undefined) {
        if ((flags & O_CREAT) === 0) return fail(ENOENT);
        inode = create(world.root, process.cwd, found.path, makeInode(S_IFREG | 0o644));
      }
      if (inode.children !== undefined && (flags & 3) !== 0) return fail(EISDIR);
      if ((flags & O_TRUNC) !== 0 && inode.driver === undefined) inode.data = new Uint8Array();
      return touched(install(process, openFile({ inode, flags })));
    },
    *close(fd) {
      if (!release(process, fd)) fail(EBADF);
      touched(0);
    },
    *read(fd, count) {
      const file = get(fd);
      if (file.pipe !== undefined) {
        while (file.pipe.data.length === 0 && file.pipe.writers > 0) yield block("pipe");
        const bytes = file.pipe.data.subarray(0, count);
        file.pipe.data = file.pipe.data.subarray(bytes.length);
        return touched(bytes);
      }
      if (file.inode?.children !== undefined) return fail(EISDIR);
      const { driver, data } = file.inode ?? fail(EBADF);
      const bytes =
        driver?.read?.(file.position, count) ?? data.subarray(file.position, file.position + count);
      file.position += bytes.length;
      return touched(bytes);
    },
    *write(fd, bytes) {
      const file = get(fd);
      if (file.pipe !== undefined) {
        while (file.pipe.data.length > 65536 && file.pipe.readers > 0) yield block("pipe");
        if (file.pipe.readers === 0) return fail(EPIPE);
        file.pipe.data = Buffer.concat([file.pipe.data, bytes]);
        return touched(bytes.length);
      }
      const inode = file.inode ?? fail(EBADF);
      if ((file.flags & 3) === 0) return fail(EBADF);
      if (inode.driver?.write !== undefined) return touched(inode.driver.write(bytes));
      if ((file.flags & O_APPEND) !== 0) file.position = inode.data.length;
      const grown = Buffer.alloc(Math.max(inode.data.length, file.position + bytes.length));
      grown.set(inode.data);
      grown.set(bytes, file.position);
      inode.data = grown;
      file.position += bytes.length;
      return touched(bytes.length);
    },
    *lseek(fd, offset, whence) {
      const file = get(fd);
      file.position = [0, file.position, file.inode?.data.length ?? 0][whence] ?? 0;
      file.position += offset;
      return file.position;
    },
    *ioctl(fd, request, argument) {
      return get(fd).inode?.driver?.ioctl?.(request, argument) ?? fail(ENOTTY);
    },
    *poll(entries, timeout) {
      const until = timeout === undefined ? undefined : world.time + timeout;
      for (;;) {
        const events = entries.map((entry) => (get(entry.fd).inode?.driver?.poll?.() ?? 5) & entry.events);
        if (events.some((event) => event !== 0) || (until !== undefined && world.time >= until))
          return events;
        yield block("poll", { deadline: until });
      }
    },
    *dup2(from, to) {
      const file = get(from);
      if (from === to) return;
      release(process, to);
      file.references += 1;
      process.descriptors.set(to, file);
      touched(0);
    },
    *pipe() {
      const pipe: Pipe = { data: Buffer.alloc(0), readers: 1, writers: 1 };
      const from = install(process, openFile({ pipe, end: "read" }));
      return [from, install(process, openFile({ pipe, end: "write" }))];
    },
    *memfd(_name, contents) {
      return install(process, openFile({ inode: makeInode(S_IFREG | 0o777, { data: contents }), flags: 2 }));
    },
    *fstat(fd) {
      const { inode } = get(fd);
      return inode === undefined ? statOf(makeInode(S_IFIFO)) : statOf(inode);
    },
  };
};

type Names = Pick<
  UserSystem,
  | "stat"
  | "lstat"
  | "readdir"
  | "mkdir"
  | "rmdir"
  | "mknod"
  | "unlink"
  | "symlink"
  | "readlink"
  | "rename"
  | "truncate"
  | "chmod"
  | "access"
  | "chdir"
  | "getcwd"
>;

const names = (world: World, process: Process): Names => {
  const find = (path: string, last: "follow" | "link" = "follow"): Inode =>
    lookup(world.root, process.cwd, path, last);
  const make = (path: string, inode: Inode): void => void create(world.root, process.cwd, path, inode);
  const remove = (path: string, kind: "folder" | "file"): void => {
    const { inode, parent, name } = walk(world.root, process.cwd, path, "link");
    if (inode === undefined) fail(ENOENT);
    if (kind === "file" && inode?.children !== undefined) fail(EISDIR);
    if (kind === "folder" && inode?.children === undefined) fail(ENOTDIR);
    if ((inode?.children?.size ?? 0) > 0) fail(ENOTEMPTY);
    parent.children?.delete(name);
  };
  return {
    *stat(path) {
      return statOf(find(path));
    },
    *lstat(path) {
      return statOf(find(path, "link"));
    },
    *readdir(path) {
      const { children } = find(path);
      return [...(children ?? fail(ENOTDIR))].map(([name, { ino, mode }]) => ({
        name,
        ino,
        type: mode & 0o170000,
      }));
    },
    *mkdir(path) {
      make(path, makeInode(S_IFDIR | 0o755));
    },
    *rmdir(path) {
      remove(path, "folder");
    },
    *mknod(path, mode, rdev) {
      make(path, makeInode(mode & ~0o022, { rdev }));
    },
    *unlink(path) {
      remove(path, "file");
    },
    *symlink(link, path) {
      make(path, makeInode(S_IFLNK | 0o777, { link }));
    },
    *readlink(path) {
      const { mode, link } = find(path, "link");
      return (mode & 0o170000) === S_IFLNK ? link : fail(EINVAL);
    },
    *rename(from, to) {
      const inode = find(from, "link");
      const source = walk(world.root, process.cwd, from, "link");
      const target = walk(world.root, process.cwd, to, "link");
      source.parent.children?.delete(source.name);
      target.parent.children?.set(target.name, inode);
    },
    *truncate(path, length) {
      const inode = find(path);
      inode.data = inode.data.subarray(0, length);
    },
    *chmod(path, mode) {
      const inode = find(path);
      inode.mode = (inode.mode & 0o170000) | mode;
    },
    *access(path) {
      find(path);
    },
    *chdir(path) {
      if (find(path).children === undefined) fail(ENOTDIR);
      process.cwd = walk(world.root, process.cwd, path, "follow").path;
    },
    getcwd: () => process.cwd,
  };
};

const processes = (
  world: World,
  process: Process,
): Pick<UserSystem, "spawn" | "waitpid" | "waitpidNow" | "setIdentity" | "kill"> => {
  const children = (pid: number | undefined): Process[] =>
    [...world.processes.values()].filter(
      (one) => one.parent === process.pid && (pid === undefined || one.pid === pid),
    );
  const reap = (pid: number | undefined): Process["ended"] => {
    const dead = children(pid).find((one) => one.ended !== undefined);
    if (dead !== undefined) world.processes.delete(dead.pid);
    return dead?.ended;
  };
  return {
    *spawn(identity, program) {
      return startProcess(world, process, identity, program).pid;
    },
    *waitpid(pid) {
      for (;;) {
        const ended = reap(pid);
        if (ended !== undefined) return ended;
        if (children(pid).length === 0) return fail(ECHILD);
        yield block("wait");
      }
    },
    waitpidNow: reap,
    setIdentity(identity) {
      process.identity = identity;
    },
    *kill(pid, signal) {
      const target = world.processes.get(pid);
      if (target === undefined || target.ended !== undefined) return fail(ESRCH);
      if (signal !== 0) endProcess(world, target, { code: 0, signal });
      if (target === process) yield block("dead");
    },
  };
};

/** The system calls of one process of the fake kernel. */
export const createSystem = (world: World, process: Process): UserSystem => ({
  pid: process.pid,
  parent: process.parent,
  ...files(world, process),
  ...names(world, process),
  ...processes(world, process),
  *initModule(image, parameters) {
    return world.modules?.load(image, parameters, "init_module") ?? fail(ENOSYS);
  },
  *finitModule(fd, parameters) {
    const { data } = process.descriptors.get(fd)?.inode ?? fail(EBADF);
    return world.modules?.load(data, parameters, "finit_module") ?? fail(ENOSYS);
  },
  *deleteModule(name, flags) {
    if (world.modules === undefined) fail(ENOSYS);
    world.modules?.unload(name, flags);
  },
  log: () => world.log,
  clearLog: () => void world.log.splice(0),
  *nanosleep(nanoseconds) {
    const deadline = world.time + nanoseconds;
    while (world.time < deadline) yield block("sleep", { deadline });
  },
  uptime: () => world.time,
  realtime: () => 1_795_000_000_000_000_000n + BigInt(Math.floor(world.time)),
  uname: () => ({
    sysname: "Linux",
    nodename: "kobox",
    release: "6.1.0-56-amd64",
    version: "#1",
    machine: "x86_64",
  }),
  getuid: () => 0,
  *setCapabilities() {},
});

export { EEXIST };
