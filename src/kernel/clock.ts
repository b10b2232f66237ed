import type { Address } from "../base/address.ts";
import type { GuestMemory } from "../machine/memory.ts";
import type { Journal } from "./journal.ts";

/** Timer frequency of Debian's kernel (CONFIG_HZ). */
export const HZ = 250;
export const TICK_NS = 1_000_000_000 / HZ;
/** jiffies at boot: it wraps in 32 bits after five minutes (include/linux/jiffies.h). */
const INITIAL_JIFFIES = 0x1_0000_0000 - 300 * HZ;

/** Virtual nanoseconds that an instruction and a stub call take. */
const NS_PER_INSTRUCTION = 10;
const NS_PER_STUB = 200;

/** Work done so far in this run; never reset but by a snapshot. */
export interface Work {
  instructions(): number;
  stubs(): number;
}

/** Virtual time, in nanoseconds since boot. Nothing in kobox sleeps for real; work advances it a little. */
export interface Clock {
  now(): number;
  /** 64-bit jiffies, exact as a number. */
  jiffies(): number;
  /** The moment, in nanoseconds since boot, at which jiffies reaches `value`. */
  jiffiesToTime(value: number): number;
  /** Wall-clock nanoseconds since 1970. */
  realtime(): bigint;
  /** From now on keeps the guest's variable at `address` up to date. */
  showJiffies(memory: GuestMemory, address: Address): void;
  /** Writes jiffies where it is shown, if it changed. */
  refresh(): void;
  /** Jumps forward; never back. */
  advanceTo(time: number): void;
}

export const createClock = (
  journal: Journal,
  work: Work,
  start: { readonly uptime: number; readonly epoch: bigint },
): Clock => {
  const state: {
    skipped: number;
    shown: { memory: GuestMemory; address: Address } | undefined;
    last: number;
  } = {
    skipped: start.uptime,
    shown: undefined,
    last: 0,
  };
  const now = (): number =>
    state.skipped + work.instructions() * NS_PER_INSTRUCTION + work.stubs() * NS_PER_STUB;
  const jiffies = (): number => INITIAL_JIFFIES + Math.floor(now() / TICK_NS);
  const refresh = (): void => {
    const value = jiffies();
    if (state.shown === undefined || value === state.last) return;
    journal.touch(state).last = value;
    state.shown.memory.setPointer(state.shown.address, value);
  };
  return {
    now,
    jiffies,
    refresh,
    showJiffies(memory, address) {
      journal.touch(state).shown = { memory, address };
      state.last = 0;
      refresh();
    },
    jiffiesToTime: (value) => (value - INITIAL_JIFFIES) * TICK_NS,
    realtime: () => start.epoch + BigInt(Math.floor(now())),
    advanceTo(time) {
      const ahead = time - now();
      if (ahead > 0) journal.touch(state).skipped += ahead;
    },
  };
};
