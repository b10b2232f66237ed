import { readFile } from "node:fs/promises";
import { displayText } from "../../base/bytes.ts";
import { KoboxError } from "../../base/errors.ts";
import { consoleText } from "../../kernel/log/print.ts";
import type { LogRecord } from "../../kernel/log/record.ts";
import { type Sandbox, boot } from "../../sandbox.ts";
import { EXIT } from "../exit.ts";
import { type LimitOptions, limitHint, limitsOf } from "../limit-options.ts";
import { createReporter } from "../reporter.ts";
import { type Surroundings, surround } from "../surroundings.ts";
import { runBatch } from "../shell/batch.ts";
import { type HostFiles, createHostFiles } from "../shell/host-files.ts";
import { outsidePrograms } from "../shell/outside.ts";
import { koboxPrograms } from "../shell/programs/index.ts";
import { defaultHistoryFile, runRepl } from "../shell/repl.ts";
import { sandboxSessionHost } from "../shell/sandbox-session.ts";
import { type Session, type Stop, createSession } from "../shell/session.ts";
import { colours } from "../terminal.ts";

export interface ShellOptions extends Surroundings, LimitOptions {
  readonly kernel?: string;
  readonly json?: boolean;
  /** Folder that modprobe and depmod work on. */
  readonly modules?: string;
  readonly seed: string;
  readonly schedule?: string;
}

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

/** Where the shell's output goes: straight on, or kept for the command's report. */
interface Output {
  put(fd: 1 | 2, bytes: Uint8Array): void;
  take(): string;
}

const createOutput = (mode: "live" | "kept"): Output => {
  const state = { text: "" };
  return {
    put(fd, bytes) {
      if (mode === "live") (fd === 1 ? process.stdout : process.stderr).write(bytes);
      else state.text += Buffer.from(bytes).toString("latin1");
    },
    take() {
      const { text } = state;
      state.text = "";
      return text;
    },
  };
};

/** Commands from a file or standard input. */
const batch = (sandbox: Sandbox, session: Session, text: string, output: Output, json: boolean): number => {
  const last = runBatch(session, text, {
    takeOutput: () => output.take(),
    takeLog: createReporter(sandbox.kernel.log),
    step(step) {
      if (json) process.stdout.write(`${JSON.stringify(step)}\n`);
      else if (step.interrupted !== null) process.stderr.write(`kobox: interrupted: ${step.interrupted}\n`);
    },
  });
  return ended(last.status, last.stop);
};

const ended = (status: number, stop: Stop | undefined): number => {
  if (stop === undefined) return status;
  process.stderr.write(`kobox: ${stop.kind}: ${stop.message}\n`);
  if (stop.limit !== undefined) process.stderr.write(`kobox: ${limitHint(stop.limit)}\n`);
  return EXIT.FOUND;
};

const prompt = async (session: Session, files: HostFiles): Promise<number> => {
  const { status, stop } = await runRepl(session, {
    input: process.stdin,
    output: process.stdout,
    historyFile: defaultHistoryFile(),
    prepare: (command) => files.prepare(command),
  });
  return ended(status, stop);
};

/** At a terminal the kernel's messages appear as on a console. */
const showRecord =
  (level: () => number) =>
  (record: LogRecord): void => {
    if (record.level < level())
      process.stderr.write(`${colours.dim(displayText(consoleText(record)).trimEnd())}\n`);
  };

export const shellCommand = async (script: string | undefined, options: ShellOptions): Promise<number> => {
  const interactive = script === undefined && process.stdin.isTTY;
  const text = interactive ? "" : await readScript(script ?? "-");
  const files = createHostFiles(options.modules);
  await files.prepare(text);
  const kernel: { sandbox?: Sandbox } = {};
  const sandbox = boot({
    kernel: options.kernel,
    seed: BigInt(Number(options.seed) || 1),
    schedule: options.schedule,
    limits: limitsOf(options),
    ...(interactive ? { onRecord: showRecord(() => kernel.sandbox?.kernel.log.consoleLevel ?? 0) } : {}),
  });
  kernel.sandbox = sandbox;
  surround(sandbox, options);
  const output = createOutput(options.json === true ? "kept" : "live");
  const shell = {
    name: "sh",
    programs: koboxPrograms,
    host: { ...files, commands: outsidePrograms(sandbox) },
  };
  const session = createSession(sandboxSessionHost(sandbox), shell, output.put);
  try {
    if (interactive) return await prompt(session, files);
    return batch(sandbox, session, text, output, options.json === true);
  } finally {
    sandbox.close();
  }
};
