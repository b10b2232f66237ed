/** Request queues: their limits and flags (block/blk-core.c, blk-settings.c). */
import type { Address } from "../../base/address.ts";
import { initList } from "../data/guest-list.ts";
import { at } from "../data/members.ts";
import type { Kernel } from "../kernel.ts";
import { initMutex } from "../locks/initialise.ts";

/** include/linux/blkdev.h, bits of queue_flags */
export const QUEUE = {
  DYING: 1n,
  NONROT: 6n,
  HW_WC: 13n,
  INIT_DONE: 14n,
  WC: 17n,
  FUA: 18n,
  REGISTERED: 22n,
} as const;
const DEFAULT_REQUESTS = 128n;
const SAFE_MAX_SECTORS = 255;
const DEF_MAX_SECTORS = 2560;
const MAX_SEGMENTS = 128;
const MAX_SEGMENT_SIZE = 65_536;
const SEGMENT_BOUNDARY = 0xffff_ffffn;
const SECTOR = 512;
const PAGE_SECTORS = 8;
const PAGE_SIZE = 4096;
const MUTEXES = ["debugfs_mutex", "sysfs_lock", "sysfs_dir_lock", "rq_qos_mutex", "mq_freeze_lock"];

/** blk_set_default_limits() */
export const setDefaultLimits = (k: Kernel, limits: Address): void => {
  k.memory.fill(limits, 0, k.sizeOf("queue_limits"));
  Object.assign(k.struct("queue_limits", limits), {
    max_segments: MAX_SEGMENTS,
    max_discard_segments: 1,
    seg_boundary_mask: SEGMENT_BOUNDARY,
    max_segment_size: MAX_SEGMENT_SIZE,
    max_sectors: SAFE_MAX_SECTORS,
    max_hw_sectors: SAFE_MAX_SECTORS,
    logical_block_size: SECTOR,
    physical_block_size: SECTOR,
    io_min: SECTOR,
    dma_alignment: SECTOR - 1,
  });
};

/** blk_alloc_queue() */
export const allocateQueue = (k: Kernel): Address => {
  const queue = k.heap.internal(new Uint8Array(k.sizeOf("request_queue")));
  const view = k.struct("request_queue", queue);
  for (const list of ["icq_list", "blkg_list", "requeue_list", "unused_hctx_list", "tag_set_list"])
    initList(k.memory, at(k, "request_queue", queue, list));
  initList(k.memory, at(k, "request_queue", queue, "mq_freeze_wq.head"));
  for (const mutex of MUTEXES) initMutex(k, at(k, "request_queue", queue, mutex));
  setDefaultLimits(k, at(k, "request_queue", queue, "limits"));
  view.nr_requests = DEFAULT_REQUESTS;
  view.node = 0;
  view.id = k.fileSystems.nextIno();
  // kobj counts who holds the queue.
  view.kobj.kref.refcount.refs.counter = 1;
  return queue;
};

/** blk_put_queue() */
export const putQueue = (k: Kernel, queue: Address): void => {
  const { refs } = k.struct("request_queue", queue).kobj.kref.refcount;
  refs.counter -= 1;
  if (refs.counter === 0) k.heap.kfree(queue);
};

export const setFlag = (k: Kernel, queue: Address, flag: bigint): void => {
  k.struct("request_queue", queue).queue_flags |= 1n << flag;
};
export const clearFlag = (k: Kernel, queue: Address, flag: bigint): void => {
  k.struct("request_queue", queue).queue_flags &= ~(1n << flag);
};
export const hasFlag = (k: Kernel, queue: Address, flag: bigint): boolean =>
  (k.struct("request_queue", queue).queue_flags & (1n << flag)) !== 0n;

const roundDown = (value: number, to: number): number => (to === 0 ? value : value - (value % to));

/** blk_queue_logical_block_size() */
export const setLogicalBlockSize = (k: Kernel, queue: Address, size: number): void => {
  const { limits } = k.struct("request_queue", queue);
  limits.logical_block_size = size;
  limits.physical_block_size = Math.max(limits.physical_block_size, size);
  limits.io_min = Math.max(limits.io_min, limits.physical_block_size);
  const sectors = Math.floor(size / SECTOR);
  limits.max_hw_sectors = roundDown(limits.max_hw_sectors, sectors);
  limits.max_sectors = roundDown(limits.max_sectors, sectors);
};
/** blk_queue_max_hw_sectors() */
export const setMaxHwSectors = (k: Kernel, queue: Address, wanted: number): void => {
  const view = k.struct("request_queue", queue);
  const { limits, disk } = view;
  if (wanted < PAGE_SECTORS) k.printk(6, `blk_queue_max_hw_sectors: set to minimum ${PAGE_SECTORS}`);
  const sectors = Math.floor(limits.logical_block_size / SECTOR);
  limits.max_hw_sectors = roundDown(Math.max(wanted, PAGE_SECTORS), sectors);
  const device = limits.max_dev_sectors === 0 ? limits.max_hw_sectors : limits.max_dev_sectors;
  limits.max_sectors = roundDown(Math.min(limits.max_hw_sectors, device, DEF_MAX_SECTORS), sectors);
  if (disk === 0) return;
  const { bdi } = k.struct("gendisk", disk);
  k.memory.setU64(at(k, "backing_dev_info", bdi, "io_pages"), BigInt(limits.max_sectors >> 3));
};
/** blk_queue_max_segment_size() */
export const setMaxSegmentSize = (k: Kernel, queue: Address, wanted: number): void => {
  if (wanted < PAGE_SIZE) k.printk(6, `blk_queue_max_segment_size: set to minimum ${PAGE_SIZE}`);
  k.struct("request_queue", queue).limits.max_segment_size = Math.max(wanted, PAGE_SIZE);
};
