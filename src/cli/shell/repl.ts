import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { complete } from "./complete.ts";
import { isIncomplete, type Session, type Stop } from "./session.ts";

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
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

/**
 * Reads commands at a terminal with line editing, history and completion, and runs each; ends with
 * `exit`, end of input, or when the sandbox cannot go on. The kernel runs while a command does; at
 * the prompt its time stands still.
 */
export const runRepl = (session: Session, terminal: Terminal): Promise<ReplEnd> =>
  new Promise((resolve) => {
    let history = readHistory(terminal.historyFile);
    let pending = "";
    let end: ReplEnd = { status: 0, stop: undefined };
    const lines: Interface = createInterface({
      input: terminal.input,
      output: terminal.output,
      terminal: true,
      history: [...history],
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      completer: (line: string) => complete(session, line),
      prompt: prompt(session),
    });
    lines.on("history", (now: string[]) => {
      history = now;
    });
    lines.on("SIGINT", () => {
      terminal.output.write("^C\n");
      pending = "";
      lines.setPrompt(prompt(session));
      lines.prompt();
    });
    lines.on("line", (line) => {
      pending += `${line}\n`;
      const text = toBytes(pending);
      if (isIncomplete(text)) {
        lines.setPrompt("> ");
        lines.prompt();
        return;
      }
      pending = "";
      const { status, exited, stop } = session.run(text);
      end = { status, stop };
      if (exited || stop !== undefined) {
        lines.close();
        return;
      }
      lines.setPrompt(prompt(session));
      lines.prompt();
    });
    lines.on("close", () => {
      writeHistory(terminal.historyFile, history);
      resolve(end);
    });
    lines.prompt();
  });
