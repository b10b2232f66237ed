/** include/linux/rtnetlink.h: the RTNL, as net/core/rtnetlink.c does it. */
import { rtnlMutex } from "../../src/kernel/net/rtnl.ts";
import { TASK_KILLABLE } from "../../src/kernel/sched/signals.ts";
import { stub } from "../../src/stub/declare.ts";
import { waits } from "./mutex.ts";

export const rtnlLock = stub("void rtnl_lock(void)", { sleeps: true, acquires: { mutex: rtnlMutex } }, (k) =>
  waits(k.mutexes.acquire(rtnlMutex(k), k.current)),
);
export const rtnlLockKillable = stub(
  "int rtnl_lock_killable(void)",
  { sleeps: true, fails: ["EINTR"], acquires: { mutex: rtnlMutex } },
  (k) => k.mutexes.acquire(rtnlMutex(k), k.current, TASK_KILLABLE),
);
export const rtnlTrylock = stub(
  "int rtnl_trylock(void)",
  { fails: ["ZERO"], acquires: { mutex: rtnlMutex } },
  (k) => (k.mutexes.tryAcquire(rtnlMutex(k), k.current) ? 1 : 0),
);
/** Devices that were unregistered meanwhile are destroyed now. */
export const rtnlUnlock = stub("void rtnl_unlock(void)", { releases: { mutex: rtnlMutex } }, function* (k) {
  k.mutexes.release(rtnlMutex(k));
  if (k.net.devices.hasTodo()) yield* k.net.devices.runTodo();
});
export const rtnlIsLocked = stub("int rtnl_is_locked(void)", (k) => (k.mutexes.locked(rtnlMutex(k)) ? 1 : 0));
