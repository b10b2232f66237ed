import { type ByteString, bytesToByteString } from "../../../base/bytes.ts";
import { ECHILD, EINTR } from "../../../base/errno.ts";
import { strerror } from "../../../base/strerror.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import type { WaitStatus } from "../../../kernel/user.ts";
import { readRest } from "../io.ts";
import { complain } from "../launch.ts";
import { SignalDeath } from "../program.ts";
import { signalNumber, signalText } from "../../../base/signals.ts";
import { ShellSyntaxError } from "../syntax/source.ts";
import { closeQuietly } from "./redirect.ts";
import { ControlFlow, copyState, type Shell, ShellError } from "./state.ts";

/** Says what went wrong as `sh: message`; returns the status. */
export function* report(shell: Shell, error: unknown): Routine<number> {
  const say = (message: string): Routine<void> => complain(shell.sys, `${shell.state.name}: ${message}`);
  if (error instanceof ShellError) {
    yield* say(error.message);
    return error.status;
  }
  if (error instanceof ShellSyntaxError) {
    yield* say(`syntax error: ${error.message}`);
    return 2;
  }
  if (error instanceof Errno) {
    yield* say(strerror(error.errno));
    return 1;
  }
  throw error;
}

/** Runs the whole life of a shell process: errors end it, `exit` ends it, its EXIT trap is run. */
export function* shellProcess(shell: Shell, body: () => Routine<number>): Routine<number> {
  try {
    return yield* body();
  } catch (error) {
    if (error instanceof ControlFlow) return error.kind === "exit" ? error.value : shell.state.status;
    if (error instanceof SignalDeath) {
      yield* shell.sys.kill(shell.sys.pid, error.signal);
      return 128 + error.signal;
    }
    return yield* report(shell, error);
  }
}

/** Forks: `body` runs in the child with a copy of the shell. Returns the child's PID. */
export function* fork(shell: Shell, body: (child: Shell) => Routine<number>): Routine<number> {
  try {
    return yield* spawn(shell, body);
  } catch (error) {
    if (error instanceof Errno) throw new ShellError(`can't fork: ${strerror(error.errno)}`);
    throw error;
  }
}

function* spawn(shell: Shell, body: (child: Shell) => Routine<number>): Routine<number> {
  const trapped = [...shell.state.traps].filter(([, action]) => action !== "");
  return yield* shell.sys.spawn(shell.identity, function* (sys) {
    for (const [condition] of trapped)
      if (condition !== "EXIT") sys.sigaction(signalNumber(condition) ?? 0, "default");
    const child: Shell = { ...shell, sys, state: copyState(shell.state), saved: new Set() };
    for (const fd of shell.saved) yield* closeQuietly(child, fd);
    return yield* shellProcess(child, () => body(child));
  });
}

const statusOf = ({ code, signal }: WaitStatus): number => (signal === 0 ? code : 128 + signal);

/** A signal that is handled does not end the wait. */
function* waitThrough(shell: Shell, pid: number): Routine<WaitStatus> {
  for (;;) {
    try {
      return yield* shell.sys.waitpid(pid);
    } catch (error) {
      if (!(error instanceof Errno) || error.errno !== EINTR) throw error;
    }
  }
}

/** Waits for a foreground child; says so when a signal killed it. */
export function* waitForeground(shell: Shell, pid: number): Routine<number> {
  const ended = yield* waitThrough(shell, pid);
  const text = signalText(ended.signal);
  if (text !== undefined) yield* complain(shell.sys, text);
  return statusOf(ended);
}

/** Waits for a background child; 127 when there is none such. */
export function* waitBackground(shell: Shell, pid: number): Routine<number> {
  shell.state.children.delete(pid);
  try {
    return statusOf(yield* shell.sys.waitpid(pid));
  } catch (error) {
    if (error instanceof Errno && error.errno === ECHILD) return 127;
    throw error;
  }
}

/** Runs `body` in a child and returns what it wrote to standard output. */
export function* capture(shell: Shell, body: (child: Shell) => Routine<number>): Routine<ByteString> {
  const [readEnd, writeEnd] = yield* shell.sys.pipe();
  const pid = yield* fork(shell, function* (child) {
    yield* child.sys.close(readEnd);
    yield* child.sys.dup2(writeEnd, 1);
    if (writeEnd !== 1) yield* child.sys.close(writeEnd);
    return yield* body(child);
  });
  yield* shell.sys.close(writeEnd);
  const bytes = yield* readRest(shell.sys, readEnd);
  yield* shell.sys.close(readEnd);
  shell.state.substituted = yield* waitForeground(shell, pid);
  shell.state.status = shell.state.substituted;
  return bytesToByteString(bytes);
}

/** Runs commands connected by pipes, each in a child; status of the last. */
export function* pipeline(
  shell: Shell,
  commands: readonly ((child: Shell) => Routine<number>)[],
): Routine<readonly number[]> {
  const pids: number[] = [];
  let input: number | undefined;
  for (const [index, command] of commands.entries()) {
    const last = index === commands.length - 1;
    const ends: readonly [number, number] | undefined = last ? undefined : yield* shell.sys.pipe();
    const from = input;
    pids.push(
      yield* fork(shell, function* (child) {
        if (ends !== undefined) yield* child.sys.close(ends[0]);
        yield* take(child, from, 0);
        yield* take(child, ends?.[1], 1);
        return yield* command(child);
      }),
    );
    if (from !== undefined) yield* shell.sys.close(from);
    if (ends !== undefined) yield* shell.sys.close(ends[1]);
    input = ends?.[0];
  }
  return pids;
}

function* take(shell: Shell, fd: number | undefined, place: number): Routine<void> {
  if (fd === undefined || fd === place) return;
  yield* shell.sys.dup2(fd, place);
  yield* shell.sys.close(fd);
}
