/** include/linux/completion.h, as kernel/sched/completion.c does it. */
import { variableName } from "../../src/kernel/locks/classes.ts";
import type { Address } from "../../src/base/address.ts";
import { ERESTARTSYS } from "../../src/base/errno.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Block, block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";
import { TASK_INTERRUPTIBLE, TASK_KILLABLE, endsWait } from "../../src/kernel/sched/signals.ts";
import { MAX_SCHEDULE_TIMEOUT, signalPending } from "./sched.ts";

/** `done` after complete_all(): never used up. */
const ALL = 0xffffffff;

/** Takes one completion; false when there is none. */
const take = (k: Kernel, x: Address): boolean => {
  const view = k.struct("completion", x);
  if (view.done === 0) return false;
  if (view.done !== ALL) view.done -= 1;
  return true;
};

interface Waiting {
  /** jiffies */
  readonly until: number;
}

/** What a wait came to: jiffies left (at least 1), 0 on timeout, -ERESTARTSYS, or go on waiting. */
const wait = (k: Kernel, x: Address, timeout: bigint, state: number): bigint | Block => {
  const task = k.current;
  const forever = timeout === MAX_SCHEDULE_TIMEOUT;
  const started = task.restart as Waiting | undefined;
  const until = started?.until ?? (forever ? Infinity : k.clock.jiffies() + Number(timeout));
  const left = (): bigint => (forever ? timeout : BigInt(Math.max(1, until - k.clock.jiffies())));
  if (take(k, x)) {
    k.completions.leave(x, task);
    return left();
  }
  if (signalPending(k, state)) {
    k.completions.leave(x, task);
    return -BigInt(ERESTARTSYS);
  }
  const deadline = forever ? undefined : k.clock.jiffiesToTime(until + 1);
  if (deadline !== undefined && (k.clock.now() >= deadline || timeout === 0n)) {
    k.completions.leave(x, task);
    return 0n;
  }
  k.journal.touch(task).restart = { until } satisfies Waiting;
  k.completions.join(x, task);
  return block(`completion ${variableName(k, x)}`, { deadline, interruptible: endsWait(state) });
};

const FOREVER = MAX_SCHEDULE_TIMEOUT;
const toInt = (answer: bigint | Block): number | Block =>
  typeof answer === "bigint" ? (answer < 0n ? Number(answer) : 0) : answer;

export const waitForCompletion = stub(
  "void wait_for_completion(struct completion *x)",
  { sleeps: true },
  (k, { x }) => {
    const answer = wait(k, x, FOREVER, 0);
    return typeof answer === "bigint" ? undefined : answer;
  },
);
export const waitForCompletionIo = stub(
  "void wait_for_completion_io(struct completion *x)",
  { sleeps: true },
  (k, { x }) => {
    const answer = wait(k, x, FOREVER, 0);
    return typeof answer === "bigint" ? undefined : answer;
  },
);
export const waitForCompletionTimeout = stub(
  "unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout)",
  { sleeps: true, fails: ["ZERO"] },
  (k, { x, timeout }) => wait(k, x, timeout, 0),
);
export const waitForCompletionInterruptible = stub(
  "int wait_for_completion_interruptible(struct completion *x)",
  { sleeps: true, fails: ["ERESTARTSYS"] },
  (k, { x }) => toInt(wait(k, x, FOREVER, TASK_INTERRUPTIBLE)),
);
export const waitForCompletionInterruptibleTimeout = stub(
  "long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long timeout)",
  { sleeps: true, fails: ["ZERO", "ERESTARTSYS"] },
  (k, { x, timeout }) => wait(k, x, timeout, TASK_INTERRUPTIBLE),
);
export const waitForCompletionKillable = stub(
  "int wait_for_completion_killable(struct completion *x)",
  { sleeps: true, fails: ["ERESTARTSYS"] },
  (k, { x }) => toInt(wait(k, x, FOREVER, TASK_KILLABLE)),
);

export const complete = stub("void complete(struct completion *x)", (k, { x }) => {
  const view = k.struct("completion", x);
  if (view.done !== ALL) view.done += 1;
  k.completions.wakeOne(x);
});
export const completeAll = stub("void complete_all(struct completion *x)", (k, { x }) => {
  k.struct("completion", x).done = ALL;
  k.completions.wakeAll(x);
});
export const tryWaitForCompletion = stub("bool try_wait_for_completion(struct completion *x)", (k, { x }) =>
  take(k, x),
);
export const completionDone = stub(
  "bool completion_done(struct completion *x)",
  (k, { x }) => k.struct("completion", x).done !== 0,
);

export const waitForCompletionIoTimeout = stub(
  "unsigned long wait_for_completion_io_timeout(struct completion *x, unsigned long timeout)",
  { sleeps: true, fails: ["ZERO"] },
  (k, { x, timeout }) => wait(k, x, timeout, 0),
);
export const waitForCompletionKillableTimeout = stub(
  "long wait_for_completion_killable_timeout(struct completion *x, unsigned long timeout)",
  { sleeps: true, fails: ["ZERO", "ERESTARTSYS"] },
  (k, { x, timeout }) => wait(k, x, timeout, TASK_KILLABLE),
);
export const waitForCompletionState = stub(
  "int wait_for_completion_state(struct completion *x, unsigned int state)",
  { sleeps: true, fails: ["ERESTARTSYS"] },
  (k, { x, state }) => toInt(wait(k, x, FOREVER, state)),
);
