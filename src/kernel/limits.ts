/**
 * How much one system call, or one wait for time to pass, may take before it counts as never ending.
 * All of it is the guest's own work and the guest's own time, so that a run ends alike everywhere.
 */
export interface Limits {
  /** Calls of kernel functions. */
  readonly calls: number;
  /** Guest instructions without a call of a kernel function. */
  readonly instructions: number;
  /** Virtual seconds. */
  readonly seconds: number;
}

/** Seconds of real time at most; a million calls, or a wait of an hour, are far below. */
export const DEFAULT_LIMITS: Limits = { calls: 5_000_000, instructions: 1_000_000_000, seconds: 24 * 3600 };
