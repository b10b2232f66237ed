import type { ByteString } from "../../base/bytes.ts";
import { byteAt } from "../ctype.ts";

/** Levels of include/linux/kern_levels.h, as a message carries them. */
export const KERN_EMERG = "\x010";
export const KERN_ALERT = "\x011";
export const KERN_CRIT = "\x012";
export const KERN_ERR = "\x013";
export const KERN_WARNING = "\x014";
export const KERN_NOTICE = "\x015";
export const KERN_INFO = "\x016";
export const KERN_DEBUG = "\x017";
export const KERN_CONT = "\x01c";

/** "Take the level from the text, or else the default." */
export const LOGLEVEL_DEFAULT = -1;
/** The same, printed while the scheduler's locks are held. */
export const LOGLEVEL_SCHED = -2;

/** The second byte of a mark, "c" or "0" to "7". */
const CONTINUE = 0x63;
const LEVEL_0 = 0x30;
const LEVEL_7 = 0x37;

/** Where a message about a device comes from (struct dev_printk_info). */
export interface DeviceInfo {
  readonly subsystem: ByteString;
  readonly device: ByteString;
}

/** One message in the log. */
export interface LogRecord {
  readonly seq: number;
  /** 0 is the kernel, 1 user space through /dev/kmsg. */
  readonly facility: number;
  readonly level: number;
  /** Without the level and the final newline; other newlines stay. */
  readonly text: ByteString;
  /** Virtual nanoseconds since boot. */
  readonly timestamp: number;
  /** Task number, or 0x80000000 + CPU outside of tasks. */
  readonly caller: number;
  /** The text ended in a newline: nothing can be added. */
  readonly newline: boolean;
  /** The message asked to continue another one. */
  readonly cont: boolean;
  readonly device: DeviceInfo | undefined;
}

export interface Prefix {
  /** Bytes of level and control marks at the start. */
  readonly length: number;
  readonly level: number;
  readonly cont: boolean;
}

/**
 * Reads KERN_SOH marks in the first `limit` bytes; the first level counts (`printk_parse_prefix` in
 * kernel/printk/printk.c).
 */
export const parsePrefix = (text: ByteString, level: number, limit: number = text.length): Prefix => {
  let length = 0;
  let found = level;
  let cont = false;
  while (length + 1 < limit && byteAt(text, length) === 1) {
    const mark = byteAt(text, length + 1);
    if (mark === CONTINUE) cont = true;
    else if (!(mark >= LEVEL_0 && mark <= LEVEL_7)) break;
    else if (found === LOGLEVEL_DEFAULT) found = mark - LEVEL_0;
    length += 2;
  }
  return { length, level: found, cont };
};
