import type { ByteString } from "../../base/bytes.ts";
import type { LogRecord } from "./record.ts";

/** "<6>text": level and text, embedded newlines kept. */
export const recordText = (record: LogRecord): ByteString => `<${priority(record)}>${record.text}`;

const priority = ({ facility, level }: LogRecord): number => facility * 8 + level;

/** "[    2.223309]", seconds since boot. */
const timestampText = (nanoseconds: number): string => {
  const microseconds = Math.floor(nanoseconds / 1000);
  const seconds = Math.floor(microseconds / 1e6).toString();
  return `[${seconds.padStart(5)}.${(microseconds % 1e6).toString().padStart(6, "0")}]`;
};

/** As the console prints it: each line with its time, newline at the end (`record_print_text`). */
export const consoleText = (record: LogRecord): ByteString =>
  prefixLines(record, `${timestampText(record.timestamp)} `);

const CONSOLE_LOG_MAX = 1024;

const prefixLines = (record: LogRecord, prefix: string): ByteString => {
  let out = "";
  for (const line of record.text.split("\n")) {
    const room = CONSOLE_LOG_MAX - 1 - out.length - prefix.length - 1;
    if (room < line.length) return out;
    out += `${prefix}${line}\n`;
  }
  return out;
};

/** One read of /dev/kmsg: "6,339,5140900,-;text", then a line for each known key (`msg_print_ext_body`). */
export const kmsgText = (record: LogRecord): ByteString => {
  const microseconds = Math.floor(record.timestamp / 1000);
  const header = `${priority(record)},${record.seq},${microseconds},${record.cont ? "c" : "-"};`;
  const device = record.device;
  return (
    `${header}${escapeKmsg(record.text)}\n` +
    (device === undefined ? "" : property("SUBSYSTEM", device.subsystem) + property("DEVICE", device.device))
  );
};

const property = (key: string, value: ByteString): ByteString =>
  value === "" ? "" : ` ${key}=${escapeKmsg(value)}\n`;

const escapeKmsg = (text: ByteString): ByteString =>
  // Control characters, backslash, DEL and all bytes above it.
  text.replace(/[^ -[\]-~]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
