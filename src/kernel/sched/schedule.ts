import { KoboxError } from "../../base/errors.ts";
import type { Journal } from "../journal.ts";
import { type Random, createRandom } from "../random.ts";

/** Who runs next, and who is interrupted for it. */
export interface Schedule {
  /** "in-turn", or "random:SEED", as it was asked for. */
  readonly policy: string;
  /** Starts anew with another policy; for exploring from a snapshot. */
  start(policy: string): void;
  /** Which of `count` runnable tasks goes next. */
  pick(count: number): number;
  /** Whether the running task loses the CPU here, where it may; "stall": for a while, though nobody else wants it. */
  interrupts(others: number): "no" | "switch" | "stall";
  /** Times a task has lost the CPU. */
  readonly switches: number;
}

/** One call in so many is followed by a switch, or by a stall. */
const SWITCH_EVERY = 4;
const STALL_EVERY = 32;

/** The seed, or undefined for the usual schedule. KoboxError "usage". */
const seedOf = (policy: string): bigint | undefined => {
  if (policy === "in-turn") return undefined;
  const seed = /^random:(\d{1,18})$/.exec(policy)?.[1];
  if (seed !== undefined) return BigInt(seed);
  throw new KoboxError("usage", `there is no schedule ${policy}`, {
    hint: "in-turn, or random:SEED with a whole number",
  });
};

/**
 * In turn: a task runs until it waits or gives way, then the one that has waited longest. Random:
 * after any call of a kernel function another task may run; the seed decides, so that the same seed
 * is the same run.
 */
export const createSchedule = (journal: Journal, policy: string): Schedule => {
  const first = seedOf(policy);
  const state: { policy: string; random: Random | undefined; switches: number } = {
    policy,
    random: first === undefined ? undefined : createRandom(journal, first),
    switches: 0,
  };
  return {
    get policy() {
      return state.policy;
    },
    get switches() {
      return state.switches;
    },
    start(next) {
      const seed = seedOf(next);
      journal.touch(state).policy = next;
      state.random = seed === undefined ? undefined : createRandom(journal, seed);
      state.switches = 0;
    },
    pick: (count) => (state.random === undefined || count < 2 ? 0 : state.random.below(count)),
    interrupts(others) {
      const { random } = state;
      if (random === undefined) return "no";
      const every = others > 0 ? SWITCH_EVERY : STALL_EVERY;
      if (random.below(every) !== 0) return "no";
      journal.touch(state).switches += 1;
      return others > 0 ? "switch" : "stall";
    },
  };
};
