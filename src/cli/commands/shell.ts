import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { KoboxError } from "../../base/errors.ts";
import type { Routine } from "../../kernel/routine.ts";
import { O_CREAT, O_RDONLY, O_WRONLY, type ProcessIdentity, type UserSystem } from "../../kernel/user.ts";
import { openModule } from "../../loader/container.ts";
import { type Sandbox, boot } from "../../sandbox.ts";
import { EXIT } from "../exit.ts";
import { runBatch } from "../shell/batch.ts";
import { koboxPrograms } from "../shell/programs/index.ts";
import { defaultHistoryFile, runRepl } from "../shell/repl.ts";
import { type Session, type SessionHost, createSession } from "../shell/session.ts";
import { writeAll } from "../shell/io.ts";
import { createReporter } from "../reporter.ts";

export interface ShellOptions {
  readonly kernel?: string;
  readonly json?: boolean;
  readonly seed: string;
}

/** Larger files of the current folder are not offered to the guest. */
const MODULE_LIMIT = 64 * 1024 * 1024;

/** The folder's module files, unpacked, so that `insmod hello.ko` finds them. */
const modulesHere = async (): Promise<Map<string, Uint8Array>> => {
  const files = new Map<string, Uint8Array>();
  const names = (await readdir(".")).filter((name) => /\.ko(\.(xz|gz|zst))?$/.test(name));
  for (const name of names) {
    const packed = await readFile(name);
    if (packed.length <= MODULE_LIMIT)
      files.set(name.replace(/\.(xz|gz|zst)$/, ""), await openModule(packed));
  }
  return files;
};

/** A process whose output goes to the host. */
const sessionHost = (sandbox: Sandbox): SessionHost => ({
  start(identity, program, output) {
    const { kernel } = sandbox;
    const { task } = kernel.processes.start(identity, function* (sys) {
      yield* connect(sandbox, sys, output);
      return yield* program(sys);
    });
    return {
      runUntil(done) {
        kernel.tasks.wake(task);
        const end = kernel.tasks.runUntil(done);
        if (kernel.stopped !== undefined) return kernel.stopped;
        if (task.state === "dead")
          return { kind: "killed", message: `the shell was killed by signal ${task.signal}` };
        return end === "done" ? undefined : { kind: "hang", message: "nothing can go on" };
      },
    };
  },
});

/** Descriptors 0, 1 and 2: /dev/null and the host. */
function* connect(
  { kernel }: Sandbox,
  sys: UserSystem,
  output: (fd: 1 | 2, bytes: Uint8Array) => void,
): Routine<void> {
  const { tree } = kernel.vfs;
  for (const fd of [1, 2] as const) {
    const name = fd === 1 ? "stdout" : "stderr";
    tree.directory("/dev/host").entries.set(
      name,
      tree.newSpecial(0o600, {
        *write(_file, bytes) {
          output(fd, bytes);
          return bytes.length;
        },
      }),
    );
  }
  yield* sys.open("/dev/null", O_RDONLY);
  yield* sys.open("/dev/host/stdout", O_WRONLY);
  yield* sys.open("/dev/host/stderr", O_WRONLY);
}

const place = (sandbox: Sandbox, files: ReadonlyMap<string, Uint8Array>): void => {
  const identity: ProcessIdentity = { comm: "init", argv: ["/init"] };
  sandbox.run(identity, function* (sys) {
    for (const [name, bytes] of files) {
      const fd = yield* sys.open(join("/", name), O_WRONLY | O_CREAT, 0o644);
      yield* writeAll(sys, fd, bytes);
      yield* sys.close(fd);
    }
    return 0;
  });
};

const readScript = async (path: string): Promise<string> => {
  if (path === "-") {
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    return Buffer.concat(parts).toString("latin1");
  }
  try {
    return await readFile(path, "latin1");
  } catch (cause) {
    throw new KoboxError("unreadable", `${path}: cannot be read`, {
      hint: "Name a script, or - for standard input.",
      cause,
    });
  }
};

/** Commands from a file or standard input. */
const batch = (sandbox: Sandbox, session: Session, text: string, output: Output, json: boolean): number => {
  const reporter = createReporter(sandbox.kernel.log);
  const last = runBatch(session, text, {
    takeOutput: () => output.take(),
    takeLog: reporter,
    step(step) {
      if (json) process.stdout.write(`${JSON.stringify(step)}\n`);
      else process.stdout.write(step.out);
    },
  });
  if (last.stop !== undefined) {
    process.stderr.write(`kobox: ${last.stop.kind}: ${last.stop.message}\n`);
    return EXIT.FOUND;
  }
  return last.status;
};

interface Output {
  put(fd: 1 | 2, bytes: Uint8Array): void;
  take(): string;
}

const createOutput = (live: boolean): Output => {
  const state = { text: "" };
  return {
    put(fd, bytes) {
      if (live) (fd === 1 ? process.stdout : process.stderr).write(bytes);
      else state.text += Buffer.from(bytes).toString("latin1");
    },
    take() {
      const { text } = state;
      state.text = "";
      return text;
    },
  };
};

export const shellCommand = async (script: string | undefined, options: ShellOptions): Promise<number> => {
  const interactive = script === undefined && process.stdin.isTTY;
  const text = interactive ? "" : await readScript(script ?? "-");
  const sandbox = boot({ kernel: options.kernel, seed: BigInt(Number(options.seed) || 1) });
  place(sandbox, await modulesHere());
  const output = createOutput(interactive);
  const session = createSession(sessionHost(sandbox), { name: "sh", programs: koboxPrograms }, output.put);
  if (!interactive) return batch(sandbox, session, text, output, options.json === true);
  const { status, stop } = await runRepl(session, {
    input: process.stdin,
    output: process.stdout,
    historyFile: defaultHistoryFile(),
  });
  if (stop !== undefined) process.stderr.write(`kobox: ${stop.kind}: ${stop.message}\n`);
  return stop === undefined ? status : EXIT.FOUND;
};
