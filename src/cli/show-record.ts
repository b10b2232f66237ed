import pc from "picocolors";
import { displayText } from "../base/bytes.ts";
import { consoleText } from "../kernel/log/print.ts";
import type { LogRecord } from "../kernel/log/record.ts";

const LEVEL_COLOURS = [pc.red, pc.red, pc.red, pc.red, pc.yellow, pc.bold, String, pc.dim];

/** Writes a record to standard output as the console shows it. */
export const showRecord = (record: LogRecord): void => {
  const colour = LEVEL_COLOURS[record.level] ?? String;
  process.stdout.write(`${colour(displayText(consoleText(record).trimEnd()))}\n`);
};
