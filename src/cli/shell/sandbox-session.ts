import type { Routine } from "../../kernel/routine.ts";
import { O_RDONLY, O_WRONLY, type UserSystem } from "../../kernel/user.ts";
import type { Process } from "../../kernel/vfs/process.ts";
import type { Sandbox } from "../../sandbox.ts";
import type { SessionHost, SessionProcess, Stop } from "./session.ts";
import { SIGNALS } from "../../base/signals.ts";

type Output = (fd: 1 | 2, bytes: Uint8Array) => void;

const SIGINT_BIT = 1 << ((SIGNALS["INT"] ?? 2) - 1);

/** Descriptors 0, 1 and 2: /dev/null and the host. */
function* connect({ kernel }: Sandbox, sys: UserSystem, output: Output): Routine<void> {
  const { tree } = kernel.vfs;
  for (const fd of [1, 2] as const) {
    const file = tree.newSpecial(0o600, {
      *write(_file, bytes) {
        output(fd, bytes);
        return bytes.length;
      },
    });
    tree.directory("/dev/host").entries.set(fd === 1 ? "stdout" : "stderr", file);
  }
  yield* sys.open("/dev/null", O_RDONLY);
  yield* sys.open("/dev/host/stdout", O_WRONLY);
  yield* sys.open("/dev/host/stderr", O_WRONLY);
}

/** The processes a process started, and theirs. */
const descendants = ({ kernel }: Sandbox, root: Process): readonly Process[] => {
  const found: Process[] = [root];
  // A child's PID is higher than its parent's, and the table is in that order.
  for (const process of kernel.processes.all()) {
    if (found.some((parent) => parent.task.pid === process.parent)) found.push(process);
  }
  return found.slice(1);
};

/** What Ctrl-C does: SIGINT to what runs in the foreground. A shell that only waits goes on waiting. */
const interrupt = (sandbox: Sandbox, shell: Process): void => {
  const children = descendants(sandbox, shell).filter(({ task }) => task.state !== "dead");
  const targets = children.length === 0 ? [shell] : children;
  for (const { task } of targets) sandbox.kernel.tasks.signal(task, SIGNALS["INT"] ?? 2);
};

const waitingFor = (sandbox: Sandbox, shell: Process): string => {
  const blocked = [...descendants(sandbox, shell), shell].find(({ task }) => task.state === "blocked");
  if (blocked === undefined) return "a command does not end";
  return `${blocked.task.comm} waits for ${blocked.task.waiting?.reason ?? "the CPU"}`;
};

const drive = (sandbox: Sandbox, shell: Process, done: () => boolean): Stop | undefined => {
  const { kernel } = sandbox;
  const { task } = shell;
  const stop = sandbox.runUntil(
    () => done() || task.state === "dead",
    () => waitingFor(sandbox, shell),
  );
  if (kernel.stopped !== undefined) return kernel.stopped;
  if (task.state === "dead")
    return { kind: "killed", message: `the shell was killed by signal ${task.signal}` };
  return stop;
};

/** A shell's process in a sandbox; its output goes to the host. */
export const sandboxSessionHost = (sandbox: Sandbox): SessionHost => ({
  start(identity, program, output): SessionProcess {
    const { kernel } = sandbox;
    const shell = kernel.processes.start(identity, function* (sys) {
      yield* connect(sandbox, sys, output);
      return yield* program(sys);
    });
    shell.signals.handled |= SIGINT_BIT;
    return {
      runUntil(done) {
        kernel.tasks.wake(shell.task);
        const stop = drive(sandbox, shell, done);
        if (stop === undefined) kernel.tasks.settle();
        return stop;
      },
      interrupt: () => interrupt(sandbox, shell),
    };
  },
});
