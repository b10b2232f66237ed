/** arch/x86/include/asm/preempt.h, as kernel/sched/core.c does it. */
import { guestCode } from "../../src/stub/declare.ts";

/**
 * The preempt= mode is "voluntary": these trampolines of static calls do nothing. Behind might_sleep()
 * comes what sleeps, which gives others a turn.
 */
export const preemptSchedule = guestCode("preempt_schedule", [0xc3], {
  aliases: ["preempt_schedule_notrace", "__SCT__preempt_schedule", "__SCT__preempt_schedule_notrace"],
});
export const preemptThunk = guestCode("preempt_schedule_thunk", [0xc3], {
  aliases: ["preempt_schedule_notrace_thunk"],
});
