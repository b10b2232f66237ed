/** include/linux/spinlock.h, as lib/dec_and_lock.c does it. */
import { within } from "../../src/stub/compose.ts";
import { stub } from "../../src/stub/declare.ts";
import { spinLock, spinLockIrqsave } from "./spinlock_api_smp.ts";

/** include/linux/spinlock.h: lib/dec_and_lock.c */
export const atomicDecAndLock = stub(
  "int _atomic_dec_and_lock(atomic_t *atomic, spinlock_t *lock)",
  { acquires: { spinlock: (_k, { lock }, result) => (result === 0 ? undefined : lock) } },
  (k, { atomic, lock }) => {
    const last = k.memory.u32(atomic) === 1;
    if (last) within(k, spinLock, { lock });
    k.memory.setU32(atomic, (k.memory.u32(atomic) - 1) >>> 0);
    return Number(last);
  },
);

export const atomicDecAndLockIrqsave = stub(
  "int _atomic_dec_and_lock_irqsave(atomic_t *atomic, spinlock_t *lock, unsigned long *flags)",
  { acquires: { spinlock: (_k, { lock }, result) => (result === 0 ? undefined : lock) } },
  (k, { atomic, lock, flags }) => {
    const last = k.memory.u32(atomic) === 1;
    if (last) k.memory.setU64(flags, within(k, spinLockIrqsave, { lock }) as bigint);
    k.memory.setU32(atomic, (k.memory.u32(atomic) - 1) >>> 0);
    return Number(last);
  },
);
