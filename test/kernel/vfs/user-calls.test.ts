/** System calls of a process that no shell makes: descriptors, transfers, mappings, signals. */
import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { Errno } from "../../../src/base/errors.ts";
import type { Routine } from "../../../src/kernel/routine.ts";
import {
  F_GETFL,
  F_GETOWN,
  F_SETFL,
  F_SETOWN,
  F_SETSIG,
  O_APPEND,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  POLLIN,
  POLLOUT,
  SEEK_CUR,
  type UserSystem,
} from "../../../src/kernel/user.ts";
import { type Sandbox, boot } from "../../../src/sandbox.ts";

const opened: Sandbox[] = [];
afterEach(() => opened.splice(0).forEach((sandbox) => sandbox.close()));

const IDENTITY = { comm: "test", argv: [] };

/** Runs a program in a sandbox with these modules of test/truth/files in it; its messages afterwards. */
const withModules = (
  names: readonly string[],
  program: (sys: UserSystem) => Routine<void>,
): { signal: number; log: string[] } => {
  const sandbox = boot({ ram: 64 * 1024 * 1024 });
  opened.push(sandbox);
  const { signal } = sandbox.run(IDENTITY, function* (sys) {
    for (const name of names) yield* sys.initModule(readFileSync(`test/truth/files/${name}.ko`), "");
    sys.clearLog();
    yield* program(sys);
    return 0;
  });
  const log: string[] = [];
  sandbox.run(IDENTITY, function* (sys) {
    log.push(...sys.log().map(({ text }) => text));
    yield* sys.nanosleep(1);
    return 0;
  });
  return { signal, log };
};

