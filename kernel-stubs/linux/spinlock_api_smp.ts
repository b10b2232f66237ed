/** include/linux/spinlock_api_smp.h, as kernel/locking/spinlock.c does it, on one CPU. */
import { RFLAGS } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Declared, stub } from "../../src/stub/declare.ts";

const LOCKED = 1;
const SOFTIRQ_DISABLE_OFFSET = 0x200;
export const FLAGS_IF = 0x200n;
export type Side = "irq" | "bh" | "none";

const count = (k: Kernel, delta: number): void => k.cpu.addPreemptCount(delta);

export const enter = (k: Kernel, side: Side): bigint => {
  const flags = k.executor.registers[RFLAGS] ?? 0n;
  if (side === "irq") k.cpu.setIrqs("off");
  count(k, side === "bh" ? SOFTIRQ_DISABLE_OFFSET + 1 : 1);
  return flags;
};
export const leave = (k: Kernel, side: Side): void => {
  count(k, side === "bh" ? -(SOFTIRQ_DISABLE_OFFSET + 1) : -1);
  if (side === "bh") k.interrupts.softirqsOn();
  if (side === "irq") k.cpu.setIrqs("on");
};

/** Where a CPU waits for a lock in Debian's 6.1.0-56-amd64. */
const SPINNING = {
  source: "kernel/locking/qspinlock.c",
  at: "native_queued_spin_lock_slowpath+0x2e/0x2a0",
  code: "00 41 55 41 54 55 53 48 89 fb 66 90 ba 01 00 00 00 8b 03 85 c0 75 13 3e 0f b1 13 85 c0 75 f2 5b 5d 41 5c 41 5d c3 cc cc cc cc <f3> 90 eb e3 81 fe 00 01 00 00 74 48 81 fe ff 00 00 00 77 75 3e 0f",
};

/** With one CPU a lock that is taken stays taken: whoever spins for it spins for ever. */
export const deadlock = (k: Kernel, kind: "spinlock" | "rwlock", lock: Address): void => {
  const [holder] = k.lockdep.holders(lock);
  const stack = k.traces.stack(k.executor.current() ?? k.current);
  const name = k.lockdep.name(lock, kind);
  k.findings.add({
    kind: "deadlock",
    severity: "error",
    message: `${name} is taken already and can never be released`,
    where: stack[0],
    stack,
    ...(holder === undefined ? {} : { related: [{ message: "it was taken here", stack: holder.stack }] }),
  });
  // The watchdog needs the timer interrupt.
  if (kind === "spinlock" && !k.cpu.irqsDisabled()) {
    k.traces.softLockup(k.current, { site: SPINNING, via: ["_raw_spin_lock+0x25/0x30"] });
  }
  k.stop({ kind: "deadlock", message: `${name} is taken already: the CPU would spin for ever` });
};

const takeSpin = (k: Kernel, lock: Address): void => {
  if (k.memory.u32(lock) !== 0) deadlock(k, "spinlock", lock);
  else k.lockdep.wanted(lock, "spinlock");
  k.memory.setU32(lock, LOCKED);
  k.lockdep.taken(lock, "spinlock");
};
const trySpin = (k: Kernel, lock: Address, side: Side): number => {
  if (k.memory.u32(lock) !== 0) return 0;
  enter(k, side);
  k.memory.setU32(lock, LOCKED);
  k.lockdep.taken(lock, "spinlock");
  return 1;
};
/** The lock is one byte, as the kernel clears it (queued_spin_unlock). */
const releaseSpin = (k: Kernel, lock: Address): void => {
  k.lockdep.released(lock, "spinlock");
  k.memory.setU8(lock, 0);
};

export const spinLock = stub(
  "void _raw_spin_lock(raw_spinlock_t *lock)",
  { acquires: { spinlock: "lock" } },
  (k, { lock }) => {
    enter(k, "none");
    takeSpin(k, lock);
  },
);
export const spinUnlock = stub(
  "void _raw_spin_unlock(raw_spinlock_t *lock)",
  { releases: { spinlock: "lock" } },
  (k, { lock }) => {
    releaseSpin(k, lock);
    leave(k, "none");
  },
);
/** Interrupts are as they were when the lock was taken: `flags` tells. */
export const restore = (k: Kernel, flags: bigint): void => {
  leave(k, "none");
  k.cpu.setIrqs((flags & FLAGS_IF) === 0n ? "off" : "on");
};

export const spinLockIrqsave = stub(
  "unsigned long _raw_spin_lock_irqsave(raw_spinlock_t *lock)",
  { acquires: { spinlock: "lock" } },
  (k, { lock }) => {
    const flags = enter(k, "irq");
    takeSpin(k, lock);
    return flags;
  },
);
export const spinUnlockIrqrestore = stub(
  "void _raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags)",
  { releases: { spinlock: "lock" } },
  (k, { lock, flags }) => {
    releaseSpin(k, lock);
    restore(k, flags);
  },
);

export interface Variant {
  readonly suffix: string;
  readonly side: Side;
}
export const VARIANTS: readonly Variant[] = [
  { suffix: "_irq", side: "irq" },
  { suffix: "_bh", side: "bh" },
];
const variants: Declared[] = VARIANTS.flatMap(({ suffix, side }) => [
  stub(
    `void _raw_spin_lock${suffix}(raw_spinlock_t *lock)` as "void f(raw_spinlock_t *lock)",
    { acquires: { spinlock: "lock" } },
    (k, { lock }) => {
      enter(k, side);
      takeSpin(k, lock);
    },
  ),
  stub(
    `void _raw_spin_unlock${suffix}(raw_spinlock_t *lock)` as "void f(raw_spinlock_t *lock)",
    { releases: { spinlock: "lock" } },
    (k, { lock }) => {
      releaseSpin(k, lock);
      leave(k, side);
    },
  ),
]);
export const spinVariants: readonly Declared[] = variants;

const TRY = { fails: ["ZERO"], acquires: { spinlock: "lock" } } as const;

export const spinTrylock = stub("int _raw_spin_trylock(raw_spinlock_t *lock)", TRY, (k, { lock }) =>
  trySpin(k, lock, "none"),
);
export const spinTrylockBh = stub("int _raw_spin_trylock_bh(raw_spinlock_t *lock)", TRY, (k, { lock }) =>
  trySpin(k, lock, "bh"),
);
