/** include/linux/blk-mq.h, as block/blk-mq.c does it. No request is ever started. */
import { ENODEV } from "../../src/base/errno.ts";
import type { Address } from "../../src/base/address.ts";
import { allocateDisk } from "../../src/kernel/block/disk.ts";
import { QUEUE, setFlag } from "../../src/kernel/block/queue.ts";
import {
  allocateTagSet,
  createMqQueue,
  exitMqQueue,
  freeTagSet,
  mapQueues,
} from "../../src/kernel/block/tag-set.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const IDLE = { partial: "no request is ever started" } as const;

export const blkMqAllocTagSet = stub(
  "int blk_mq_alloc_tag_set(struct blk_mq_tag_set *set)",
  { fails: ["EINVAL", "ENOMEM"], sleeps: true, acquires: { tag_set: "set" }, level: IDLE },
  function* (k, { set }) {
    yield* allocateTagSet(k, set);
    return 0;
  },
);
export const blkMqFreeTagSet = stub(
  "void blk_mq_free_tag_set(struct blk_mq_tag_set *set)",
  { sleeps: true, releases: { tag_set: "set" } },
  function* (k, { set }) {
    yield* freeTagSet(k, set);
  },
);
export const blkMqMapQueues = stub("void blk_mq_map_queues(struct blk_mq_queue_map *qmap)", (k, { qmap }) =>
  mapQueues(k, qmap),
);
export const blkMqAllocDisk = stub(
  `struct gendisk *__blk_mq_alloc_disk(struct blk_mq_tag_set *set, void *queuedata,
      struct lock_class_key *lkclass)`,
  { fails: ["ENOMEM"], errPtr: true, sleeps: true, acquires: { disk: "return" }, level: IDLE },
  function* (k, { set, queuedata }) {
    return yield* allocateDisk(k, yield* createMqQueue(k, set, queuedata));
  },
);
export const blkMqInitQueue = stub(
  "struct request_queue *blk_mq_init_queue(struct blk_mq_tag_set *set)",
  { fails: ["ENOMEM"], errPtr: true, sleeps: true, level: IDLE },
  function* (k, { set }) {
    return yield* createMqQueue(k, set, 0);
  },
);
export const blkMqDestroyQueue = stub(
  "void blk_mq_destroy_queue(struct request_queue *q)",
  { sleeps: true },
  function* (k, { q }) {
    setFlag(k, q, QUEUE.DYING);
    yield* exitMqQueue(k, q);
  },
);
export const blkMqAllocRequest = stub(
  "struct request *blk_mq_alloc_request(struct request_queue *q, blk_opf_t opf, blk_mq_req_flags_t flags)",
  {
    fails: ["ENODEV", "EAGAIN"],
    errPtr: true,
    sleeps: true,
    level: { partial: "there are no requests: -ENODEV, as of a queue that goes away" },
  },
  () => -ENODEV,
);

const count = (k: Kernel, queue: Address, field: "mq_freeze_depth" | "quiesce_depth", by: number): void => {
  const view = k.struct("request_queue", queue);
  view[field] = Math.max(view[field] + by, 0);
};
export const blkMqFreezeQueue = stub(
  "void blk_mq_freeze_queue(struct request_queue *q)",
  { sleeps: true, acquires: { frozen_queue: "q" } },
  (k, { q }) => count(k, q, "mq_freeze_depth", 1),
);
export const blkMqUnfreezeQueue = stub(
  "void blk_mq_unfreeze_queue(struct request_queue *q)",
  { releases: { frozen_queue: "q" } },
  (k, { q }) => count(k, q, "mq_freeze_depth", -1),
);
export const blkMqQuiesceQueue = stub(
  "void blk_mq_quiesce_queue(struct request_queue *q)",
  { sleeps: true },
  (k, { q }) => count(k, q, "quiesce_depth", 1),
);
export const blkMqUnquiesceQueue = stub("void blk_mq_unquiesce_queue(struct request_queue *q)", (k, { q }) =>
  count(k, q, "quiesce_depth", -1),
);
