import type { ByteString } from "../../base/bytes.ts";
import { fast } from "../../base/fast.ts";
import { GuestFault } from "../../base/errors.ts";
import { byteAt } from "../ctype.ts";
import type { Journal } from "../journal.ts";
import type { Formatted } from "../printf/sink.ts";
import { type DeviceInfo, LOGLEVEL_DEFAULT, LOGLEVEL_SCHED, type LogRecord, parsePrefix } from "./record.ts";
import { type RatelimitAnswer, type RatelimitState, ratelimit } from "../ratelimit.ts";
import { type RecordRing, createRing } from "./ring.ts";

/** Longest record (LOG_LINE_MAX): a console line of 1024 less 32 for its prefix. Formats need keep no more. */
export const LOG_LINE_MAX = 992;

/** Text between 0 and 2^17 bytes: CONFIG_LOG_BUF_SHIFT is 17. */
const BUFFER_BYTES = 1 << 17;
const DEFAULT_MESSAGE_LEVEL = 4;
const DEFAULT_CONSOLE_LEVEL = 7;
/** vprintk_store looks for the level in the first 7 bytes only. */
const PREFIX_BYTES = 7;
const NEWLINE = 0x0a;

export interface Message {
  /** With level marks and newline as printk gets it; a whole text or one already cut by formatting. */
  readonly text: ByteString | Formatted;
  readonly facility?: number;
  /** 0 to 7, or LOGLEVEL_DEFAULT (the default) or LOGLEVEL_SCHED. */
  readonly level?: number;
  readonly device?: DeviceInfo | undefined;
}

/** The kernel log (kernel/printk/printk.c). */
export interface Log {
  /** `vprintk_emit`: stores one message and returns the length of what was stored. */
  emit(message: Message): number;
  /** `printk` with a text that is already formatted; KERN_* marks at its start give the level. */
  print(text: ByteString): number;
  /** Sequence number of the oldest record that is still there. */
  readonly first: number;
  /** One after the newest record that readers can see. */
  readonly next: number;
  /** Records readers can see, from `seq` on; those that were overwritten are missing. */
  since(seq: number): LogRecord[];
  /** The record with this number, if readers can see it. */
  at(seq: number): LogRecord | undefined;
  /** The newest record when it is still open: readers see it once another message follows. */
  open(): LogRecord | undefined;
  /** Closes an open record, as any following message does. */
  closeOpen(): void;
  /** `dmesg -C`: reading starts after what is there now. */
  clear(): void;
  /** First record after the last `clear`. */
  readonly cleared: number;
  /** Messages below this level go to the console. */
  consoleLevel: number;
  /** `printk_ratelimit()`: ten messages in five seconds. */
  ratelimit(jiffies: bigint): RatelimitAnswer;
}

export interface LogOptions {
  /** Virtual nanoseconds since boot. */
  now(): number;
  /** Who is printing, see LogRecord.caller. Only the same caller can continue a record. */
  caller(): number;
  /** Told about each record once readers can see it. */
  onRecord?(record: LogRecord): void;
  readonly bufferBytes?: number;
}

interface LogState {
  /** The newest record is open. */
  open: boolean;
  cleared: number;
  consoleLevel: number;
  ratelimit: RatelimitState;
}

/** jiffies at 0.4 s, when the audit system says that it is there: one of the first ten messages. */
const AUDIT_STARTED = 2n ** 32n - 300n * 250n + 100n;

/** printk_ratelimit_state: five seconds of 250 jiffies. */
const PRINTK_RATELIMIT: RatelimitState = {
  interval: 1250,
  burst: 10,
  printed: 1,
  missed: 0,
  begin: AUDIT_STARTED,
  flags: 0n,
};

