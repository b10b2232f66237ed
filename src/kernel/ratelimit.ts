/** struct ratelimit_state's counters; times in jiffies, `begin` 0 before the first call. */
export interface RatelimitState {
  readonly interval: number;
  readonly burst: number;
  readonly printed: number;
  readonly missed: number;
  readonly begin: bigint;
  readonly flags: bigint;
}

export interface RatelimitAnswer {
  readonly state: RatelimitState;
  readonly allowed: boolean;
  /** How many callbacks to report as suppressed, 0 for no report. */
  readonly report: number;
}

const RATELIMIT_MSG_ON_RELEASE = 1n;

/** `___ratelimit` (lib/ratelimit.c): at most `burst` passes in every `interval`. */
export const ratelimit = (state: RatelimitState, jiffies: bigint): RatelimitAnswer => {
  if (state.interval === 0) return { state, allowed: true, report: 0 };
  let { begin, printed, missed } = state;
  let report = 0;
  if (begin === 0n) begin = jiffies;
  // time_is_before_jiffies
  if (BigInt.asIntN(64, begin + BigInt(state.interval) - jiffies) < 0n) {
    if (missed !== 0 && (state.flags & RATELIMIT_MSG_ON_RELEASE) === 0n) {
      report = missed;
      missed = 0;
    }
    begin = jiffies;
    printed = 0;
  }
  const allowed = state.burst !== 0 && state.burst > printed;
  if (allowed) printed = (printed + 1) | 0;
  else missed = (missed + 1) | 0;
  return { state: { ...state, begin, printed, missed }, allowed, report };
};
