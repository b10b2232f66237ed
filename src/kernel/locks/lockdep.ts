import { REG } from "unicorn-engine";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { JournalMap, JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Task } from "../task.ts";
import { type LockClass, createLockClasses } from "./classes.ts";
import { type Holding, type LockKind, createHeldLocks } from "./held.ts";
import { createLockOrder } from "./order.ts";
import { createLockReports } from "./reports.ts";
import { type Usage, createLockUsages } from "./usage.ts";

/**
 * Who holds which lock, and what is wrong with that. The stock kernel checks nothing of this and says
 * nothing; all that comes of it are findings. Lock functions tell of every step.
 */
export interface Lockdep {
  /** The lock was made ready by the stub that runs; `name` as the source has it. */
  initialised(lock: Address, name: ByteString): void;
  /** The running code is about to take the lock, and will wait if it must. */
  wanted(lock: Address, kind: LockKind, shared?: "shared"): void;
  /** It has it now. */
  taken(lock: Address, kind: LockKind, shared?: "shared"): void;
  released(lock: Address, kind: LockKind, shared?: "shared"): void;
  /** A writer went on as a reader. */
  downgraded(lock: Address): void;
  /** Locks are known at or behind that address: `freed` is worth a call. */
  watches(address: Address): boolean;
  /** Memory goes back to the allocator; module memory, too. */
  freed(base: Address, size: number): void;
  /** Code that must have given back all it took has ended: `what`, e.g. "init", "a work item". */
  leaving(task: Task, what: string): void;
  held(task: Task): readonly Holding[];
  holders(lock: Address): readonly Holding[];
  /** "mutex lock_a [mod]". */
  name(lock: Address, kind: LockKind): ByteString;
  /** "mutex lock_a [mod], held by insmod (pid 80), which took it at go+0x1/0x2 [mod]": for reports. */
  describe(lock: Address, kind: LockKind): ByteString;
}

/** Stacks kept by where they were seen; then they are looked up afresh. */
const MOST_STACKS = 4096;