export const createLog = (journal: Journal, options: LogOptions): Log => {
  const ring = createRing(journal, options.bufferBytes ?? BUFFER_BYTES);
  const state: LogState = {
    open: false,
    cleared: 0,
    consoleLevel: DEFAULT_CONSOLE_LEVEL,
    ratelimit: PRINTK_RATELIMIT,
  };
  const visible = (): number => ring.next - (state.open ? 1 : 0);
  const setOpen = (open: boolean): void => {
    if (state.open !== open) journal.touch(state).open = open;
  };
  const closeOpen = (): void => {
    const record = state.open ? ring.get(ring.next - 1) : undefined;
    setOpen(false);
    if (record !== undefined) options.onRecord?.(record);
  };
  const store = (entry: Entry): number => {
    const continued = entry.cont ? continueLast(ring, state, options, entry) : undefined;
    if (continued === undefined) {
      closeOpen();
      const record = newRecord(ring.next, options, entry);
      if (!ring.add(record, entry.reserve)) return 0;
      setOpen(true);
    }
    if (entry.newline) closeOpen();
    return entry.text.length;
  };
  return fast<Log>({
    emit: (message) => store(entryOf(message)),
    print: (text) => store(entryOf({ text })),
    get first() {
      return ring.first;
    },
    get next() {
      return visible();
    },
    since(seq) {
      const records: LogRecord[] = [];
      for (let at = Math.max(seq, ring.first); at < visible(); at++) {
        const record = ring.get(at);
        if (record !== undefined) records.push(record);
      }
      return records;
    },
    at: (seq) => (seq < visible() ? ring.get(seq) : undefined),
    open: () => (state.open ? ring.get(ring.next - 1) : undefined),
    closeOpen,
    clear() {
      journal.touch(state).cleared = ring.next;
    },
    get cleared() {
      return Math.max(state.cleared, ring.first);
    },
    get consoleLevel() {
      return state.consoleLevel;
    },
    set consoleLevel(level) {
      journal.touch(state).consoleLevel = level;
    },
    ratelimit(jiffies) {
      const answer = ratelimit(state.ratelimit, jiffies);
      journal.touch(state).ratelimit = answer.state;
      return answer;
    },
  });
};

/** A message cut into what is stored. */
interface Entry {
  readonly facility: number;
  readonly level: number;
  readonly text: ByteString;
  readonly cont: boolean;
  readonly newline: boolean;
  /** Bytes reserved for the text and its NUL, marks included. */
  readonly reserve: number;
  readonly device: DeviceInfo | undefined;
}

/** `vprintk_store` up to the reservation, and `printk_sprint`. */
const entryOf = (message: Message): Entry => {
  const { text: given, facility = 0, device } = message;
  const { text: whole, length } = typeof given === "string" ? { text: given, length: given.length } : given;
  // The size is a u16 there.
  const reserve = Math.min((length + 1) & 0xffff, LOG_LINE_MAX);
  // Nothing is reserved, and printk_sprint looks for a level at NULL.
  if (reserve === 0 && facility === 0) throw new GuestFault(0, { write: false, present: false });
  const wanted = message.level === LOGLEVEL_SCHED ? LOGLEVEL_DEFAULT : (message.level ?? LOGLEVEL_DEFAULT);
  const prefix =
    facility === 0 ? parsePrefix(whole, wanted, Math.min(PREFIX_BYTES, whole.length)) : undefined;
  const level = prefix?.level ?? wanted;
  const end = Math.min(Math.max(reserve - 1, 0), whole.length);
  const newline = end > 0 && byteAt(whole, end - 1) === NEWLINE;
  const stop = newline ? end - 1 : end;
  const start = facility === 0 ? parsePrefix(whole, 0, stop).length : 0;
  const text = whole.slice(start, stop);
  return {
    facility,
    level: (level === LOGLEVEL_DEFAULT ? DEFAULT_MESSAGE_LEVEL : level) & 7,
    text,
    cont: prefix?.cont ?? false,
    newline: newline || device !== undefined,
    reserve,
    device,
  };
};

const newRecord = (seq: number, options: LogOptions, entry: Entry): LogRecord => ({
  seq,
  facility: entry.facility,
  level: entry.level,
  text: entry.text,
  timestamp: options.now(),
  caller: options.caller(),
  newline: entry.newline,
  cont: entry.cont,
  device: entry.device,
});

/** Adds to the open record of the same caller, if there is one with room (`prb_reserve_in_last`). */
const continueLast = (
  ring: RecordRing,
  state: LogState,
  options: LogOptions,
  entry: Entry,
): LogRecord | undefined => {
  const last = state.open ? ring.get(ring.next - 1) : undefined;
  if (last === undefined || last.caller !== options.caller()) return undefined;
  const size = entry.reserve + last.text.length;
  if (size > LOG_LINE_MAX) return undefined;
  const record = { ...last, text: last.text + entry.text, newline: entry.newline };
  return ring.extend(record, size) ? record : undefined;
};
