import type { Kernel } from "../kernel.ts";
import type { Limits } from "../limits.ts";
import type { UsedUp } from "./used-up.ts";

/** Guest instructions between looks at the clock while no stub is called: a tick's worth. */
const SLICE = 400_000;
/** Slices without a call before time goes faster. */
const PATIENT_SLICES = 8;
const IMPATIENT_NS = 500_000_000;
/**
 * From then on slices depend on the code: one that computes gets longer ones, one that only spins
 * (few instructions a block) shorter ones.
 */
const SPINNING_SLICE = 100_000;
const COMPUTING_SLICE = 4_000_000;
const COMPUTING_BLOCK = 4;
/** So many slices in a row that ended in a quarter as many states of the CPU: it turns in a circle, whatever the time. */
const CIRCLE_SLICES = 72;
const CIRCLE_STATES = CIRCLE_SLICES / 4;

/** Of the calls allowed, the part after which each thousand takes this long: whoever polls the clock gets to the end. */
const PATIENT_SHARE = 0.05;
const IMPATIENT_CALLS = 1000;
const IMPATIENT_CALLS_NS = 5_000_000;

/** How fast virtual time runs, at least, for whoever calls and calls: nanoseconds a call. */
export const IMPATIENT_CALL_NS = IMPATIENT_CALLS_NS / IMPATIENT_CALLS;

/** Lets time go faster for guest code that does not wait, and tells when it never will. */
export interface Patience {
  /** A stub was called. */
  called(): void;
  /** A slice of instructions passed without a call. */
  sliced(): void;
  /** Instructions until the next look. */
  slice(): number;
  /** From here on the limit of calls counts anew. */
  renew(): void;
  /** Another task could have had the CPU. */
  offered(): void;
}

/** `end`: something is used up; for `stuck` nanoseconds no other task could have had the CPU. */
export const createPatience = (
  k: Pick<Kernel, "work" | "clock" | "machine" | "executor">,
  limits: Limits,
  end: (what: UsedUp, stuck: number) => void,
): Patience => {
  const { work, clock } = k;
  const { counters } = k.machine.engine;
  const calls = { patient: Infinity, limit: Infinity };
  const busy = { slices: 0, slice: SLICE, start: 0, instructions: 0, blocks: 0 };
  const states: string[] = [];
  /** When another task could last have had the CPU, as far as it has been looked at. */
  const offers = { last: 0, since: false };

  const stuck = (): number => {
    if (offers.since) offers.last = clock.now();
    offers.since = false;
    return clock.now() - offers.last;
  };
  /** Time that passes out of impatience only: it is none that a watchdog would have seen. */
  const hurry = (nanoseconds: number): void => {
    stuck();
    clock.advanceTo(clock.now() + nanoseconds);
    offers.last += nanoseconds;
  };

  const turnsInCircle = (): boolean => {
    states.push(k.executor.registers.join());
    if (states.length < CIRCLE_SLICES) return false;
    if (states.length > CIRCLE_SLICES) states.shift();
    return new Set(states).size <= CIRCLE_STATES;
  };

  return {
    called() {
      if (busy.slices > 0) {
        busy.slices = 0;
        busy.slice = SLICE;
        states.length = 0;
      }
      if (work.stubs <= calls.patient) return;
      if (work.stubs % IMPATIENT_CALLS === 0) hurry(IMPATIENT_CALLS_NS);
      if (work.stubs > calls.limit) end("calls", stuck());
    },
    sliced() {
      const [instructions = 0, blocks = 0] = counters;
      if (busy.slices === 0) busy.start = instructions;
      busy.slices += 1;
      if (busy.slices > PATIENT_SLICES) {
        const block = (instructions - busy.instructions) / (blocks - busy.blocks);
        const spins = block < COMPUTING_BLOCK && busy.slices < 2 * CIRCLE_SLICES;
        busy.slice = spins ? SPINNING_SLICE : COMPUTING_SLICE;
        hurry(IMPATIENT_NS);
        if (turnsInCircle()) end("circle", Infinity);
      }
      busy.instructions = instructions;
      busy.blocks = blocks;
      const passed = instructions - busy.start;
      if (passed > limits.instructions) end("instructions", stuck());
    },
    slice: () => busy.slice,
    offered() {
      offers.since = true;
    },
    renew() {
      calls.patient = work.stubs + limits.calls * PATIENT_SHARE;
      calls.limit = work.stubs + limits.calls;
    },
  };
};
