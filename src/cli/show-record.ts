import { displayText } from "../base/bytes.ts";
import { consoleText } from "../kernel/log/print.ts";
import type { LogRecord } from "../kernel/log/record.ts";
import { colours, writeOut } from "./terminal.ts";

const { red, yellow, bold, dim } = colours;
const LEVEL_COLOURS = [red, red, red, red, yellow, bold, String, dim];

/** Writes a record to standard output as the console shows it. */
export const showRecord = (record: LogRecord): void => {
  const colour = LEVEL_COLOURS[record.level] ?? String;
  writeOut(`${colour(displayText(consoleText(record).trimEnd()))}\n`);
};
