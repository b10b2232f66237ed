/** include/linux/timekeeping.h, as kernel/time/timekeeping.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const NSEC_PER_SEC = 1_000_000_000n;
const TICK = 4_000_000n;

export const uptime = (k: Kernel): bigint => BigInt(Math.floor(k.clock.now()));
const coarse = (time: bigint): bigint => time - (time % TICK);
const store = (k: Kernel, at: Address, time: bigint): void => {
  k.memory.setU64(at, time / NSEC_PER_SEC);
  k.memory.setU64(at + 8, time % NSEC_PER_SEC);
};

export const ktimeGet = stub(
  "ktime_t ktime_get(void)",
  { aliases: ["ktime_get_boottime", "ktime_get_raw"] },
  (k) => uptime(k),
);
export const ktimeGetReal = stub("ktime_t ktime_get_real(void)", { aliases: ["ktime_get_clocktai"] }, (k) =>
  k.clock.realtime(),
);
/** TK_OFFS_REAL, TK_OFFS_BOOT, TK_OFFS_TAI */
export const ktimeGetWithOffset = stub("ktime_t ktime_get_with_offset(enum tk_offsets offs)", (k, { offs }) =>
  offs === 1 ? uptime(k) : k.clock.realtime(),
);
export const ktimeGetCoarseWithOffset = stub(
  "ktime_t ktime_get_coarse_with_offset(enum tk_offsets offs)",
  (k, { offs }) => coarse(offs === 1 ? uptime(k) : k.clock.realtime()),
);
export const ktimeGetMonoFastNs = stub(
  "u64 ktime_get_mono_fast_ns(void)",
  { aliases: ["ktime_get_raw_fast_ns", "ktime_get_boot_fast_ns"] },
  (k) => uptime(k),
);
export const ktimeGetRealFastNs = stub("u64 ktime_get_real_fast_ns(void)", (k) => k.clock.realtime());
export const ktimeGetRealTs64 = stub("void ktime_get_real_ts64(struct timespec64 *ts)", (k, { ts }) =>
  store(k, ts, k.clock.realtime()),
);
export const ktimeGetTs64 = stub(
  "void ktime_get_ts64(struct timespec64 *ts)",
  { aliases: ["ktime_get_raw_ts64"] },
  (k, { ts }) => store(k, ts, uptime(k)),
);
/** Wall-clock time when the machine started. */
export const getboottime64 = stub("void getboottime64(struct timespec64 *ts)", (k, { ts }) =>
  store(k, ts, k.clock.realtime() - uptime(k)),
);
export const ktimeGetCoarseRealTs64 = stub(
  "void ktime_get_coarse_real_ts64(struct timespec64 *ts)",
  (k, { ts }) => store(k, ts, coarse(k.clock.realtime())),
);
export const ktimeGetCoarseTs64 = stub("void ktime_get_coarse_ts64(struct timespec64 *ts)", (k, { ts }) =>
  store(k, ts, coarse(uptime(k))),
);
export const ktimeGetRealSeconds = stub(
  "time64_t ktime_get_real_seconds(void)",
  (k) => k.clock.realtime() / NSEC_PER_SEC,
);
export const ktimeGetSeconds = stub("time64_t ktime_get_seconds(void)", (k) => uptime(k) / NSEC_PER_SEC);
export const ktimeMonoToAny = stub(
  "ktime_t ktime_mono_to_any(ktime_t tmono, enum tk_offsets offs)",
  (k, { tmono, offs }) => (offs === 1 ? tmono : tmono + k.clock.realtime() - uptime(k)),
);
/** The recorded machine's clock is finer than a nanosecond. */
export const ktimeGetResolutionNs = stub("u32 ktime_get_resolution_ns(void)", () => 0);
