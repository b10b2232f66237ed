import type { ByteString } from "../../base/bytes.ts";

/** Where `__schedule` is called when a task waits. */
const SCHEDULE = "schedule+0x5a/0xd0";

/** Kernel functions from schedule() out to the stub that waits, innermost first; Debian's 6.1.0-56-amd64. */
const PATHS: Readonly<Record<string, readonly ByteString[]>> = {
  msleep: [SCHEDULE, "schedule_timeout+0x94/0x150", "msleep+0x29/0x40"],
  synchronize_rcu: [
    SCHEDULE,
    "schedule_timeout+0x11a/0x150",
    "__wait_for_common+0x94/0x1e0",
    "__wait_rcu_gp+0x12b/0x140",
    "synchronize_rcu+0x71/0xb0",
  ],
};

/** `own`: the stub's own frame, for functions whose way to the scheduler is not known. */
export const sleepPath = (stub: ByteString, own: ByteString): readonly ByteString[] =>
  PATHS[stub] ?? [SCHEDULE, own];
