import { EBADF, EISDIR, ENOENT, ENOTTY, EPIPE } from "../../../src/base/errno.ts";
import { block } from "../../../src/kernel/routine.ts";
import { O_APPEND, O_CREAT, O_TRUNC, S_IFIFO, S_IFREG, type UserSystem } from "../../../src/kernel/user.ts";
import { create, makeInode, walk } from "./files.ts";
import { type OpenFile, type Pipe, type Process, release, type World } from "./world.ts";

import { fail, statOf } from "./common.ts";

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

export type Files = Pick<
  UserSystem,
  "open" | "close" | "read" | "write" | "lseek" | "ioctl" | "poll" | "dup2" | "pipe" | "memfd" | "fstat"
>;

export const files = (world: World, process: Process): Files => {
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
      while (driver?.ready?.() === false) yield block("data");
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
