import { type ByteString, displayText } from "../../base/bytes.ts";
import type { LogReport } from "../reporter.ts";
import { parseNextLine } from "./syntax/parse.ts";
import { openSource, ShellSyntaxError } from "./syntax/source.ts";
import type { CommandResult, Session, Stop } from "./session.ts";

/** One command of a script as `--json` shows it; texts decoded for display. */
export interface CommandStep {
  readonly op: "sh";
  readonly arg: string;
  readonly status: number;
  /** What it printed, both streams in order. */
  readonly out: string;
  readonly dmesg: readonly string[];
  readonly late: readonly string[];
  /** It would never have ended: what it waited for when it was interrupted. */
  readonly interrupted: string | null;
  readonly stop: Stop | null;
}

/**
 * Cuts a script into complete commands, as the shell would read them: one line each, or several
 * where a command spans them. A part that does not parse is the last piece.
 */
export const splitCommands = (text: ByteString): readonly ByteString[] => {
  const source = openSource(text);
  const pieces: ByteString[] = [];
  let start = 0;
  try {
    while (parseNextLine(source) !== undefined) {
      pieces.push(text.slice(start, source.at).trim());
      start = source.at;
    }
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    pieces.push(text.slice(start).trim());
  }
  return pieces.map((piece) => piece.replace(/^(?:[ \t]*(?:#[^\n]*)?\n)+/, ""));
};

/** Runs a script command by command; stops after `exit` or when the sandbox cannot go on. */
export const runBatch = (
  session: Session,
  text: ByteString,
  on: {
    /** Takes what the command printed. */
    readonly takeOutput: () => ByteString;
    readonly takeLog: () => LogReport;
    readonly step: (step: CommandStep) => void;
  },
): CommandResult => {
  let last: CommandResult = { status: 0, exited: false, stop: undefined, interrupted: undefined };
  for (const command of splitCommands(text)) {
    last = session.run(command);
    const { dmesg, late } = on.takeLog();
    on.step({
      op: "sh",
      arg: displayText(command),
      status: last.status,
      out: displayText(on.takeOutput()),
      dmesg: dmesg.map(displayText),
      late: late.map(displayText),
      interrupted: last.interrupted ?? null,
      stop: last.stop ?? null,
    });
    if (last.exited || last.stop !== undefined) break;
  }
  return last;
};
