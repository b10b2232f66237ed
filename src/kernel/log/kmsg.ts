import { EINVAL } from "../../base/errno.ts";
import type { ByteString } from "../../base/bytes.ts";
import { Errno } from "../../base/errors.ts";
import { simpleUnsigned } from "../number.ts";
import { LOG_LINE_MAX, type Log, type Message } from "./log.ts";
import { kmsgText } from "./print.ts";

const LOG_USER = 1;
const DEFAULT_LEVEL = 4;

/**
 * What one write to /dev/kmsg logs: "<N>" in front gives level and facility, never the kernel's own
 * (`devkmsg_write` in kernel/printk/printk.c). Errors: EINVAL when it is too long.
 */
export const kmsgMessage = (written: ByteString): Message => {
  if (written.length > LOG_LINE_MAX) throw new Errno(EINVAL);
  const line = written.replace(/\0[^]*$/, "");
  if (line[0] === "<") {
    const { value, end } = simpleUnsigned(line, 1, 10);
    const number = Number(BigInt.asUintN(32, value));
    if (line[end] === ">") {
      return { text: line.slice(end + 1), level: number & 7, facility: number >>> 3 || LOG_USER };
    }
  }
  return { text: line, level: DEFAULT_LEVEL, facility: LOG_USER };
};

/** What a read of /dev/kmsg at `seq` comes to: a record, nothing yet, or EPIPE and where to go on. */
export type KmsgRead =
  | { readonly kind: "record"; readonly text: ByteString; readonly next: number }
  | { readonly kind: "empty" }
  | { readonly kind: "lost"; readonly next: number };

/** `devkmsg_read`. A reader starts at `log.first`, or after SEEK_DATA at `log.cleared`. */
export const readKmsg = (log: Log, seq: number): KmsgRead => {
  if (seq < log.first) return { kind: "lost", next: log.first };
  const record = log.at(seq);
  return record === undefined
    ? { kind: "empty" }
    : { kind: "record", text: kmsgText(record), next: record.seq + 1 };
};