export const createLockdep = (k: Kernel): Lockdep => {
  const held = createHeldLocks(k.journal);
  const classes = createLockClasses(k);
  const order = createLockOrder(k.journal);
  const usages = createLockUsages(k.journal);
  const reports = createLockReports(k);
  const stacks: JournalMap<string, readonly ByteString[]> = k.journal.map();
  const said: JournalSet<string> = k.journal.set();

  const running = (): Task => k.executor.current() ?? k.current;

  /** Where the running stub was called. Unwinding is dear: the same place at the same depth has the same stack. */
  const here = (task: Task): readonly ByteString[] => {
    if (k.executor.current() === undefined) return [];
    const top = k.executor.register(REG.RSP);
    const key = `${task.pid} ${top} ${k.memory.accessible(top, 8, "read") ? k.memory.pointer(top) : 0}`;
    const known = stacks.get(key);
    if (known !== undefined) return known;
    const stack = k.traces.stack(task);
    if (stacks.size < MOST_STACKS) stacks.set(key, stack);
    return stack;
  };
  const once = (key: string): boolean => {
    if (said.has(key)) return false;
    said.add(key);
    return true;
  };
  const holdingOf = (
    lock: Address,
    kind: LockKind,
    shared: boolean,
    lockClass: LockClass,
    task: Task,
  ): Holding => ({
    lock,
    kind,
    shared,
    lockClass,
    task,
    stack: here(task),
  });

  const noteUsage = (wanted: Holding): void => {
    if (wanted.kind !== "spinlock" && wanted.kind !== "rwlock") return;
    const context = k.interrupts.context();
    const found: Usage[] = [];
    if (context !== "process") found.push(context === "hardirq" ? "in-hardirq" : "in-softirq");
    if (context !== "hardirq" && !k.cpu.irqsDisabled()) {
      found.push("hardirqs-on");
      if (context === "process" && (k.cpu.preemptCount() & SOFTIRQ_MASK) === 0) found.push("softirqs-on");
    }
    for (const usage of found) {
      const other = usages.note(wanted.lockClass, usage, wanted);
      if (other !== undefined && once(`irq ${wanted.lockClass.id}`))
        reports.irqUnsafe(wanted, usage, other.stack);
    }
  };
  const noteOrder = (wanted: Holding): void => {
    for (const other of held.byTask(wanted.task)) {
      // Their contexts give way to each other: any order will do.
      if (other.kind === "ww_mutex" && wanted.kind === "ww_mutex") continue;
      const back = order.note(other, wanted);
      if (back !== undefined) reports.inversion(other, wanted, back);
    }
  };

  return {
    initialised(lock, name) {
      for (const holding of held.byLock(lock)) {
        held.remove(holding);
        if (holding.task.state !== "dead") reports.gone(holding, "made ready again");
      }
      if (k.executor.current() === undefined) return;
      classes.initialised(lock, k.memory.pointer(k.executor.register(REG.RSP)), name);
    },
    wanted(lock, kind, shared) {
      const lockClass = classes.of(lock);
      if (lockClass === undefined) return;
      const wanted = holdingOf(lock, kind, shared !== undefined, lockClass, running());
      const mine = held.byLock(lock).find(({ task }) => task === wanted.task);
      // Read locks that spin may be taken twice.
      const again = mine !== undefined && !(mine.shared && wanted.shared && RECURSIVE.has(kind));
      if (again && once(`self ${lock} ${wanted.stack[0]}`)) reports.self(mine, wanted);
      noteUsage(wanted);
      if (mine === undefined) noteOrder(wanted);
    },
    taken(lock, kind, shared) {
      const lockClass = classes.of(lock);
      if (lockClass === undefined) return;
      // What is taken anew though somebody held it alone was cleared behind the lock functions' back.
      for (const stale of held.byLock(lock)) if (!stale.shared || shared === undefined) held.remove(stale);
      const holding = holdingOf(lock, kind, shared !== undefined, lockClass, running());
      held.add(holding);
    },
    released(lock, kind, shared) {
      const task = running();
      const holdings = held.byLock(lock);
      const own = holdings.findLast((holding) => holding.task === task);
      const other = own ?? holdings[0];
      if (other !== undefined) held.remove(other);
      if (own !== undefined) return;
      const stack = here(task);
      if (once(`release ${lock} ${stack[0]}`)) reports.badRelease(lock, kind, shared, stack, other);
    },
    downgraded(lock) {
      const own = held.byLock(lock).find(({ task }) => task === running());
      if (own === undefined) return;
      held.remove(own);
      held.add({ ...own, shared: true });
    },
    watches: (address) => classes.near(address),
    freed(base, size) {
      if (held.count > 0) {
        for (const holding of held.all()) {
          if (holding.lock < base || holding.lock >= base + size) continue;
          held.remove(holding);
          // Left held, which has been said, and now the module goes.
          if (once(leftKey(holding))) reports.gone(holding, "freed");
        }
      }
      classes.forget(base, size);
    },
    leaving(task, what) {
      for (const holding of held.byTask(task)) {
        if (once(leftKey(holding))) reports.leftHeld(holding, what);
        if (task.context !== "process") held.remove(holding);
      }
    },
    held: (task) => held.byTask(task),
    holders: (lock) => held.byLock(lock),
    name: (lock, kind) => reports.name(lock, kind),
    describe: (lock, kind) => reports.describe(lock, kind, held.byLock(lock)[0]),
  };
};

const leftKey = ({ lockClass, stack }: Holding): string => `left ${lockClass.id} ${stack[0]}`;
const RECURSIVE: ReadonlySet<LockKind> = new Set(["rwlock", "srcu"]);
/** include/linux/preempt.h */
const SOFTIRQ_MASK = 0xff00;
