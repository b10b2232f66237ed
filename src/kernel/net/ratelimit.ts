/** net_ratelimit(): ten messages about packets in five seconds (net/core/utils.c). */
import type { Kernel } from "../kernel.ts";
import { type RatelimitState, ratelimit } from "../ratelimit.ts";

const FIVE_SECONDS = 5 * 250;
const BURST = 10;

export const createNetRatelimit = (k: Kernel): (() => boolean) => {
  const start: RatelimitState = {
    interval: FIVE_SECONDS,
    burst: BURST,
    printed: 0,
    missed: 0,
    begin: 0n,
    flags: 0n,
  };
  const kept = { state: start };
  return () => {
    const { state, allowed, report } = ratelimit(kept.state, BigInt(k.clock.jiffies()));
    k.journal.touch(kept).state = state;
    if (report > 0) k.printk(4, `net_ratelimit: ${report} callbacks suppressed`);
    return allowed;
  };
};
