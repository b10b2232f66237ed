/** include/linux/jiffies.h, as kernel/time/time.c does it. */
import { HZ, TICK_NS } from "../../src/kernel/clock.ts";
import { stub, variable } from "../../src/stub/declare.ts";
import { msecsToJiffies } from "./delay.ts";

const MSEC_PER_TICK = 1000 / HZ;
const USER_HZ = 100n;
const MAX_JIFFY_OFFSET = 0x3ffffffffffffffen;

/** Kept up to date by the clock from then on. */
export const jiffies = variable(
  "volatile unsigned long jiffies",
  (k, { address }) => k.clock.showJiffies(k.memory, address),
  { aliases: ["jiffies_64"] },
);

export const jiffiesToMsecs = stub("unsigned int jiffies_to_msecs(const unsigned long j)", (_k, { j }) =>
  Number(BigInt.asUintN(32, j * BigInt(MSEC_PER_TICK))),
);
export const jiffiesToUsecs = stub("unsigned int jiffies_to_usecs(const unsigned long j)", (_k, { j }) =>
  Number(BigInt.asUintN(32, j * BigInt(MSEC_PER_TICK * 1000))),
);
export const msecsToJiffiesStub = stub(
  "unsigned long __msecs_to_jiffies(const unsigned int m)",
  (_k, { m }) => ((m | 0) < 0 ? MAX_JIFFY_OFFSET : BigInt(msecsToJiffies(m))),
);
export const usecsToJiffies = stub("unsigned long __usecs_to_jiffies(const unsigned int u)", (_k, { u }) =>
  BigInt(Math.ceil((u * HZ) / 1_000_000)),
);
export const jiffies64ToNsecs = stub("u64 jiffies64_to_nsecs(u64 j)", (_k, { j }) => j * BigInt(TICK_NS));
export const nsecsToJiffies = stub(
  "unsigned long nsecs_to_jiffies(u64 n)",
  { aliases: ["nsecs_to_jiffies64"] },
  (_k, { n }) => n / BigInt(TICK_NS),
);
export const jiffies64ToClockT = stub(
  "u64 jiffies_64_to_clock_t(u64 x)",
  (_k, { x }) => (x * USER_HZ) / BigInt(HZ),
);
export const jiffiesToClockT = stub(
  "clock_t jiffies_to_clock_t(unsigned long x)",
  (_k, { x }) => (x * USER_HZ) / BigInt(HZ),
);

export const jiffies64ToMsecs = stub(
  "u64 jiffies64_to_msecs(const u64 j)",
  (_k, { j }) => j * BigInt(MSEC_PER_TICK),
);
export const clockTToJiffies = stub(
  "unsigned long clock_t_to_jiffies(unsigned long x)",
  (_k, { x }) => (x * BigInt(HZ)) / USER_HZ,
);
const NSEC_PER_SEC = 1_000_000_000n;
export const timespec64ToJiffies = stub(
  "unsigned long timespec64_to_jiffies(const struct timespec64 *value)",
  (k, { value }) => {
    const nanoseconds = k.memory.i64(value) * NSEC_PER_SEC + k.memory.i64(value + 8);
    const tick = BigInt(TICK_NS);
    return (nanoseconds + tick - 1n) / tick;
  },
);
export const jiffiesToTimespec64 = stub(
  "void jiffies_to_timespec64(const unsigned long jiffies, struct timespec64 *value)",
  (k, { jiffies: ticks, value }) => {
    const nanoseconds = ticks * BigInt(TICK_NS);
    k.memory.setU64(value, nanoseconds / NSEC_PER_SEC);
    k.memory.setU64(value + 8, nanoseconds % NSEC_PER_SEC);
  },
);
