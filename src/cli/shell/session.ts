import type { Limits } from "../../kernel/limits.ts";
import type { ByteString } from "../../base/bytes.ts";
import { block, type Routine } from "../../kernel/routine.ts";
import type { ProcessIdentity, UserSystem } from "../../kernel/user.ts";
import { report } from "./run/child.ts";
import { ControlFlow, type Shell } from "./run/state.ts";
import { runLines } from "./run/script.ts";
import { createShell, type ShellOptions } from "./shell.ts";
import { parseScript } from "./syntax/parse.ts";
import { ShellSyntaxError } from "./syntax/source.ts";

/** Why the sandbox cannot go on. */
export interface Stop {
  readonly kind: string;
  readonly message: string;
  readonly limit?: keyof Limits;
}

/** A process that lives as long as the session, as the kernel's side offers it. */
export interface SessionProcess {
  /** Wakes it and lets everything run until `done` holds; the reason when that cannot be. */
  runUntil(done: () => boolean): Stop | undefined;
  /** Signals what runs in the foreground, as Ctrl-C does. */
  interrupt(): void;
}

export interface SessionHost {
  /** Starts a process; its descriptors 1 and 2 write to `output`, 0 is empty. */
  start(
    identity: ProcessIdentity,
    program: (sys: UserSystem) => Routine<number>,
    output: (fd: 1 | 2, bytes: Uint8Array) => void,
  ): SessionProcess;
}

export interface CommandResult {
  readonly status: number;
  /** `exit` was run: the session is over. */
  readonly exited: boolean;
  /** The sandbox cannot go on: panic, a hang nothing ends, or the shell itself was killed. */
  readonly stop: Stop | undefined;
  /** It would never have ended and was interrupted: what it waited for. */
  readonly interrupted: string | undefined;
}

/** A shell that is given one command after another. */
export interface Session {
  /** Runs one or more complete lines. */
  run(text: ByteString): CommandResult;
  /** Does something in the shell's process, for completion and its like; undefined when it cannot. */
  perform<T>(task: (shell: Shell) => Routine<T>): T | undefined;
}

const IDENTITY: ProcessIdentity = { comm: "sh", argv: ["-sh"] };

/** Whether more lines are needed before this text is a command. */
export const isIncomplete = (text: ByteString): boolean => {
  try {
    parseScript(text);
    return false;
  } catch (error) {
    return error instanceof ShellSyntaxError && error.incomplete;
  }
};

interface Outcome {
  status: number;
  exited: boolean;
}

/** Runs a command; what is wrong with it is said, and the shell goes on. */
function* runCommand(shell: Shell, text: ByteString): Routine<Outcome> {
  try {
    return { status: yield* runLines(shell, text, "middle"), exited: false };
  } catch (error) {
    if (error instanceof ControlFlow) return { status: error.value, exited: error.kind === "exit" };
    const status = yield* report(shell, error);
    shell.state.status = status;
    return { status, exited: false };
  }
}

interface Inbox {
  readonly tasks: ((shell: Shell) => Routine<void>)[];
  running: boolean;
}

/** The shell's whole life: it does what is put into its inbox, and waits for more. */
const serve = (inbox: Inbox, options: ShellOptions) =>
  function* (sys: UserSystem): Routine<number> {
    const shell = createShell(sys, { ...options, identity: IDENTITY });
    for (;;) {
      const task = inbox.tasks.shift();
      if (task === undefined) {
        inbox.running = false;
        yield block("terminal input", { interruptible: true });
      } else yield* task(shell);
    }
  };

interface Driven<T> {
  readonly result?: T;
  readonly stop?: Stop;
  readonly interrupted?: string;
}

/** Starts a shell that is driven from outside. `output` takes what it and its children print. */
export const createSession = (
  host: SessionHost,
  options: ShellOptions,
  output: (fd: 1 | 2, bytes: Uint8Array) => void,
): Session => {
  const inbox: Inbox = { tasks: [], running: false };
  const process = host.start(IDENTITY, serve(inbox, options), output);
  /** Hands the shell a task, waits for its end; its result, or why there is none. */
  const drive = <T>(task: (shell: Shell) => Routine<T>): Driven<T> => {
    const answer: { result?: T } = {};
    inbox.tasks.push(function* (shell) {
      answer.result = yield* task(shell);
    });
    inbox.running = true;
    const done = (): boolean => !inbox.running;
    let stop = process.runUntil(done);
    if (stop?.kind !== "hang") return { ...answer, ...(stop === undefined ? {} : { stop }) };
    const interrupted = stop.message;
    process.interrupt();
    stop = process.runUntil(done);
    return { ...answer, interrupted, ...(stop === undefined ? {} : { stop }) };
  };
  return {
    run(text) {
      const { result, stop, interrupted } = drive((shell) => runCommand(shell, text));
      return { status: result?.status ?? 1, exited: result?.exited ?? false, stop, interrupted };
    },
    perform: (task) => drive(task).result,
  };
};
