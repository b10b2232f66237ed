import { readFileSync } from "node:fs";
import type { ByteString } from "../../base/bytes.ts";
import { KoboxError } from "../../base/errors.ts";

/** What one step did, in the shape of the recordings of a real kernel. Texts are byte strings. */
export interface StepResult {
  /** Raw result of the system call and, where it was an error, the positive errno (else 0). */
  readonly ret?: number;
  readonly errno?: number;
  /** The calling process was killed by it. */
  readonly signal?: number;
  /** Exit status and output (both streams) of a shell step. */
  readonly status?: number;
  readonly out?: ByteString;
  /** "<level>text", embedded newlines kept. */
  readonly dmesg: readonly ByteString[];
  /** Records that only another message made visible. */
  readonly late: readonly ByteString[];
  /** Names that request_module() asked for. */
  readonly requests?: readonly ByteString[];
  /** At the end: the taint word and the modules still loaded. */
  readonly tainted?: number;
  readonly left?: readonly ByteString[];
  /** kobox only: why the run ended in this step. */
  readonly stop?: { readonly kind: string; readonly message: string };
}

export interface RecordedStep extends StepResult {
  readonly op: string;
  readonly arg?: ByteString;
  /** It did not return within the time limit. */
  readonly timeout?: boolean;
  /** The machine died or fell silent during it. */
  readonly unfinished?: boolean;
}

export interface Recording {
  readonly job: string;
  readonly outcome: "done" | "panic" | "hung" | "died" | "stop";
  readonly steps: readonly RecordedStep[];
  /** Console lines of a run that did not end by itself. */
  readonly console?: readonly string[];
}

const parseLine = (path: string, line: string, number: number): Recording => {
  try {
    return JSON.parse(line) as Recording;
  } catch (cause) {
    throw new KoboxError("bad-recording", `${path}:${number}: not a recording`, { cause });
  }
};

/** A recording file: one JSON object a line, or a single (possibly indented) one. */
export const readRecordings = (path: string): Map<string, Recording> => {
  const text = readFileSync(path, "utf8");
  const records = path.endsWith(".json")
    ? [parseLine(path, text, 1)]
    : text.split("\n").flatMap((line, at) => (line.trim() === "" ? [] : [parseLine(path, line, at + 1)]));
  return new Map(records.map((record) => [record.job, record]));
};
