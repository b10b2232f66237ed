import { readFileSync } from "node:fs";

/** What tests need of a recorded step. */
export interface RecordedStep {
  readonly op: string;
  readonly arg?: string;
  readonly dmesg?: readonly string[];
  readonly ret?: number;
  readonly errno?: number;
  readonly signal?: number;
  readonly timeout?: boolean;
  readonly unfinished?: boolean;
}

/** What tests need of a recording: the log lines of each step, console lines for machines that stopped. */
export interface RecordedJob {
  readonly job: string;
  readonly outcome: string;
  readonly steps: readonly RecordedStep[];
  readonly console?: readonly string[];
}

export const readRecording = (name: string): RecordedJob[] =>
  readFileSync(new URL(`../../truth/${name}`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RecordedJob);

/** A run of log lines, and where it was recorded. */
export interface Block {
  readonly job: string;
  readonly lines: readonly string[];
}

/** All blocks from a line that matches `first` to the last that `belongs`. */
export const blocks = (jobs: readonly RecordedJob[], first: RegExp, last: RegExp): Block[] =>
  jobs.flatMap(({ job, steps }) =>
    steps.flatMap(({ dmesg = [] }) => {
      const found: Block[] = [];
      for (let at = 0; at < dmesg.length; at += 1) {
        if (!first.test(dmesg[at] ?? "")) continue;
        const length = dmesg.slice(at).findIndex((line) => last.test(line));
        found.push({ job, lines: dmesg.slice(at, length < 0 ? undefined : at + length + 1) });
      }
      return found;
    }),
  );
