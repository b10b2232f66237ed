/** include/linux/wait.h, as kernel/sched/wait.c does it: real lists in guest memory. */
import { asInt } from "../../src/abi/calls.ts";
import { initList } from "../../src/kernel/data/guest-list.ts";
import type { Address } from "../../src/base/address.ts";
import { ERESTARTSYS } from "../../src/base/errno.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Block, type Routine, block } from "../../src/kernel/routine.ts";
import { within } from "../../src/stub/compose.ts";
import { stub } from "../../src/stub/declare.ts";
import { spinLock, spinUnlock } from "./spinlock_api_smp.ts";
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from "../../src/kernel/sched/signals.ts";
import { MAX_SCHEDULE_TIMEOUT, signalPending, wake } from "./sched.ts";

const WQ_FLAG_EXCLUSIVE = 1;
const WQ_FLAG_WOKEN = 2;
/** A list no guest makes by accident. */
const LIST_LIMIT = 1_000_000;

const head = (k: Kernel, queue: Address): Address => queue + k.offsetOf("wait_queue_head", "head");
const entryList = (k: Kernel, entry: Address): Address => entry + k.offsetOf("wait_queue_entry", "entry");

export const linked = (k: Kernel, list: Address): boolean => k.memory.pointer(list) !== list;
const insert = (k: Kernel, list: Address, previous: Address, next: Address): void => {
  k.memory.setPointer(next + 8, list);
  k.memory.setPointer(list, next);
  k.memory.setPointer(list + 8, previous);
  k.memory.setPointer(previous, list);
};
export const addTail = (k: Kernel, list: Address, to: Address): void =>
  insert(k, list, k.memory.pointer(to + 8), to);
const addFirst = (k: Kernel, list: Address, to: Address): void => insert(k, list, to, k.memory.pointer(to));
export const removeInit = (k: Kernel, list: Address): void => {
  const [next, previous] = [k.memory.pointer(list), k.memory.pointer(list + 8)];
  k.memory.setPointer(next + 8, previous);
  k.memory.setPointer(previous, next);
  initList(k.memory, list);
};

export const initWaitqueueHead = stub(
  "void __init_waitqueue_head(struct wait_queue_head *wq_head, const char *name, struct lock_class_key *key)",
  (k, { wq_head }) => {
    k.memory.setU32(wq_head, 0);
    initList(k.memory, head(k, wq_head));
  },
);

export const initWaitEntry = stub(
  "void init_wait_entry(struct wait_queue_entry *wq_entry, int flags)",
  (k, { wq_entry, flags }) => {
    const view = k.struct("wait_queue_entry", wq_entry);
    view.flags = flags;
    view.private = k.current.taskStruct;
    view.func = k.symbols.address("autoremove_wake_function") ?? 0;
    initList(k.memory, entryList(k, wq_entry));
  },
);

export const setState = (k: Kernel, state: number): void => {
  k.struct("task_struct", k.current.taskStruct).__state = state;
};

export const prepareToWait = stub(
  "void prepare_to_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state)",
  (k, { wq_head, wq_entry, state }) => {
    const view = k.struct("wait_queue_entry", wq_entry);
    view.flags &= ~WQ_FLAG_EXCLUSIVE;
    if (!linked(k, entryList(k, wq_entry))) addFirst(k, entryList(k, wq_entry), head(k, wq_head));
    setState(k, state);
  },
);
export const prepareToWaitExclusive = stub(
  "bool prepare_to_wait_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state)",
  (k, { wq_head, wq_entry, state }) => {
    const view = k.struct("wait_queue_entry", wq_entry);
    view.flags |= WQ_FLAG_EXCLUSIVE;
    let wasEmpty = false;
    if (!linked(k, entryList(k, wq_entry))) {
      wasEmpty = !linked(k, head(k, wq_head));
      addTail(k, entryList(k, wq_entry), head(k, wq_head));
    }
    setState(k, state);
    return wasEmpty;
  },
);
export const prepareToWaitEvent = stub(
  "long prepare_to_wait_event(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state)",
  (k, { wq_head, wq_entry, state }) => {
    const list = entryList(k, wq_entry);
    if (signalPending(k, state)) {
      removeInit(k, list);
      return -BigInt(ERESTARTSYS);
    }
    if (!linked(k, list)) {
      const exclusive = (k.struct("wait_queue_entry", wq_entry).flags & WQ_FLAG_EXCLUSIVE) !== 0;
      if (exclusive) addTail(k, list, head(k, wq_head));
      else addFirst(k, list, head(k, wq_head));
    }
    setState(k, state);
    return 0n;
  },
);
export const finishWait = stub(
  "void finish_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)",
  (k, { wq_entry }) => {
    setState(k, TASK_RUNNING);
    if (linked(k, entryList(k, wq_entry))) removeInit(k, entryList(k, wq_entry));
  },
);

export const addWaitQueue = stub(
  "void add_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)",
  (k, { wq_head, wq_entry }) => {
    k.struct("wait_queue_entry", wq_entry).flags &= ~WQ_FLAG_EXCLUSIVE;
    addFirst(k, entryList(k, wq_entry), head(k, wq_head));
  },
);
export const addWaitQueueExclusive = stub(
  "void add_wait_queue_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)",
  (k, { wq_head, wq_entry }) => {
    k.struct("wait_queue_entry", wq_entry).flags |= WQ_FLAG_EXCLUSIVE;
    addTail(k, entryList(k, wq_entry), head(k, wq_head));
  },
);
export const removeWaitQueue = stub(
  "void remove_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)",
  (k, { wq_entry }) => {
    const list = entryList(k, wq_entry);
    const [next, previous] = [k.memory.pointer(list), k.memory.pointer(list + 8)];
    k.memory.setPointer(next + 8, previous);
    k.memory.setPointer(previous, next);
  },
);

