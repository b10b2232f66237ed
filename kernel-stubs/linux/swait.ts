/** include/linux/swait.h, as kernel/sched/swait.c does it: lists in guest memory. */
import { initList } from "../../src/kernel/data/guest-list.ts";
import type { Address } from "../../src/base/address.ts";
import { ERESTARTSYS } from "../../src/base/errno.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { TASK_RUNNING } from "../../src/kernel/sched/signals.ts";
import { stub } from "../../src/stub/declare.ts";
import { signalPending, wake } from "./sched.ts";
import { addTail, linked, removeInit, setState } from "./wait.ts";

/** A list no guest makes by accident. */
const LIST_LIMIT = 1_000_000;

const head = (k: Kernel, queue: Address): Address => queue + k.offsetOf("swait_queue_head", "task_list");
const entryList = (k: Kernel, wait: Address): Address => wait + k.offsetOf("swait_queue", "task_list");

export const initSwaitQueueHead = stub(
  "void __init_swait_queue_head(struct swait_queue_head *q, const char *name, struct lock_class_key *key)",
  (k, { q }) => {
    k.memory.setU32(q, 0);
    initList(k.memory, head(k, q));
  },
);

const add = (k: Kernel, queue: Address, wait: Address, state: number): void => {
  k.struct("swait_queue", wait).task = k.current.taskStruct as never;
  if (!linked(k, entryList(k, wait))) addTail(k, entryList(k, wait), head(k, queue));
  setState(k, state);
};
export const prepareToSwaitExclusive = stub(
  "void prepare_to_swait_exclusive(struct swait_queue_head *q, struct swait_queue *wait, int state)",
  (k, { q, wait, state }) => add(k, q, wait, state),
);
export const prepareToSwaitEvent = stub(
  "long prepare_to_swait_event(struct swait_queue_head *q, struct swait_queue *wait, int state)",
  (k, { q, wait, state }) => {
    if (signalPending(k, state)) {
      removeInit(k, entryList(k, wait));
      return -BigInt(ERESTARTSYS);
    }
    add(k, q, wait, state);
    return 0n;
  },
);
export const finishSwait = stub(
  "void finish_swait(struct swait_queue_head *q, struct swait_queue *wait)",
  (k, { wait }) => {
    setState(k, TASK_RUNNING);
    if (linked(k, entryList(k, wait))) removeInit(k, entryList(k, wait));
  },
);

/** Wakes the first so many; who is woken is off the list. */
const wakeUp = (k: Kernel, queue: Address, most: number): void => {
  for (let woken = 0; woken < most && linked(k, head(k, queue)); woken += 1) {
    const list = k.memory.pointer(head(k, queue));
    const { task } = k.struct("swait_queue", list - k.offsetOf("swait_queue", "task_list"));
    removeInit(k, list);
    wake(k, task);
  }
};
export const swakeUpOne = stub("void swake_up_one(struct swait_queue_head *q)", (k, { q }) =>
  wakeUp(k, q, 1),
);
export const swakeUpLocked = stub("void swake_up_locked(struct swait_queue_head *q)", (k, { q }) =>
  wakeUp(k, q, 1),
);
export const swakeUpAll = stub("void swake_up_all(struct swait_queue_head *q)", (k, { q }) =>
  wakeUp(k, q, LIST_LIMIT),
);
