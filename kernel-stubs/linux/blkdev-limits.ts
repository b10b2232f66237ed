/** include/linux/blkdev.h: what a queue can take (block/blk-settings.c, blk-core.c). */
import type { Address } from "../../src/base/address.ts";
import {
  QUEUE,
  clearFlag,
  hasFlag,
  putQueue,
  setFlag,
  setLogicalBlockSize,
  setMaxHwSectors,
  setMaxSegmentSize,
} from "../../src/kernel/block/queue.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const limits = (k: Kernel, queue: Address) => k.struct("request_queue", queue).limits;

export const blkQueueFlagSet = stub(
  "void blk_queue_flag_set(unsigned int flag, struct request_queue *q)",
  (k, { flag, q }) => setFlag(k, q, BigInt(flag & 63)),
);
export const blkQueueFlagClear = stub(
  "void blk_queue_flag_clear(unsigned int flag, struct request_queue *q)",
  (k, { flag, q }) => clearFlag(k, q, BigInt(flag & 63)),
);
export const blkQueueFlagTestAndSet = stub(
  "bool blk_queue_flag_test_and_set(unsigned int flag, struct request_queue *q)",
  (k, { flag, q }) => {
    const before = hasFlag(k, q, BigInt(flag & 63));
    setFlag(k, q, BigInt(flag & 63));
    return before;
  },
);
export const blkQueueWriteCache = stub(
  "void blk_queue_write_cache(struct request_queue *q, bool wc, bool fua)",
  (k, { q, wc, fua }) => {
    for (const flag of [QUEUE.HW_WC, QUEUE.WC]) (wc ? setFlag : clearFlag)(k, q, flag);
    (fua ? setFlag : clearFlag)(k, q, QUEUE.FUA);
  },
);
export const blkQueueLogicalBlockSize = stub(
  "void blk_queue_logical_block_size(struct request_queue *q, unsigned int size)",
  (k, { q, size }) => setLogicalBlockSize(k, q, size),
);
export const blkQueuePhysicalBlockSize = stub(
  "void blk_queue_physical_block_size(struct request_queue *q, unsigned int size)",
  (k, { q, size }) => {
    const to = limits(k, q);
    to.physical_block_size = Math.max(size, to.logical_block_size);
    to.io_min = Math.max(to.io_min, to.physical_block_size);
  },
);
export const blkQueueIoMin = stub(
  "void blk_queue_io_min(struct request_queue *q, unsigned int min)",
  (k, { q, min }) => {
    const to = limits(k, q);
    to.io_min = Math.max(min, to.logical_block_size, to.physical_block_size);
  },
);
export const blkQueueIoOpt = stub(
  "void blk_queue_io_opt(struct request_queue *q, unsigned int opt)",
  (k, { q, opt }) => void (limits(k, q).io_opt = opt),
);
export const blkQueueMaxHwSectors = stub(
  "void blk_queue_max_hw_sectors(struct request_queue *q, unsigned int max_hw_sectors)",
  (k, { q, max_hw_sectors }) => setMaxHwSectors(k, q, max_hw_sectors),
);
export const blkQueueMaxSegmentSize = stub(
  "void blk_queue_max_segment_size(struct request_queue *q, unsigned int max_size)",
  (k, { q, max_size }) => setMaxSegmentSize(k, q, max_size),
);
export const blkQueueMaxSegments = stub(
  "void blk_queue_max_segments(struct request_queue *q, unsigned short max_segments)",
  (k, { q, max_segments }) => {
    if (max_segments === 0) k.printk(6, "blk_queue_max_segments: set to minimum 1");
    limits(k, q).max_segments = Math.max(max_segments, 1);
  },
);
export const blkQueueMaxDiscardSegments = stub(
  "void blk_queue_max_discard_segments(struct request_queue *q, unsigned short max_segments)",
  (k, { q, max_segments }) => void (limits(k, q).max_discard_segments = max_segments),
);
export const blkQueueMaxDiscardSectors = stub(
  "void blk_queue_max_discard_sectors(struct request_queue *q, unsigned int max_discard_sectors)",
  (k, { q, max_discard_sectors }) => {
    const to = limits(k, q);
    to.max_hw_discard_sectors = max_discard_sectors;
    to.max_discard_sectors = max_discard_sectors;
  },
);
export const blkQueueMaxWriteZeroesSectors = stub(
  "void blk_queue_max_write_zeroes_sectors(struct request_queue *q, unsigned int max_write_zeroes_sectors)",
  (k, { q, max_write_zeroes_sectors }) =>
    void (limits(k, q).max_write_zeroes_sectors = max_write_zeroes_sectors),
);
export const blkQueueMaxSecureEraseSectors = stub(
  "void blk_queue_max_secure_erase_sectors(struct request_queue *q, unsigned int max_sectors)",
  (k, { q, max_sectors }) => void (limits(k, q).max_secure_erase_sectors = max_sectors),
);
export const blkQueueChunkSectors = stub(
  "void blk_queue_chunk_sectors(struct request_queue *q, unsigned int chunk_sectors)",
  (k, { q, chunk_sectors }) => void (limits(k, q).chunk_sectors = chunk_sectors),
);
export const blkQueueRqTimeout = stub(
  "void blk_queue_rq_timeout(struct request_queue *q, unsigned int timeout)",
  (k, { q, timeout }) => void (k.struct("request_queue", q).rq_timeout = timeout),
);
export const blkQueueDmaAlignment = stub(
  "void blk_queue_dma_alignment(struct request_queue *q, int mask)",
  (k, { q, mask }) => void (limits(k, q).dma_alignment = mask >>> 0),
);
export const blkQueueUpdateDmaAlignment = stub(
  "void blk_queue_update_dma_alignment(struct request_queue *q, int mask)",
  (k, { q, mask }) => {
    const to = limits(k, q);
    to.dma_alignment = Math.max(to.dma_alignment, mask);
  },
);
export const blkQueueVirtBoundary = stub(
  "void blk_queue_virt_boundary(struct request_queue *q, unsigned long mask)",
  (k, { q, mask }) => {
    const to = limits(k, q);
    to.virt_boundary_mask = mask;
    // A driver that has one says nothing of the size of its segments.
    if (mask !== 0n) to.max_segment_size = 0xffff_ffff;
  },
);
export const blkQueueSegmentBoundary = stub(
  "void blk_queue_segment_boundary(struct request_queue *q, unsigned long mask)",
  (k, { q, mask }) => void (limits(k, q).seg_boundary_mask = mask < 4095n ? 4095n : mask),
);
export const blkSetQueueDepth = stub(
  "void blk_set_queue_depth(struct request_queue *q, unsigned int depth)",
  (k, { q, depth }) => void (k.struct("request_queue", q).queue_depth = depth),
);
export const blkGetQueue = stub("bool blk_get_queue(struct request_queue *q)", (k, { q }) => {
  if (hasFlag(k, q, QUEUE.DYING)) return false;
  k.struct("request_queue", q).kobj.kref.refcount.refs.counter += 1;
  return true;
});
export const blkPutQueue = stub("void blk_put_queue(struct request_queue *q)", { sleeps: true }, (k, { q }) =>
  putQueue(k, q),
);