export const defaultWakeFunction = stub(
  "int default_wake_function(wait_queue_entry_t *curr, unsigned int mode, int wake_flags, void *key)",
  (k, { curr, mode }) => (wake(k, k.struct("wait_queue_entry", curr).private, mode) ? 1 : 0),
);
const autoremove = (k: Kernel, entry: Address, mode: number): number => {
  const woken = wake(k, k.struct("wait_queue_entry", entry).private, mode);
  if (woken) removeInit(k, entryList(k, entry));
  return woken ? 1 : 0;
};
export const autoremoveWakeFunction = stub(
  `int autoremove_wake_function(struct wait_queue_entry *wq_entry, unsigned int mode,
      int sync, void *key)`,
  (k, { wq_entry, mode }) => autoremove(k, wq_entry, mode),
);
export const wokenWakeFunction = stub(
  `int woken_wake_function(struct wait_queue_entry *wq_entry, unsigned int mode,
      int sync, void *key)`,
  (k, { wq_entry, mode }) => {
    const view = k.struct("wait_queue_entry", wq_entry);
    view.flags |= WQ_FLAG_WOKEN;
    return wake(k, view.private, mode) ? 1 : 0;
  },
);
export const waitWoken = stub(
  "long wait_woken(struct wait_queue_entry *wq_entry, unsigned int mode, long timeout)",
  { sleeps: true },
  (k, { wq_entry, mode, timeout }): bigint | Block => {
    const view = k.struct("wait_queue_entry", wq_entry);
    const started = k.current.restart as { until: number } | undefined;
    const until =
      started?.until ?? (timeout === MAX_SCHEDULE_TIMEOUT ? Infinity : k.clock.jiffies() + Number(timeout));
    // schedule_timeout() comes back for whatever reason the task was woken: kthread_stop() is one.
    const over =
      started !== undefined ||
      (view.flags & WQ_FLAG_WOKEN) !== 0 ||
      k.kthreads.shouldStop(k.current) ||
      signalPending(k, mode) ||
      k.clock.jiffies() >= until;
    if (!over) {
      k.journal.touch(k.current).restart = { until };
      setState(k, mode);
      const deadline = until === Infinity ? undefined : k.clock.jiffiesToTime(until + 1);
      return block("wait_woken", { deadline, interruptible: (mode & 1) !== 0 });
    }
    setState(k, TASK_RUNNING);
    view.flags &= ~WQ_FLAG_WOKEN;
    return until === Infinity ? timeout : BigInt(Math.max(0, until - k.clock.jiffies()));
  },
);

/** __wake_up_common: calls each entry's function until enough exclusive ones have been woken. */
function* wakeAll(k: Kernel, queue: Address, mode: number, exclusive: number, key: Address): Routine<number> {
  const end = head(k, queue);
  let left = exclusive;
  let at = k.memory.pointer(end);
  for (let steps = 0; at !== end && steps < LIST_LIMIT; steps += 1) {
    const next = k.memory.pointer(at);
    const entry = at - k.offsetOf("wait_queue_entry", "entry");
    const view = k.struct("wait_queue_entry", entry);
    const { flags } = view;
    const result = asInt(yield* k.call(view.func, entry, mode, 0, key));
    if (result < 0) break;
    if (result !== 0 && (flags & WQ_FLAG_EXCLUSIVE) !== 0) {
      left -= 1;
      if (left === 0) break;
    }
    at = next;
  }
  return exclusive - left;
}

export const wakeUp = stub(
  "int __wake_up(struct wait_queue_head *wq_head, unsigned int mode, int nr_exclusive, void *key)",
  function* (k, { wq_head, mode, nr_exclusive, key }) {
    return yield* wakeAll(k, wq_head, mode, nr_exclusive, key);
  },
);
export const wakeUpSync = stub(
  "void __wake_up_sync(struct wait_queue_head *wq_head, unsigned int mode)",
  function* (k, { wq_head, mode }) {
    yield* wakeAll(k, wq_head, mode, 1, 0);
  },
);
export const wakeUpLocked = stub(
  "void __wake_up_locked(struct wait_queue_head *wq_head, unsigned int mode, int nr)",
  function* (k, { wq_head, mode, nr }) {
    yield* wakeAll(k, wq_head, mode, nr, 0);
  },
);
export const doWaitIntr = stub(
  "int do_wait_intr(wait_queue_head_t *wq, wait_queue_entry_t *wait)",
  { sleeps: true },
  (k, { wq, wait }) => waitLocked(k, wq, wait),
);
export const doWaitIntrIrq = stub(
  "int do_wait_intr_irq(wait_queue_head_t *wq, wait_queue_entry_t *wait)",
  { sleeps: true },
  (k, { wq, wait }) => waitLocked(k, wq, wait),
);

/**
 * The queue's own lock, which the caller holds, is given up for the sleep. `restart` tells that it
 * has begun.
 */
const waitLocked = (k: Kernel, queue: Address, entry: Address): number | Block => {
  const task = k.current;
  if (task.restart === "asleep") {
    within(k, spinLock, { lock: queue });
    return 0;
  }
  const list = entryList(k, entry);
  if (!linked(k, list)) addTail(k, list, head(k, queue));
  setState(k, TASK_INTERRUPTIBLE);
  if (signalPending(k, TASK_INTERRUPTIBLE)) return -ERESTARTSYS;
  within(k, spinUnlock, { lock: queue });
  k.journal.touch(task).restart = "asleep";
  return block("to be woken", { interruptible: true });
};
