/** Requests of a driver and queues that they go through (block/blk-mq.c). No request is ever started. */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { EINVAL, ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { initList } from "../data/guest-list.ts";
import { at, point } from "../data/members.ts";
import type { Kernel } from "../kernel.ts";
import { initMutex } from "../locks/initialise.ts";
import type { Routine } from "../routine.ts";
import { allocateQueue, setFlag, QUEUE } from "./queue.ts";

const MAX_DEPTH = 10_240;
const MOST_MAPS = 3;
const CACHE_LINE = 64;
const CPUS = 1;
/** Bytes in a block of the highest order. */
const MAX_PIECE = 4 << 20;

const operations = (k: Kernel, set: Address) => k.struct("blk_mq_ops", k.struct("blk_mq_tag_set", set).ops);

/** Requests and what the driver keeps with each, one block of memory each. */
function* allocateTags(k: Kernel, set: Address, index: number): Routine<Address> {
  const { queue_depth, reserved_tags, cmd_size } = k.struct("blk_mq_tag_set", set);
  const tags = k.heap.internal(new Uint8Array(k.sizeOf("blk_mq_tags")));
  const requests = k.heap.internal(new Uint8Array(queue_depth * 8));
  k.memory.setU32(at(k, "blk_mq_tags", tags, "nr_tags"), queue_depth);
  k.memory.setU32(at(k, "blk_mq_tags", tags, "nr_reserved_tags"), reserved_tags);
  point(k, "blk_mq_tags", tags, "static_rqs", requests);
  point(k, "blk_mq_tags", tags, "rqs", k.heap.internal(new Uint8Array(queue_depth * 8)));
  initList(k.memory, at(k, "blk_mq_tags", tags, "page_list"));
  const size = Math.ceil((k.sizeOf("request") + cmd_size) / CACHE_LINE) * CACHE_LINE;
  const { init_request } = operations(k, set);
  for (let tag = 0; tag < queue_depth; tag += 1) {
    const request = k.heap.internal(new Uint8Array(size));
    k.memory.setPointer(requests + tag * 8, request);
    if (init_request === 0) continue;
    const error = asInt(yield* k.call(init_request, set, request, index, 0));
    if (error !== 0) throw new Errno(Math.abs(error));
  }
  return tags;
}
function* freeTags(k: Kernel, set: Address, tags: Address, index: number): Routine<void> {
  const requests = k.memory.pointer(at(k, "blk_mq_tags", tags, "static_rqs"));
  const count = k.memory.u32(at(k, "blk_mq_tags", tags, "nr_tags"));
  const { exit_request } = operations(k, set);
  for (let tag = 0; tag < Math.min(count, MAX_DEPTH); tag += 1) {
    const request = k.memory.pointer(requests + tag * 8);
    if (exit_request !== 0) yield* k.call(exit_request, set, request, index);
    k.heap.kfree(request);
  }
  k.heap.kfree(requests);
  k.heap.kfree(k.memory.pointer(at(k, "blk_mq_tags", tags, "rqs")));
  k.heap.kfree(tags);
}

const check = (k: Kernel, set: Address): void => {
  const view = k.struct("blk_mq_tag_set", set);
  const { queue_rq, get_budget, put_budget } = operations(k, set);
  const deep = view.queue_depth > view.reserved_tags;
  if (view.nr_hw_queues === 0 || !deep || queue_rq === 0) throw new Errno(EINVAL);
  if ((get_budget === 0) !== (put_budget === 0) || view.nr_maps > MOST_MAPS) throw new Errno(EINVAL);
  if (view.queue_depth > MAX_DEPTH) {
    k.printk(6, `blk-mq: reduced tag depth to ${MAX_DEPTH}`);
    view.queue_depth = MAX_DEPTH;
  }
  if (view.nr_maps === 0) view.nr_maps = 1;
  if (view.nr_maps === 1) view.nr_hw_queues = Math.min(view.nr_hw_queues, CPUS);
  // What is allocated for them in one piece is no larger.
  if (view.nr_hw_queues * 8 > MAX_PIECE || view.cmd_size > MAX_PIECE) throw new Errno(ENOMEM);
};

/** blk_mq_map_queues(): the CPU's queue is the first. */
export const mapQueues = (k: Kernel, map: Address): void => {
  const { mq_map, queue_offset } = k.struct("blk_mq_queue_map", map);
  k.memory.setU32(mq_map, queue_offset);
};

/** blk_mq_alloc_tag_set(). Errno EINVAL, ENOMEM. */
export function* allocateTagSet(k: Kernel, set: Address): Routine<void> {
  check(k, set);
  const view = k.struct("blk_mq_tag_set", set);
  for (let index = 0; index < view.nr_maps; index += 1) {
    const map = view.map.at(index);
    map.mq_map = k.heap.internal(new Uint8Array(CPUS * 4)) as typeof map.mq_map;
    map.nr_queues = view.nr_hw_queues;
  }
  const { map_queues } = operations(k, set);
  if (map_queues !== 0) yield* k.call(map_queues, set);
  else mapQueues(k, view.map.at(0).$address);
  const tags = k.heap.internal(new Uint8Array(view.nr_hw_queues * 8));
  point(k, "blk_mq_tag_set", set, "tags", tags);
  for (let index = 0; index < view.nr_hw_queues; index += 1)
    k.memory.setPointer(tags + index * 8, yield* allocateTags(k, set, index));
  initMutex(k, at(k, "blk_mq_tag_set", set, "tag_list_lock"));
  initList(k.memory, at(k, "blk_mq_tag_set", set, "tag_list"));
}
/** blk_mq_free_tag_set() */
export function* freeTagSet(k: Kernel, set: Address): Routine<void> {
  const view = k.struct("blk_mq_tag_set", set);
  if (view.tags === 0) return;
  for (let index = 0; index < view.nr_hw_queues; index += 1)
    yield* freeTags(k, set, k.memory.pointer(view.tags + index * 8), index);
  for (let index = 0; index < Math.min(view.nr_maps, MOST_MAPS); index += 1) {
    const map = view.map.at(index);
    k.heap.kfree(map.mq_map);
    map.mq_map = 0 as typeof map.mq_map;
  }
  k.heap.kfree(view.tags);
  point(k, "blk_mq_tag_set", set, "tags", 0);
}

/** blk_mq_init_queue(): with a hardware queue that the driver has made ready. Errno as it says. */
export function* createMqQueue(k: Kernel, set: Address, data: Address): Routine<Address> {
  const queue = allocateQueue(k);
  const view = k.struct("request_queue", queue);
  const { ops, tags, queue_depth, flags, driver_data } = k.struct("blk_mq_tag_set", set);
  point(k, "request_queue", queue, "mq_ops", ops);
  point(k, "request_queue", queue, "queuedata", data);
  point(k, "request_queue", queue, "tag_set", set);
  view.nr_requests = BigInt(queue_depth);
  view.nr_hw_queues = 1;
  const hctx = k.heap.internal(new Uint8Array(k.sizeOf("blk_mq_hw_ctx")));
  point(k, "blk_mq_hw_ctx", hctx, "queue", queue);
  point(k, "blk_mq_hw_ctx", hctx, "tags", k.memory.pointer(tags));
  k.struct("blk_mq_hw_ctx", hctx).flags = BigInt(flags & ~2);
  for (const list of ["dispatch", "hctx_list"]) initList(k.memory, at(k, "blk_mq_hw_ctx", hctx, list));
  // The only entry of an XArray, that of index 0, is its head.
  point(k, "request_queue", queue, "hctx_table.xa_head", hctx);
  const { init_hctx } = operations(k, set);
  const error = init_hctx === 0 ? 0 : asInt(yield* k.call(init_hctx, hctx, driver_data, 0));
  if (error === 0) return queue;
  k.heap.kfree(hctx);
  k.heap.kfree(queue);
  throw new Errno(Math.abs(error));
}
/** blk_mq_exit_queue() */
export function* exitMqQueue(k: Kernel, queue: Address): Routine<void> {
  const { hctx_table, mq_ops } = k.struct("request_queue", queue);
  const hctx = hctx_table.xa_head;
  if (mq_ops === 0 || hctx === 0) return;
  setFlag(k, queue, QUEUE.DYING);
  const { exit_hctx } = k.struct("blk_mq_ops", mq_ops);
  if (exit_hctx !== 0) yield* k.call(exit_hctx, hctx, 0);
  point(k, "request_queue", queue, "hctx_table.xa_head", 0);
  k.heap.kfree(hctx);
}

/** BLK_MQ_F_NO_SCHED | BLK_MQ_F_NO_SCHED_BY_DEFAULT */
const NO_SCHEDULER = 0xc0;
const SCHEDULED_DEPTH = 128;

/** elevator_init_mq(): one hardware queue gets mq-deadline, which sorts twice as many requests. */
export const initScheduler = (k: Kernel, queue: Address): void => {
  const view = k.struct("request_queue", queue);
  if (view.mq_ops === 0 || view.nr_hw_queues !== 1) return;
  const { flags, queue_depth } = k.struct("blk_mq_tag_set", view.tag_set);
  if ((flags & NO_SCHEDULER) === 0) view.nr_requests = BigInt(2 * Math.min(queue_depth, SCHEDULED_DEPTH));
};
