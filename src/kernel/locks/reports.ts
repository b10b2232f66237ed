import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Related } from "../events.ts";
import type { Kernel } from "../kernel.ts";
import type { Task } from "../task.ts";
import { variableName } from "./classes.ts";
import type { Holding, LockKind } from "./held.ts";
import type { Dependency } from "./order.ts";
import type { Usage } from "./usage.ts";

/** The findings about locks. */
export interface LockReports {
  name(lock: Address, kind: LockKind): ByteString;
  describe(lock: Address, kind: LockKind, holder: Holding | undefined): ByteString;
  self(mine: Holding, wanted: Holding): void;
  inversion(held: Holding, wanted: Holding, back: readonly Dependency[]): void;
  irqUnsafe(wanted: Holding, usage: Usage, other: readonly ByteString[]): void;
  badRelease(
    lock: Address,
    kind: LockKind,
    shared: "shared" | undefined,
    stack: readonly ByteString[],
    other: Holding | undefined,
  ): void;
  /** Held memory was freed or made ready again. */
  gone(holding: Holding, how: "freed" | "made ready again"): void;
  leftHeld(holding: Holding, what: string): void;
}

const KIND: Readonly<Record<LockKind, string>> = {
  spinlock: "spinlock",
  rwlock: "rwlock",
  mutex: "mutex",
  rwsem: "rw_semaphore",
  rt_mutex: "rt_mutex",
  ww_mutex: "ww_mutex",
  percpu_rwsem: "percpu_rw_semaphore",
  srcu: "srcu_struct",
};

const USAGE: Readonly<Record<Usage, string>> = {
  "in-hardirq": "in hardirq context",
  "in-softirq": "in softirq context",
  "hardirqs-on": "with interrupts on",
  "softirqs-on": "with softirqs on",
};
const OPPOSITE: Readonly<Record<Usage, Usage>> = {
  "in-hardirq": "hardirqs-on",
  "in-softirq": "softirqs-on",
  "hardirqs-on": "in-hardirq",
  "softirqs-on": "in-softirq",
};

const taskName = (task: Task): ByteString =>
  task.pid === 0 ? `a ${task.context}` : `${task.comm} (pid ${task.pid})`;

export const createLockReports = (k: Kernel): LockReports => {
  const name = (lock: Address, kind: LockKind): ByteString => `${KIND[kind]} ${variableName(k, lock)}`;
  const held = ({ lock, kind, lockClass }: Holding): ByteString => {
    const own = variableName(k, lock);
    // A lock inside an object is best known by what the source calls it.
    return own === lockClass.name ? `${KIND[kind]} ${own}` : `${KIND[kind]} ${lockClass.name} at ${own}`;
  };
  const at = (stack: readonly ByteString[]): ByteString => stack[0] ?? "a place not known";
  const find = (
    kind: string,
    severity: "error" | "warning",
    message: string,
    stack: readonly ByteString[],
    related: readonly Related[],
  ): void => k.findings.add({ kind, severity, message, where: stack[0], stack, related });
  const takenAt = (holding: Holding): Related => ({
    message: `${held(holding)} was taken here by ${taskName(holding.task)}`,
    stack: holding.stack,
  });
  const now = (): readonly ByteString[] => {
    const task = k.executor.current();
    return task === undefined ? [] : k.traces.stack(task);
  };

  return {
    name,
    describe(lock, kind, holder) {
      if (holder === undefined) return name(lock, kind);
      return `${name(lock, kind)}, held by ${taskName(holder.task)}, which took it at ${at(holder.stack)}`;
    },
    self(mine, wanted) {
      const how = mine.shared && wanted.shared ? "as a reader again" : "again";
      const message =
        `${taskName(wanted.task)} takes ${held(wanted)} ${how}, which it holds already` +
        (mine.shared && wanted.shared ? ": a writer in between would stop it for ever" : "");
      const severity = mine.shared && wanted.shared ? "warning" : "error";
      find("self-deadlock", severity, message, wanted.stack, [takenAt(mine)]);
    },
    inversion(first, wanted, back) {
      // The same two locks: it can happen. Other locks of these kinds: an order not told to us may prevent it.
      const same = back.length === 1 && back[0]?.locks[0] === wanted.lock && back[0].locks[1] === first.lock;
      const way = back.map(({ second }) => second.name).join(", then ");
      const message =
        `${held(wanted)} is taken while ${held(first)} is held; elsewhere it is held while ${way} is taken: ` +
        "two tasks that do both at once wait for each other for ever";
      const related = back.flatMap(({ second, firstStack, stack, first: held1 }) => [
        { message: `${second.name} is taken here while ${held1.name} is held`, stack },
        { message: `${held1.name} had been taken here`, stack: firstStack },
      ]);
      const severity = same || back.length > 1 ? "error" : "warning";
      find("lock-order-inversion", severity, message, wanted.stack, [takenAt(first), ...related]);
    },
    irqUnsafe(wanted, usage, other) {
      const opposite = OPPOSITE[usage];
      const message =
        `${held(wanted)} is taken ${USAGE[usage]} and elsewhere ${USAGE[opposite]}: ` +
        "an interrupt at the wrong moment spins for it for ever";
      find("irq-unsafe-lock", "error", message, wanted.stack, [
        { message: `it is taken ${USAGE[opposite]} here`, stack: other },
      ]);
    },
    badRelease(lock, kind, shared, stack, other) {
      const as = shared === undefined ? "" : " as a reader";
      const self = taskName(k.executor.current() ?? k.current);
      if (other === undefined) {
        find(
          "unlock-not-held",
          "error",
          `${self} releases ${name(lock, kind)}${as}, which nobody holds`,
          stack,
          [],
        );
        return;
      }
      const message = `${self} releases ${name(lock, kind)}${as}, which ${taskName(other.task)} holds`;
      find("unlock-by-other", other.shared ? "warning" : "error", message, stack, [takenAt(other)]);
    },
    gone(holding, how) {
      const message = `${held(holding)} is ${how} while ${taskName(holding.task)} holds it`;
      find(
        how === "freed" ? "lock-freed-while-held" : "lock-initialised-while-held",
        "error",
        message,
        now(),
        [takenAt(holding)],
      );
    },
    leftHeld(holding, what) {
      const message = `${held(holding)} is still held by ${taskName(holding.task)} at the end of ${what}`;
      find("lock-held-at-return", "error", message, holding.stack, []);
    },
  };
};
