import type { ByteString } from "../../base/bytes.ts";
import type { CallerChain } from "./callers.ts";

/** Where `__schedule` is called when a task waits. */
const SCHEDULE = "schedule+0x5a/0xd0";
/** A wait with a time limit, and one without. */
const TIMED: CallerChain = [SCHEDULE, "schedule_timeout+0x94/0x150"];
const UNTIMED: CallerChain = [SCHEDULE, "schedule_timeout+0x11a/0x150"];
const COMMON = "__wait_for_common+0x94/0x1e0";
const WAIT: CallerChain = [...UNTIMED, COMMON];
const WAIT_TIMED: CallerChain = [...TIMED, COMMON];
const DOWN = "__down_common+0x11e/0x240";
const PREEMPT: CallerChain = [SCHEDULE, "schedule_preempt_disabled+0x11/0x20"];
const MUTEX: CallerChain = [...PREEMPT, "__mutex_lock.constprop.0+0x39d/0x720"];
const CANCEL: CallerChain = [...WAIT, "__flush_work+0x61/0x90", "__cancel_work_timer+0x104/0x1a0"];
const FLUSH: CallerChain = [...WAIT, "__flush_workqueue+0x151/0x430"];

/**
 * Kernel functions from schedule() out to the stub that waits, innermost first, in Debian's
 * 6.1.0-56-amd64. A function that ends in a tail call does not show.
 */
const PATHS: Readonly<Record<string, CallerChain>> = {
  schedule: [SCHEDULE],
  yield: [SCHEDULE],
  schedule_timeout: TIMED,
  schedule_timeout_interruptible: TIMED,
  schedule_timeout_killable: TIMED,
  schedule_timeout_uninterruptible: TIMED,
  schedule_timeout_idle: TIMED,
  msleep: [...TIMED, "msleep+0x29/0x40"],
  msleep_interruptible: [...TIMED, "msleep_interruptible+0x32/0x70"],
  usleep_range_state: [SCHEDULE, "schedule_hrtimeout_range_clock+0xd7/0x120", "usleep_range_state+0x60/0x90"],
  mutex_lock: MUTEX,
  mutex_lock_interruptible: MUTEX,
  mutex_lock_killable: MUTEX,
  down: [...UNTIMED, DOWN, "down+0x43/0x60"],
  down_interruptible: [...UNTIMED, DOWN, "down_interruptible+0x4e/0x60"],
  down_timeout: [...TIMED, DOWN, "down_timeout+0x51/0x60"],
  down_read: [...PREEMPT, "rwsem_down_read_slowpath+0x2a2/0x500", "down_read+0x44/0xa0"],
  down_write: [SCHEDULE, "rwsem_down_write_slowpath+0x315/0x6f0"],
  wait_for_completion: WAIT,
  wait_for_completion_interruptible: [...WAIT, "wait_for_completion_interruptible+0x20/0x40"],
  wait_for_completion_killable: [...WAIT, "wait_for_completion_killable+0x20/0x40"],
  wait_for_completion_timeout: WAIT_TIMED,
  wait_for_completion_interruptible_timeout: WAIT_TIMED,
  flush_work: [...WAIT, "flush_work+0x5c/0x90"],
  cancel_work_sync: CANCEL,
  cancel_delayed_work_sync: CANCEL,
  __flush_workqueue: FLUSH,
  drain_workqueue: [...FLUSH, "drain_workqueue+0x89/0x100"],
  kthread_create_on_node: [
    ...WAIT,
    "wait_for_completion_killable+0x20/0x40",
    "__kthread_create_on_node+0xe7/0x1e0",
    "kthread_create_on_node+0x51/0x70",
  ],
  kthread_stop: [...WAIT, "kthread_stop+0x66/0x170"],
  synchronize_rcu: [...WAIT, "__wait_rcu_gp+0x12b/0x140", "synchronize_rcu+0x71/0xb0"],
  rcu_barrier: [...WAIT, "rcu_barrier+0x1f6/0x2d0"],
  synchronize_srcu: [...WAIT, "__synchronize_srcu+0x91/0xc0"],
  __request_module: [
    ...WAIT,
    "wait_for_completion_state+0x1d/0x40",
    "call_usermodehelper_exec+0x14a/0x1a0",
    "__request_module+0x1a5/0x3e0",
  ],
};

/** `own`: the stub's own frame, for functions whose way to the scheduler is not known. */
export const sleepPath = (stub: ByteString, own: ByteString): CallerChain => PATHS[stub] ?? [SCHEDULE, own];
