/** include/linux/wait_bit.h, as kernel/sched/wait_bit.c does it. */
import { initList } from "../../src/kernel/data/guest-list.ts";
import { variableName } from "../../src/kernel/locks/classes.ts";
import type { Address } from "../../src/base/address.ts";
import { EAGAIN, EINTR } from "../../src/base/errno.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Block, block } from "../../src/kernel/routine.ts";
import { endsWait } from "../../src/kernel/sched/signals.ts";
import { stub } from "../../src/stub/declare.ts";
import { signalPending, wake } from "./sched.ts";
import { removeInit } from "./wait.ts";

/** Bits of one word are waited for separately; addresses are far from each other. */
const keyOf = (word: Address, bit: number): Address => word * 64 + bit;
const wordOf = (word: Address, bit: number): Address => word + Math.floor(bit / 64) * 8;
const isSet = (k: Kernel, word: Address, bit: number): boolean =>
  (k.memory.u64(wordOf(word, bit)) & (1n << BigInt(bit % 64))) !== 0n;

interface BitWait {
  readonly word: Address;
  readonly bit: number;
  readonly mode: number;
  /** jiffies */
  readonly timeout?: bigint;
}

/** Waits until the bit is clear: 0, -EINTR for a signal, -EAGAIN when the time is over. */
const wait = (k: Kernel, { word, bit, mode, timeout }: BitWait): number | Block => {
  const task = k.current;
  const begun = task.restart as { readonly until: number } | undefined;
  const key = keyOf(word, bit);
  const end = (answer: number): number => {
    k.waits.leave(key, task);
    return answer;
  };
  if (!isSet(k, word, bit)) return end(0);
  if (begun !== undefined && signalPending(k, mode)) return end(-EINTR);
  const until = begun?.until ?? (timeout === undefined ? Infinity : k.clock.jiffies() + Number(timeout));
  if (k.clock.jiffies() >= until) return end(-EAGAIN);
  k.journal.touch(task).restart = { until };
  k.waits.join(key, task);
  return block(`bit ${bit} of ${variableName(k, word)}`, {
    deadline: until === Infinity ? undefined : k.clock.jiffiesToTime(until + 1),
    interruptible: endsWait(mode),
  });
};

const ACTIONS = { partial: "sleeps by itself; an action function of the module's own is not called" };

export const outOfLineWaitOnBit = stub(
  "int out_of_line_wait_on_bit(void *word, int bit, wait_bit_action_f *action, unsigned int mode)",
  { sleeps: true, fails: ["EINTR"], level: ACTIONS },
  (k, { word, bit, mode }) => wait(k, { word, bit, mode }),
);
export const outOfLineWaitOnBitTimeout = stub(
  `int out_of_line_wait_on_bit_timeout(void *word, int bit, wait_bit_action_f *action, unsigned int mode,
      unsigned long timeout)`,
  { sleeps: true, fails: ["EAGAIN"], level: ACTIONS },
  (k, { word, bit, mode, timeout }) => wait(k, { word, bit, mode, timeout }),
);
export const outOfLineWaitOnBitLock = stub(
  "int out_of_line_wait_on_bit_lock(void *word, int bit, wait_bit_action_f *action, unsigned int mode)",
  { sleeps: true, fails: ["EINTR"], level: ACTIONS },
  (k, { word, bit, mode }) => {
    const answer = wait(k, { word, bit, mode });
    if (answer === 0)
      k.memory.setU64(wordOf(word, bit), k.memory.u64(wordOf(word, bit)) | (1n << BigInt(bit % 64)));
    return answer;
  },
);
export const wakeUpBit = stub("void wake_up_bit(void *word, int bit)", (k, { word, bit }) => {
  k.waits.wakeAll(keyOf(word, bit));
});

/** The action functions themselves: modules only hand on their addresses. */
const actions = ["bit_wait", "bit_wait_io", "bit_wait_timeout", "bit_wait_io_timeout"] as const;
export const bitWaitActions = actions.map((name) =>
  stub(
    `int ${name}(struct wait_bit_key *word, int mode)` as "int f(struct wait_bit_key *word, int mode)",
    { sleeps: true, level: { partial: "given as an action it stands for sleeping; called it does nothing" } },
    () => 0,
  ),
);

export const varWaitqueue = stub(
  "wait_queue_head_t *__var_waitqueue(void *p)",
  (k, { p }) => k.varQueues.of(p) as never,
);
export const initWaitVarEntry = stub(
  "void init_wait_var_entry(struct wait_bit_queue_entry *wbq_entry, void *var, int flags)",
  (k, { wbq_entry, var: variable, flags }) => {
    const view = k.struct("wait_bit_queue_entry", wbq_entry);
    view.key.flags = variable as never;
    view.key.bit_nr = -1;
    view.wq_entry.flags = flags;
    view.wq_entry.private = k.current.taskStruct as never;
    view.wq_entry.func = (k.symbols.address("var_wake_function") ?? 0) as never;
    initList(k.memory, view.wq_entry.$address + k.offsetOf("wait_queue_entry", "entry"));
  },
);
const LIST_LIMIT = 1_000_000;
export const wakeUpVar = stub("void wake_up_var(void *var)", (k, { var: variable }) => {
  const end = k.varQueues.of(variable) + k.offsetOf("wait_queue_head", "head");
  const entryAt = k.offsetOf("wait_bit_queue_entry", "wq_entry") + k.offsetOf("wait_queue_entry", "entry");
  let at = k.memory.pointer(end);
  for (let steps = 0; at !== end && steps < LIST_LIMIT; steps += 1) {
    const next = k.memory.pointer(at);
    const view = k.struct("wait_bit_queue_entry", at - entryAt);
    if (view.key.flags === variable && view.key.bit_nr === -1) {
      removeInit(k, at);
      wake(k, view.wq_entry.private);
    }
    at = next;
  }
});
