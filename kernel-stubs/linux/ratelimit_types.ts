/** include/linux/ratelimit_types.h, as lib/ratelimit.c does it. */
import { ratelimit as limit } from "../../src/kernel/ratelimit.ts";
import { faultsAt } from "../../src/kernel/printf/fault-places.ts";
import { stub } from "../../src/stub/declare.ts";

export const ratelimit = stub(
  "int ___ratelimit(struct ratelimit_state *rs, const char *func)",
  (k, { rs, func }) => {
    const view = k.struct("ratelimit_state", rs);
    const { interval, burst, printed, missed, begin, flags } = faultsAt(["___ratelimit+0x13/0x100"], () => ({
      interval: view.interval,
      burst: view.burst,
      printed: view.printed,
      missed: view.missed,
      begin: view.begin,
      flags: view.flags,
    }));
    const { state, allowed, report } = limit(
      { interval, burst, printed, missed, begin, flags },
      BigInt(k.clock.jiffies()),
    );
    view.printed = state.printed;
    view.missed = state.missed;
    view.begin = state.begin;
    if (report !== 0) k.log.print(`\x014${k.memory.cstring(func)}: ${report} callbacks suppressed\n`);
    return allowed ? 1 : 0;
  },
);
