import type { Address } from "../../base/address.ts";
import { TICK_NS } from "../clock.ts";
import type { Kernel } from "../kernel.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import { type Block, type Routine, block } from "../routine.ts";
import type { Task } from "../task.ts";

/**
 * Grace periods (kernel/rcu/tree.c, CONFIG_PREEMPT_RCU). There is one CPU: a few ticks are enough once
 * no task is in a read-side section.
 */
export interface Rcu {
  enter(): void;
  leave(): void;
  /** Read-side sections that a task with a task_struct is in. */
  nesting(task: Task): number;
  /** Waits for a grace period; the moment is kept between entries. */
  synchronize(task: Task, reason?: string): Block | undefined;
  /** Calls back in softirq context, or frees, when a grace period is over. */
  later(kind: "rcu" | "rcu-free" | "percpu-ref" | "rcu-work", key: Address): void;
  /** A grace period that ends now would be too early. */
  busy(): boolean;
  /** A cookie for the end of a grace period that begins now. */
  state(): bigint;
  over(cookie: bigint): boolean;
}

/** How long a grace period takes on a machine that has nothing else to do. */
const GRACE_NS = 3 * TICK_NS;

export const createRcu = (k: Kernel): Rcu => {
  /** Tasks inside a read-side section. */
  const readers = k.journal.set<Task>();
  const { memory } = k;
  const offset = k.offsetOf("task_struct", "rcu_read_lock_nesting");
  const nesting = (task: Task): number => memory.i32(task.taskStruct + offset);
  /** Returns how many there are then. */
  const nest = (task: Task, more: number): number => {
    const count = nesting(task) + more;
    memory.setU32(task.taskStruct + offset, count >>> 0);
    return count;
  };
  k.tasks.ended.push((task) => void readers.delete(task));

  const later: Rcu["later"] = (kind, key) => void k.timeline.schedule(k.clock.now() + GRACE_NS, kind, key);
  k.interrupts.handle("rcu", {
    context: "softirq",
    softirq: ["9 RCU", "rcu_core_si"],
    name: "rcu_do_batch+0x19a/0x540",
    callers: DEFERRED_CALLERS.rcu,
    *act(head) {
      // Somebody reads: looked at again a grace period later.
      if (readers.size > 0) later("rcu", head);
      else yield* k.call(k.struct("callback_head", head).func, head);
    },
  });
  k.interrupts.handle("rcu-free", {
    context: "softirq",
    name: "kvfree_rcu_bulk+0x9a/0x110",
    *act(object) {
      if (readers.size > 0) later("rcu-free", object);
      else k.vmalloc.kvfree(object);
    },
  });
  k.interrupts.handle("rcu-work", {
    context: "none",
    act(rwork) {
      if (readers.size > 0) later("rcu-work", rwork);
      else k.workqueues.submit(k.struct("rcu_work", rwork).wq, rwork);
    },
  });
  const end = (task: Task): number => (task.restart as number | undefined) ?? k.clock.now() + GRACE_NS;

  return {
    enter() {
      nest(k.current, 1);
      if (!readers.has(k.current)) readers.add(k.current);
    },
    leave() {
      if (nest(k.current, -1) <= 0 && readers.has(k.current)) readers.delete(k.current);
    },
    nesting,
    synchronize(task, reason = "an RCU grace period") {
      const deadline = end(task);
      const held = readers.size > (readers.has(task) ? 1 : 0);
      if (k.clock.now() >= deadline && !held) return undefined;
      k.journal.touch(task).restart = deadline;
      return block(reason, { deadline: held ? Math.max(deadline, k.clock.now() + GRACE_NS) : deadline });
    },
    later,
    busy: () => readers.size > 0,
    state: () => BigInt(Math.ceil(k.clock.now())) + BigInt(GRACE_NS),
    over: (cookie) => BigInt(Math.floor(k.clock.now())) >= cookie && readers.size === 0,
  };
};

/** synchronize_rcu() of the kernel's own. */
export function* gracePeriod(k: Kernel): Routine<void> {
  do yield block("an RCU grace period", { deadline: k.clock.now() + GRACE_NS });
  while (k.rcu.busy());
}