function* errnoOf(call: Routine<unknown>): Routine<number> {
  try {
    yield* call;
    return 0;
  } catch (error) {
    if (error instanceof Errno) return error.errno;
    throw error;
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const bytes = (string: string): Uint8Array => Buffer.from(string, "latin1");
const count = (value: bigint): Uint8Array => new Uint8Array(new BigUint64Array([value]).buffer);

const EBADF = 9;
const EAGAIN = 11;
const EINVAL = 22;
const ESPIPE = 29;
const EINTR = 4;

test("dup shares the position, fcntl finds a free descriptor and changes the flags the driver sees", () => {
  const { log } = withModules(["f_chr"], function* (sys) {
    const fd = yield* sys.open("/dev/f_plain", O_RDWR);
    const other = yield* sys.dup(fd, 7);
    expect(other).toBe(7);
    expect(text(yield* sys.read(fd, 4))).toBe("0123");
    expect(text(yield* sys.read(other, 2))).toBe("45");
    yield* sys.dup2(other, fd);
    expect(yield* sys.lseek(fd, 0, SEEK_CUR)).toBe(6);
    yield* sys.fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK);
    expect((yield* sys.fcntl(other, F_GETFL)) & 0o7777).toBe(O_RDWR | O_APPEND | O_NONBLOCK);
    yield* sys.write(other, bytes("z"));
    yield* sys.fcntl(fd, F_SETOWN, sys.pid);
    expect(yield* sys.fcntl(other, F_GETOWN)).toBe(sys.pid);
    expect(yield* errnoOf(sys.fcntl(fd, F_SETSIG, 65))).toBe(EINVAL);
    expect(yield* errnoOf(sys.fcntl(fd, 99))).toBe(EINVAL);
    expect(yield* errnoOf(sys.dup(42))).toBe(EBADF);
  });
  expect(log).toContain("f_chr: write 1 append=1 nonblock=1: 1 pos 7");
  expect(log.filter((line) => line.startsWith("f_chr: release"))).toHaveLength(1);
});

test("pread and pwrite leave the position where it is; a stream has none", () => {
  withModules(["f_chr"], function* (sys) {
    const fd = yield* sys.open("/dev/f_plain", O_RDWR);
    yield* sys.read(fd, 2);
    expect(text(yield* sys.pread(fd, 3, 10))).toBe("abc");
    expect(yield* sys.pwrite(fd, bytes("XY"), 4)).toBe(2);
    expect(text(yield* sys.read(fd, 5))).toBe("23XY6");
    expect(yield* errnoOf(sys.pread(fd, 1, -1))).toBe(EINVAL);
    const [reader, writer] = yield* sys.pipe();
    expect(yield* errnoOf(sys.pread(reader, 1, 0))).toBe(ESPIPE);
    expect(yield* errnoOf(sys.pwrite(writer, bytes("x"), 0))).toBe(ESPIPE);
  });
});

test("readv and writev go to the driver piece by piece", () => {
  const { log } = withModules(["f_chr"], function* (sys) {
    const fd = yield* sys.open("/dev/f_plain", O_RDWR);
    expect(text(yield* sys.readv(fd, [2, 3, 40, 5]))).toBe("0123456789abcdef");
    expect(yield* sys.writev(fd, [bytes("gh"), bytes("i")])).toBe(3);
    expect(
      yield* errnoOf(
        sys.readv(
          fd,
          Array.from({ length: 1025 }, () => 1),
        ),
      ),
    ).toBe(EINVAL);
  });
  expect(log.filter((line) => /: (read|write) /.test(line))).toEqual([
    "f_chr: read 2 at 0: 2",
    "f_chr: read 3 at 2: 3",
    "f_chr: read 40 at 5: 11",
    "f_chr: write 2 append=0 nonblock=0: 2 pos 18",
    "f_chr: write 1 append=0 nonblock=0: 1 pos 19",
  ]);
});

test("sendfile moves what is there", () => {
  withModules(["f_chr"], function* (sys) {
    const from = yield* sys.memfd("source", bytes("abcdefgh"));
    const to = yield* sys.memfd("target", new Uint8Array());
    expect(yield* sys.sendfile(to, from, 3)).toBe(3);
    expect(yield* sys.sendfile(to, from, 100)).toBe(5);
    expect(yield* sys.sendfile(to, from, 100)).toBe(0);
    expect(text(yield* sys.pread(to, 100, 0))).toBe("abcdefgh");
  });
});

test("an eventfd counts, and wakes who polls or reads", () => {
  withModules([], function* (sys) {
    const fd = yield* sys.eventfd(0n, O_NONBLOCK);
    expect(yield* errnoOf(sys.read(fd, 8))).toBe(EAGAIN);
    expect(yield* errnoOf(sys.read(fd, 4))).toBe(EINVAL);
    expect(yield* sys.poll([{ fd, events: POLLIN | POLLOUT }], 0)).toEqual([POLLOUT]);
    yield* sys.write(fd, count(3n));
    yield* sys.write(fd, count(4n));
    expect(yield* sys.poll([{ fd, events: POLLIN }], undefined)).toEqual([POLLIN]);
    expect(yield* sys.read(fd, 8)).toEqual(count(7n));
    const semaphore = yield* sys.eventfd(2n, 1);
    expect(yield* sys.read(semaphore, 8)).toEqual(count(1n));
    expect(yield* sys.read(semaphore, 8)).toEqual(count(1n));
    yield* sys.spawn(IDENTITY, function* (child) {
      yield* child.nanosleep(1000);
      yield* child.write(semaphore, count(1n));
      return 0;
    });
    expect(yield* sys.read(semaphore, 8)).toEqual(count(1n));
  });
});

test("a mapping is filled by the driver's fault handler, and shared with it", () => {
  const { log, signal } = withModules(["f_map"], function* (sys) {
    const fd = yield* sys.open("/dev/f_map", O_RDWR);
    const at = yield* sys.mmap({ fd, length: 8192, prot: 3, flags: 1 });
    expect(text(yield* sys.load(at, 1))).toBe("v");
    yield* sys.store(at + 4096, bytes("new"));
    expect(text(yield* sys.load(at + 4095, 4))).toBe("\0new");
    yield* sys.munmap(at, 8192);
    expect(yield* errnoOf(sys.mmap({ fd, length: 4096, prot: 1, flags: 1, offset: 1 }))).toBe(EINVAL);
    expect(yield* errnoOf(sys.mmap({ fd, length: 4096, prot: 1, flags: 0 }))).toBe(EINVAL);
    const own = yield* sys.mmap({ fd: undefined, length: 4096, prot: 3, flags: 2 });
    expect(yield* sys.load(own, 2)).toEqual(new Uint8Array(2));
    yield* sys.load(at, 1);
  });
  expect(log.filter((line) => line.startsWith("f_map: fault"))).toEqual([
    "f_map: fault pgoff 0 offset 0 write 0",
    "f_map: fault pgoff 1 offset 1000 write 1",
  ]);
  expect(signal).toBe(11);
});

test("what the driver does not serve in a mapping is SIGBUS", () => {
  const { signal } = withModules(["f_map"], function* (sys) {
    const fd = yield* sys.open("/dev/f_map", O_RDWR);
    const at = yield* sys.mmap({ fd, length: 3 * 4096, prot: 3, flags: 1 });
    yield* sys.load(at + 2 * 4096, 1);
  });
  expect(signal).toBe(7);
});

test("a handled signal breaks a wait off, or lets it start anew", () => {
  const { log } = withModules(["f_chr"], function* (sys) {
    const fd = yield* sys.open("/dev/f_wait", O_RDONLY);
    const interrupt = function* (child: UserSystem): Routine<number> {
      yield* child.nanosleep(1_000_000);
      yield* child.kill(sys.pid, 10);
      return 0;
    };
    sys.sigaction(10, "handle");
    yield* sys.spawn(IDENTITY, interrupt);
    expect(yield* errnoOf(sys.read(fd, 1))).toBe(EINTR);
    expect(sys.caughtSignals()).toEqual([10]);
    expect(sys.caughtSignals()).toEqual([]);
    sys.sigaction(10, "handle-restart");
    yield* sys.spawn(IDENTITY, interrupt);
    expect(text(yield* sys.read(fd, 1))).toBe("x");
    expect(sys.caughtSignals()).toEqual([10]);
    sys.sigaction(10, "ignore");
    yield* sys.spawn(IDENTITY, interrupt);
    expect(text(yield* sys.read(fd, 1))).toBe("x");
    expect(sys.caughtSignals()).toEqual([]);
  });
  const waits = log.filter((line) => /waits|interrupted|got/.test(line));
  expect(waits).toEqual([
    "f_chr: waits",
    "f_chr: interrupted, signal 1",
    "f_chr: waits",
    "f_chr: interrupted, signal 1",
    "f_chr: waits",
    "f_chr: got it",
    "f_chr: waits",
    "f_chr: got it",
  ]);
});

test("a default signal ends the process", () => {
  const { signal } = withModules([], function* (sys) {
    sys.sigaction(12, "handle");
    sys.sigaction(12, "default");
    yield* sys.kill(sys.pid, 12);
    yield* sys.nanosleep(1000);
  });
  expect(signal).toBe(12);
});
