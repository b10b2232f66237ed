/** include/linux/rhashtable.h, as lib/rhashtable.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EAGAIN } from "../../src/base/errno.ts";
import { findNested, makeNested } from "../../src/kernel/data/rhashtable/buckets.ts";
import { destroy } from "../../src/kernel/data/rhashtable/destroy.ts";
import { insertSlow } from "../../src/kernel/data/rhashtable/insert.ts";
import {
  enterWalk,
  exitWalk,
  nextOfWalk,
  peekAtWalk,
  startWalk,
  stopWalk,
} from "../../src/kernel/data/rhashtable/walk.ts";
import type { JournalMap } from "../../src/kernel/journal.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { guestFunction } from "../../src/stub/guest-function.ts";
import { guarded, guardedRoutine } from "../reports.ts";

/** NULL, or the object that has the key already. */
export const rhashtableInsertSlow = stub(
  "void *rhashtable_insert_slow(struct rhashtable *ht, const void *key, struct rhash_head *obj)",
  { fails: ["E2BIG", "EBUSY", "ENOMEM"], errPtr: true },
  function* (k, { ht, key, obj }) {
    const insertion = { ht: k.struct("rhashtable", ht), key, entry: obj };
    k.rcu.enter();
    try {
      return (yield* guardedRoutine(k, "rhashtable_insert_slow", () => insertSlow(k, insertion))) ?? 0;
    } finally {
      k.rcu.leave();
    }
  },
);

export const rhashtableWalkEnter = stub(
  "void rhashtable_walk_enter(struct rhashtable *ht, struct rhashtable_iter *iter)",
  { acquires: { rhashtable_walk: "iter" } },
  (k, { ht, iter }) => enterWalk(k, ht, iter),
);

export const rhashtableWalkExit = stub(
  "void rhashtable_walk_exit(struct rhashtable_iter *iter)",
  { releases: { rhashtable_walk: "iter" } },
  (k, { iter }) => exitWalk(k, iter),
);

/** EAGAIN is no failure: the RCU section has begun, the walk is at its start again. */
export const rhashtableWalkStartCheck = stub(
  "int rhashtable_walk_start_check(struct rhashtable_iter *iter)",
  { acquires: { rcu: "current" } },
  (k, { iter }) => {
    k.rcu.enter();
    return guarded(k, "rhashtable_walk_start_check", () => startWalk(k, iter)) === false ? -EAGAIN : 0;
  },
);

export const rhashtableWalkNext = stub(
  "void *rhashtable_walk_next(struct rhashtable_iter *iter)",
  { fails: ["EAGAIN"], errPtr: true },
  (k, { iter }) => guarded(k, "rhashtable_walk_next", () => nextOfWalk(k, iter)) ?? 0,
);

export const rhashtableWalkPeek = stub(
  "void *rhashtable_walk_peek(struct rhashtable_iter *iter)",
  { fails: ["EAGAIN"], errPtr: true },
  (k, { iter }) => guarded(k, "rhashtable_walk_peek", () => peekAtWalk(k, iter)) ?? 0,
);

export const rhashtableWalkStop = stub(
  "void rhashtable_walk_stop(struct rhashtable_iter *iter)",
  { releases: { rcu: "current" } },
  (k, { iter }) => {
    stopWalk(k, iter);
    k.rcu.leave();
  },
);

const freeObject = guestFunction("void (*)(void *, void *)");

export const rhashtableFreeAndDestroy = stub(
  `void rhashtable_free_and_destroy(struct rhashtable *ht, void (*free_fn)(void *, void *), void *arg)`,
  { sleeps: true, releases: { rhashtable: "ht" } },
  function* (k, { ht, free_fn, arg }) {
    const free = free_fn === 0 ? undefined : (object: Address) => freeObject(k, free_fn, object, arg);
    yield* guardedRoutine(k, "rhashtable_free_and_destroy", () =>
      destroy(k, k.struct("rhashtable", ht), free),
    );
  },
);

export const rhashtableDestroy = stub(
  "void rhashtable_destroy(struct rhashtable *ht)",
  { sleeps: true, releases: { rhashtable: "ht" } },
  function* (k, { ht }) {
    yield* guardedRoutine(k, "rhashtable_destroy", () => destroy(k, k.struct("rhashtable", ht), undefined));
  },
);

export const rhtFindNestedBucket = stub(
  "struct rhash_lock_head **__rht_bucket_nested(const struct bucket_table *tbl, unsigned int hash)",
  (k, { tbl, hash }) => findNested(k, k.struct("bucket_table", tbl), hash),
);

/** The bucket that stands for those that have none: it is always empty. Journalled, as all state. */
const emptyBuckets = new WeakMap<Kernel, JournalMap<"bucket", Address>>();

const emptyBucket = (k: Kernel): Address => {
  let made = emptyBuckets.get(k);
  if (made === undefined) emptyBuckets.set(k, (made = k.journal.map()));
  const at = made.get("bucket") ?? k.statics.allocate(8);
  made.set("bucket", at);
  return at;
};

export const rhtBucketNested = stub(
  "struct rhash_lock_head **rht_bucket_nested(const struct bucket_table *tbl, unsigned int hash)",
  (k, { tbl, hash }) => findNested(k, k.struct("bucket_table", tbl), hash) || emptyBucket(k),
);

export const rhtBucketNestedInsert = stub(
  "struct rhash_lock_head **rht_bucket_nested_insert(struct rhashtable *ht, struct bucket_table *tbl, unsigned int hash)",
  { fails: ["NULL"] },
  (k, { tbl, hash }) => makeNested(k, k.struct("bucket_table", tbl), hash),
);
