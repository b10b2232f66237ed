/** include/linux/rwlock_api_smp.h, as kernel/locking/spinlock.c does it, on one CPU. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Declared, stub } from "../../src/stub/declare.ts";
import { type Side, VARIANTS, type Variant, deadlock, enter, leave, restore } from "./spinlock_api_smp.ts";

/** A writer; readers count from bit 9 (asm-generic/qrwlock_types.h). */
const WRITER_MASK = 0x1ff;
const WRITER = 0xff;
const READER = 0x200;

const markRead = (k: Kernel, lock: Address): void => {
  k.memory.setU32(lock, (k.memory.u32(lock) + READER) >>> 0);
  k.lockdep.taken(lock, "rwlock", "shared");
};
const markWrite = (k: Kernel, lock: Address): void => {
  k.memory.setU32(lock, WRITER);
  k.lockdep.taken(lock, "rwlock");
};
const takeRead = (k: Kernel, lock: Address): void => {
  if ((k.memory.u32(lock) & WRITER_MASK) !== 0) deadlock(k, "rwlock", lock);
  else k.lockdep.wanted(lock, "rwlock", "shared");
  markRead(k, lock);
};
const takeWrite = (k: Kernel, lock: Address): void => {
  if (k.memory.u32(lock) !== 0) deadlock(k, "rwlock", lock);
  else k.lockdep.wanted(lock, "rwlock");
  markWrite(k, lock);
};
const releaseRead = (k: Kernel, lock: Address): void => {
  k.lockdep.released(lock, "rwlock", "shared");
  k.memory.setU32(lock, (k.memory.u32(lock) - READER) >>> 0);
};
const releaseWrite = (k: Kernel, lock: Address): void => {
  k.lockdep.released(lock, "rwlock");
  k.memory.setU8(lock, 0);
};

type Step = (k: Kernel, lock: Address) => void;
type Prototype = "void f(rwlock_t *lock)";
const acquire = (prototype: string, side: Side, take: Step): Declared =>
  stub(prototype as Prototype, { acquires: { rwlock: "lock" } }, (k, { lock }) => {
    enter(k, side);
    take(k, lock);
  });
const release = (prototype: string, side: Side, give: Step): Declared =>
  stub(prototype as Prototype, { releases: { rwlock: "lock" } }, (k, { lock }) => {
    give(k, lock);
    leave(k, side);
  });

const RW: readonly Variant[] = [{ suffix: "", side: "none" }, ...VARIANTS];
export const rwLocks: readonly Declared[] = RW.flatMap(({ suffix, side }) => [
  acquire(`void _raw_read_lock${suffix}(rwlock_t *lock)`, side, takeRead),
  release(`void _raw_read_unlock${suffix}(rwlock_t *lock)`, side, releaseRead),
  acquire(`void _raw_write_lock${suffix}(rwlock_t *lock)`, side, takeWrite),
  release(`void _raw_write_unlock${suffix}(rwlock_t *lock)`, side, releaseWrite),
]);

export const writeLockNested = stub(
  "void _raw_write_lock_nested(rwlock_t *lock, int subclass)",
  { acquires: { rwlock: "lock" } },
  (k, { lock }) => {
    enter(k, "none");
    takeWrite(k, lock);
  },
);
const TRY = { fails: ["ZERO"], acquires: { rwlock: "lock" } } as const;

export const readTrylock = stub("int _raw_read_trylock(rwlock_t *lock)", TRY, (k, { lock }) => {
  if ((k.memory.u32(lock) & WRITER_MASK) !== 0) return 0;
  enter(k, "none");
  markRead(k, lock);
  return 1;
});
export const writeTrylock = stub("int _raw_write_trylock(rwlock_t *lock)", TRY, (k, { lock }) => {
  if (k.memory.u32(lock) !== 0) return 0;
  enter(k, "none");
  markWrite(k, lock);
  return 1;
});

export const readLockIrqsave = stub(
  "unsigned long _raw_read_lock_irqsave(rwlock_t *lock)",
  { acquires: { rwlock: "lock" } },
  (k, { lock }) => {
    const flags = enter(k, "irq");
    takeRead(k, lock);
    return flags;
  },
);
export const writeLockIrqsave = stub(
  "unsigned long _raw_write_lock_irqsave(rwlock_t *lock)",
  { acquires: { rwlock: "lock" } },
  (k, { lock }) => {
    const flags = enter(k, "irq");
    takeWrite(k, lock);
    return flags;
  },
);
export const readUnlockIrqrestore = stub(
  "void _raw_read_unlock_irqrestore(rwlock_t *lock, unsigned long flags)",
  { releases: { rwlock: "lock" } },
  (k, { lock, flags }) => {
    releaseRead(k, lock);
    restore(k, flags);
  },
);
export const writeUnlockIrqrestore = stub(
  "void _raw_write_unlock_irqrestore(rwlock_t *lock, unsigned long flags)",
  { releases: { rwlock: "lock" } },
  (k, { lock, flags }) => {
    releaseWrite(k, lock);
    restore(k, flags);
  },
);
