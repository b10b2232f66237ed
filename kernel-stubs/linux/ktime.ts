/** include/linux/ktime.h, as kernel/time/hrtimer.c does it. */
import { stub } from "../../src/stub/declare.ts";

const KTIME_MAX = 0x7fff_ffff_ffff_ffffn;
export const ktimeAddSafe = stub(
  "ktime_t ktime_add_safe(const ktime_t lhs, const ktime_t rhs)",
  (_k, { lhs, rhs }) => {
    const sum = BigInt.asIntN(64, lhs + rhs);
    return sum < 0n || sum < lhs || sum < rhs ? KTIME_MAX : sum;
  },
);
