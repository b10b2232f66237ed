import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { complete } from "./complete.ts";
import { isIncomplete, type Session, type Stop } from "./session.ts";

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Awaited with each command before it is run. */
  readonly prepare?: (command: string) => Promise<void>;
  /** Where lines are remembered between sessions; undefined: nowhere. */
  readonly historyFile?: string | undefined;
}

const HISTORY_LINES = 1000;

/** `$XDG_STATE_HOME/kobox/history` */
export const defaultHistoryFile = (): string => {
  const state = process.env["XDG_STATE_HOME"];
  return join(
    state === undefined || state === "" ? join(homedir(), ".local", "state") : state,
    "kobox",
    "history",
  );
};

const readHistory = (path: string | undefined): string[] => {
  if (path === undefined) return [];
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .slice(-HISTORY_LINES)
      .toReversed();
  } catch {
    return [];
  }
};

/** A history that cannot be kept is no reason to fail. */
const writeHistory = (path: string | undefined, lines: readonly string[]): void => {
  if (path === undefined) return;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      lines
        .toReversed()
        .map((line) => `${line}\n`)
        .join(""),
    );
  } catch {
    // A read-only home, for example.
  }
};

export interface ReplEnd {
  readonly status: number;
  readonly stop: Stop | undefined;
}

const prompt = (session: Session): string =>
  `kobox:${
    session.perform(function* (shell) {
      return shell.sys.getcwd();
    }) ?? "?"
  }# `;

const toBytes = (line: string): string => Buffer.from(line, "utf8").toString("latin1");

interface Reading {
  readonly session: Session;
  readonly terminal: Terminal;
  readonly lines: Interface;
  pending: string;
  end: ReplEnd;
}

const ask = ({ session, lines, pending }: Reading): void => {
  lines.setPrompt(pending === "" ? prompt(session) : "> ");
  lines.prompt();
};

/** Takes one line; runs the command once it is complete. */
const takeLine = async (reading: Reading, line: string): Promise<void> => {
  const { session, terminal, lines } = reading;
  const whole = `${reading.pending}${line}\n`;
  reading.pending = isIncomplete(toBytes(whole)) ? whole : "";
  if (reading.pending === "") {
    await terminal.prepare?.(whole);
    const { status, exited, stop, interrupted } = session.run(toBytes(whole));
    if (interrupted !== undefined) terminal.output.write(`kobox: interrupted: ${interrupted}\n`);
    reading.end = { status, stop };
    if (exited || stop !== undefined) {
      lines.close();
      return;
    }
  }
  ask(reading);
};

/**
 * Reads commands at a terminal with line editing, history and completion, and runs each; ends with
 * `exit`, end of input, or when the sandbox cannot go on. The kernel runs while a command does; at
 * the prompt its time stands still.
 */
export const runRepl = async (session: Session, terminal: Terminal): Promise<ReplEnd> => {
  let history = readHistory(terminal.historyFile);
  const lines = createInterface({
    input: terminal.input,
    output: terminal.output,
    terminal: true,
    history: [...history],
    historySize: HISTORY_LINES,
    removeHistoryDuplicates: true,
    completer: (line: string) => complete(session, line),
  });
  const reading: Reading = { session, terminal, lines, pending: "", end: { status: 0, stop: undefined } };
  lines.on("history", (now: string[]) => {
    history = now;
  });
  lines.on("SIGINT", () => {
    terminal.output.write("^C\n");
    reading.pending = "";
    ask(reading);
  });
  ask(reading);
  for await (const line of lines) await takeLine(reading, line);
  writeHistory(terminal.historyFile, history);
  return reading.end;
};
