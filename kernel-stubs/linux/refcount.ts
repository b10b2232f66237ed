/** include/linux/refcount.h: lib/refcount.c. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { isBlock } from "../../src/kernel/routine.ts";
import { within } from "../../src/stub/compose.ts";
import { stub } from "../../src/stub/declare.ts";
import { warnOnceAt } from "../reports.ts";
import { spinLock, spinLockIrqsave, spinUnlock, spinUnlockIrqrestore } from "./spinlock_api_smp.ts";

const REFCOUNT_SATURATED = 0xc000_0000;

/** enum refcount_saturation_type: the line that warns, and what it says. */
const SATURATIONS: readonly (readonly [line: number, text: string])[] = [
  [19, "saturated; leaking memory"],
  [22, "saturated; leaking memory"],
  [25, "addition on 0; use-after-free"],
  [28, "underflow; use-after-free"],
  [31, "decrement hit 0; leaking memory"],
];

export const refcountWarnSaturate = stub(
  "void refcount_warn_saturate(refcount_t *r, enum refcount_saturation_type t)",
  (k, { r, t }) => {
    k.memory.setU32(r, REFCOUNT_SATURATED);
    const [line, text] = SATURATIONS[t] ?? [34, "unknown saturation event!?"];
    warnOnceAt(k, `refcount_warn_saturate:${line}`, `refcount_t: ${text}.`);
  },
);

export const refcountDecIfOne = stub("bool refcount_dec_if_one(refcount_t *r)", (k, { r }) => {
  if (k.memory.u32(r) !== 1) return false;
  k.memory.setU32(r, 0);
  return true;
});

/** False when the count was 1; a saturated one stays as it is. */
export const decNotOne = (k: Kernel, r: Address): boolean => {
  const value = k.memory.u32(r);
  if (value === REFCOUNT_SATURATED) return true;
  if (value === 1) return false;
  if (value === 0) warnOnceAt(k, "refcount_dec_not_one:87", "refcount_t: underflow; use-after-free.");
  else k.memory.setU32(r, value - 1);
  return true;
};

export const refcountDecNotOne = stub("bool refcount_dec_not_one(refcount_t *r)", (k, { r }) =>
  decNotOne(k, r),
);

/** refcount_dec_and_test(): true when the count has come to 0. */
const decAndTest = (k: Kernel, r: Address, place: string): boolean => {
  const value = k.memory.u32(r);
  if (value === 1) {
    k.memory.setU32(r, 0);
    return true;
  }
  if (value === 0 || value > 0x7fff_ffff) {
    k.memory.setU32(r, REFCOUNT_SATURATED);
    warnOnceAt(k, place, "refcount_t: underflow; use-after-free.");
  } else k.memory.setU32(r, value - 1);
  return false;
};

/** With the lock held when the count has come to 0. */
export const refcountDecAndLock = stub(
  "bool refcount_dec_and_lock(refcount_t *r, spinlock_t *lock)",
  { acquires: { spinlock: (_k, { lock }, result) => (result === 0 ? undefined : lock) } },
  (k, { r, lock }) => {
    if (decNotOne(k, r)) return false;
    within(k, spinLock, { lock });
    if (decAndTest(k, r, "refcount_dec_and_lock:28")) return true;
    within(k, spinUnlock, { lock });
    return false;
  },
);

export const refcountDecAndLockIrqsave = stub(
  "bool refcount_dec_and_lock_irqsave(refcount_t *r, spinlock_t *lock, unsigned long *flags)",
  { acquires: { spinlock: (_k, { lock }, result) => (result === 0 ? undefined : lock) } },
  (k, { r, lock, flags }) => {
    if (decNotOne(k, r)) return false;
    const saved = within(k, spinLockIrqsave, { lock }) as bigint;
    k.memory.setU64(flags, saved);
    if (decAndTest(k, r, "refcount_dec_and_lock_irqsave:28")) return true;
    within(k, spinUnlockIrqrestore, { lock, flags: saved });
    return false;
  },
);

export const refcountDecAndMutexLock = stub(
  "bool refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock)",
  { acquires: { mutex: (_k, { lock }, result) => (result === 0 ? undefined : lock) }, sleeps: true },
  (k, { r, lock }) => {
    if (decNotOne(k, r)) return false;
    const wait = k.mutexes.acquire(lock, k.current);
    if (isBlock(wait)) return wait;
    if (decAndTest(k, r, "refcount_dec_and_mutex_lock:28")) return true;
    k.mutexes.release(lock);
    return false;
  },
);
