import { EAGAIN, EBADF, ECHILD, ENOSYS, ESRCH } from "../../../src/base/errno.ts";
import { block } from "../../../src/kernel/routine.ts";
import { type UserSystem } from "../../../src/kernel/user.ts";
import { endProcess, type Process, startProcess, type World } from "./world.ts";

import { fail } from "./common.ts";
import { files } from "./descriptors.ts";
import { names } from "./names.ts";

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
      if (world.processes.size > 200) return fail(EAGAIN);
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

/** Calls that no program of the shell makes here. */
const missing = (): never => fail(ENOSYS);
const unserved = {
  dup: missing,
  fcntl: missing,
  fsync: missing,
  compatIoctl: missing,
  pread: missing,
  pwrite: missing,
  readv: missing,
  writev: missing,
  sendfile: missing,
  eventfd: missing,
  mmap: missing,
  munmap: missing,
  load: missing,
  store: missing,
  sigaction: () => undefined,
  caughtSignals: missing,
} as const;

/** The system calls of one process of the fake kernel. */
export const createSystem = (world: World, process: Process): UserSystem => ({
  pid: process.pid,
  parent: process.parent,
  ...unserved,
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
