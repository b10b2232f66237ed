/** include/linux/time64.h, as kernel/time/time.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const NSEC_PER_SEC = 1_000_000_000n;
/** Rounds down: nanoseconds are never negative. */
const split = (nanoseconds: bigint): { seconds: bigint; rest: bigint } => {
  const rest = ((nanoseconds % NSEC_PER_SEC) + NSEC_PER_SEC) % NSEC_PER_SEC;
  return { seconds: (nanoseconds - rest) / NSEC_PER_SEC, rest };
};
const store = (k: Kernel, at: Address, seconds: bigint, rest: bigint): void => {
  k.memory.setU64(at, BigInt.asUintN(64, seconds));
  k.memory.setU64(at + 8, rest);
};

/** Two registers: RAX has the seconds, RDX the nanoseconds. */
export const nsToTimespec64 = stub("struct timespec64 ns_to_timespec64(s64 nsec)", (_k, { nsec }) => {
  const { seconds, rest } = split(nsec);
  return [BigInt.asUintN(64, seconds), rest] as never;
});
export const setNormalizedTimespec64 = stub(
  "void set_normalized_timespec64(struct timespec64 *ts, time64_t sec, s64 nsec)",
  (k, { ts, sec, nsec }) => {
    const { seconds, rest } = split(nsec);
    store(k, ts, sec + seconds, rest);
  },
);
