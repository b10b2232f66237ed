/** include/linux/shrinker.h, as mm/vmscan.c does it. Memory is never short enough to call one. */
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { stub } from "../../src/stub/declare.ts";

const SHRINKER_REGISTERED = 1;
/** One counter of deferred work for the one node. */
const DEFERRED_SIZE = 8;
const NEVER_CALLED = { partial: "Never asked to shrink: memory pressure is not simulated." } as const;

export const registerShrinker = stub(
  "int register_shrinker(struct shrinker *shrinker, const char *fmt, ...)",
  { fails: ["ENOMEM"], sleeps: true, acquires: { shrinker: "shrinker" }, level: NEVER_CALLED },
  (k, { shrinker }) => {
    const deferred = k.heap.internal(new Uint8Array(DEFERRED_SIZE));
    if (deferred === 0) throw new Errno(ENOMEM);
    const list = shrinker + k.offsetOf("shrinker", "list");
    const flags = shrinker + k.offsetOf("shrinker", "flags");
    k.memory.setPointer(shrinker + k.offsetOf("shrinker", "nr_deferred"), deferred);
    k.memory.setPointer(list, list);
    k.memory.setPointer(list + 8, list);
    k.memory.setU32(flags, (k.memory.u32(flags) | SHRINKER_REGISTERED) >>> 0);
    return 0;
  },
);

export const unregisterShrinker = stub(
  "void unregister_shrinker(struct shrinker *shrinker)",
  { sleeps: true, releases: { shrinker: "shrinker" }, level: NEVER_CALLED },
  (k, { shrinker }) => {
    const flags = shrinker + k.offsetOf("shrinker", "flags");
    const value = k.memory.u32(flags);
    if ((value & SHRINKER_REGISTERED) === 0) return;
    k.memory.setU32(flags, (value & ~SHRINKER_REGISTERED) >>> 0);
    const deferred = shrinker + k.offsetOf("shrinker", "nr_deferred");
    k.heap.kfree(k.memory.pointer(deferred));
    k.memory.setPointer(deferred, 0);
  },
);
