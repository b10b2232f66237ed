import { errnoName } from "../base/errno.ts";
import { strerror } from "../base/strerror.ts";
import type { StopReason } from "../kernel/kernel.ts";

/** What a failed system call left behind beside its number. */
interface Circumstances {
  /** Log lines that appeared during the call. */
  readonly log: readonly string[];
}

const withLog = (message: string, log: readonly string[]): string =>
  log.length === 0 ? message : `${message}\n${log.map((line) => `  | ${line}`).join("\n")}`;

/** A system call failed, with the errno that a program would see. */
export class SystemCallError extends Error {
  override readonly name: string = "SystemCallError";
  /** Positive, as in errno.h. */
  readonly errno: number;
  /** "ENOENT" */
  readonly code: string;
  /** What was tried: "open /dev/scull0". */
  readonly call: string;
  readonly log: readonly string[];

  constructor(call: string, errno: number, { log }: Circumstances, reason = "") {
    const code = errnoName(errno) ?? `errno ${errno}`;
    super(withLog(`${call}: ${code} (${strerror(errno)})${reason === "" ? "" : `: ${reason}`}`, log));
    this.errno = errno;
    this.code = code;
    this.call = call;
    this.log = log;
  }
}

/** A module could not be inserted or removed. */
export class ModuleError extends SystemCallError {
  override readonly name = "ModuleError";
  readonly module: string;
  /** Why the kernel does not take the file, in kobox's words; "" when the errno and the log say all. */
  readonly reason: string;

  constructor(call: string, errno: number, about: Circumstances & { module: string; reason: string }) {
    super(call, errno, about, about.reason);
    this.module = about.module;
    this.reason = about.reason;
  }
}

/** The process that made the call is dead: an oops, or a signal. */
export class KilledError extends Error {
  override readonly name = "KilledError";
  readonly signal: number;
  readonly call: string;
  readonly log: readonly string[];

  constructor(call: string, signal: number, { log }: Circumstances) {
    super(withLog(`${call}: killed by signal ${signal}`, log));
    this.call = call;
    this.signal = signal;
    this.log = log;
  }
}

const LIMIT_OPTIONS = { calls: "maxCalls", instructions: "maxInstructions", seconds: "patience" } as const;

/** The message, and which option of boot() allows more. */
const reasonOf = ({ message, limit }: Pick<StopReason, "message" | "limit">): string =>
  limit === undefined ? message : `${message}; boot({ ${LIMIT_OPTIONS[limit]} }) allows more`;

/** The call waits for something that nothing in the sandbox will ever do. */
export class HangError extends Error {
  override readonly name = "HangError";
  readonly call: string;
  readonly log: readonly string[];

  constructor(call: string, why: Pick<StopReason, "message" | "limit">, { log }: Circumstances) {
    super(withLog(`${call} never returns: ${reasonOf(why)}`, log));
    this.call = call;
    this.log = log;
  }
}

/** The kernel itself has come to an end (panic, endless loop, a limit used up); only reading is possible now. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
  /** "panic", "hang", "deadlock", "engine" */
  readonly kind: string;

  constructor(stop: StopReason) {
    super(`the kernel has stopped: ${stop.kind}: ${reasonOf(stop)}`);
    this.kind = stop.kind;
  }
}
