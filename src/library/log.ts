import { displayText } from "../base/bytes.ts";
import type { LogRecord as KernelRecord } from "../kernel/log/record.ts";
import type { Sandbox } from "../sandbox.ts";

/** Names of the levels 0 to 7, as dmesg has them. */
export const LOG_LEVELS = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One message of the kernel log. */
export interface LogMessage {
  readonly level: LogLevel;
  /** Without the final newline. */
  readonly text: string;
  /** Virtual seconds since boot. */
  readonly time: number;
}

export const messageOf = ({ level, text, timestamp }: KernelRecord): LogMessage => ({
  level: LOG_LEVELS[level] ?? "debug",
  text: displayText(text),
  time: timestamp / 1e9,
});

/** Messages from sequence number `seq` on; one that still lacks its newline is among them. */
export const messagesSince = ({ kernel: { log } }: Sandbox, seq: number): readonly LogMessage[] => {
  const open = log.open();
  return [...log.since(seq), ...(open === undefined || open.seq < seq ? [] : [open])].map(messageOf);
};
