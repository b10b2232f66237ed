/** include/linux/lockref.h, as lib/lockref.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { within } from "../../src/stub/compose.ts";
import { stub } from "../../src/stub/declare.ts";
import { spinLock } from "./spinlock_api_smp.ts";

const DEAD = -128;
const countOf = (k: Kernel, lockref: Address): number =>
  k.memory.i32(lockref + k.offsetOf("lockref", "count"));
const setCount = (k: Kernel, lockref: Address, count: number): void =>
  k.memory.setU32(lockref + k.offsetOf("lockref", "count"), count >>> 0);
/** Changes a count of at least `least`; false when it is lower. */
const change = (k: Kernel, lockref: Address, by: number, least: number): boolean => {
  const count = countOf(k, lockref);
  if (count < least) return false;
  setCount(k, lockref, count + by);
  return true;
};

export const lockrefGet = stub("void lockref_get(struct lockref *lockref)", (k, { lockref }) =>
  setCount(k, lockref, countOf(k, lockref) + 1),
);
export const lockrefGetNotZero = stub("int lockref_get_not_zero(struct lockref *lockref)", (k, { lockref }) =>
  Number(change(k, lockref, 1, 1)),
);
export const lockrefGetNotDead = stub("int lockref_get_not_dead(struct lockref *lockref)", (k, { lockref }) =>
  Number(change(k, lockref, 1, 0)),
);
export const lockrefPutNotZero = stub("int lockref_put_not_zero(struct lockref *lockref)", (k, { lockref }) =>
  Number(change(k, lockref, -1, 2)),
);
/** The new count, or -1 where it was 0 or less, or the lock is taken. */
export const lockrefPutReturn = stub("int lockref_put_return(struct lockref *lockref)", (k, { lockref }) => {
  if (k.memory.u32(lockref) !== 0) return -1;
  return change(k, lockref, -1, 1) ? countOf(k, lockref) : -1;
});
/** 1 when it was given back; otherwise the last reference stays, with the lock taken. */
export const lockrefPutOrLock = stub("int lockref_put_or_lock(struct lockref *lockref)", (k, { lockref }) => {
  if (change(k, lockref, -1, 2)) return 1;
  within(k, spinLock, { lock: lockref });
  return 0;
});
export const lockrefMarkDead = stub("void lockref_mark_dead(struct lockref *lockref)", (k, { lockref }) =>
  setCount(k, lockref, DEAD),
);
