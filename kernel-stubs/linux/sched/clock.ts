/** include/linux/sched/clock.h, as kernel/sched/clock.c does it. */
import { stub } from "../../../src/stub/declare.ts";
import { uptime } from "../timekeeping.ts";

export const schedClock = stub("unsigned long long sched_clock(void)", (k) => uptime(k));
export const localClock = stub("u64 sched_clock_cpu(int cpu)", (k) => uptime(k));
