/** System calls on processes and time: kernel/fork.c, exit.c, signal.c, time/hrtimer.c, sys.c, capability.c. */
import { EAGAIN, ECHILD, ESRCH } from "../../../base/errno.ts";
import { Errno } from "../../../base/errors.ts";
import { block } from "../../routine.ts";
import type { UserSystem } from "../../user.ts";
import { type ProcessTable, WAIT_CHILD } from "../process.ts";
import type { CallContext } from "./context.ts";
import { newSignalActions, sendSignal } from "./signals.ts";

/** RLIMIT_NPROC, so that a fork bomb ends. */
const MAX_PROCESSES = 1024;

type Children = Pick<UserSystem, "spawn" | "waitpid" | "waitpidNow" | "kill" | "setIdentity">;

const children = (context: CallContext, table: ProcessTable): Children => {
  const { k, process, interrupted, deliver } = context;
  return {
    *spawn(identity, program) {
      if (table.count() >= MAX_PROCESSES) throw new Errno(EAGAIN);
      const { pid } = table.start(identity, program, process).task;
      yield* k.mappings.fork(process.task.pid, pid);
      return pid;
    },
    *waitpid(pid) {
      for (;;) {
        const ended = table.reapChild(process, pid);
        if (ended !== undefined) return ended;
        if (process.children.size === 0 || (pid !== undefined && !process.children.has(pid)))
          throw new Errno(ECHILD);
        k.userWaits.join(WAIT_CHILD, process.task);
        yield block("a child to end", { interruptible: true });
        interrupted();
      }
    },
    waitpidNow: (pid) => table.reapChild(process, pid),
    setIdentity(identity) {
      k.journal.touch(process).identity = identity;
      const { ignored } = process.signals;
      Object.assign(k.journal.touch(process.signals), newSignalActions(), { ignored });
      k.tasks.setComm(process.task, identity.comm.slice(0, 15));
    },
    *kill(pid, signal) {
      if (k.tasks.find(pid) === undefined) throw new Errno(ESRCH);
      sendSignal(k, pid, signal);
      deliver();
    },
  };
};

type Others = Pick<UserSystem, "nanosleep" | "uptime" | "realtime" | "uname" | "getuid" | "setCapabilities">;

export const processCalls = (context: CallContext, table: ProcessTable): Children & Others => {
  const { k, process, interrupted } = context;
  return {
    ...children(context, table),
    *nanosleep(nanoseconds) {
      const until = k.clock.now() + nanoseconds;
      while (k.clock.now() < until) {
        yield block("nanosleep", { deadline: until, interruptible: true });
        interrupted();
      }
    },
    uptime: () => k.clock.now(),
    realtime: () => k.clock.realtime(),
    uname: () => ({
      sysname: "Linux",
      nodename: "(none)",
      release: k.profile.release,
      version: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2",
      machine: "x86_64",
    }),
    getuid: () => 0,
    *setCapabilities(mask) {
      k.journal.touch(process).capabilities = mask;
    },
  };
};
