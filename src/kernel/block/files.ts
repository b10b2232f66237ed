/** What /sys/block/NAME says (block/genhd.c, blk-sysfs.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { textAttribute } from "../vfs/attribute-file.ts";
import { QUEUE, hasFlag } from "./queue.ts";

const REMOVABLE = 1;
const HIDDEN = 2;
const NO_PART = 4;
const READ_ONLY = 1n << 1n;
const MAX_PARTS = 256;

type Text = (k: Kernel, disk: Address) => number | bigint | ByteString;
const view = (k: Kernel, disk: Address) => k.struct("gendisk", disk);
const limits = (k: Kernel, disk: Address) => k.struct("request_queue", view(k, disk).queue).limits;

const DISK: Readonly<Record<string, Text>> = {
  range: (k, disk) => view(k, disk).minors,
  ext_range: (k, disk) => ((view(k, disk).flags & NO_PART) === 0 ? MAX_PARTS : 1),
  removable: (k, disk) => Number((view(k, disk).flags & REMOVABLE) !== 0),
  hidden: (k, disk) => Number((view(k, disk).flags & HIDDEN) !== 0),
  ro: (k, disk) =>
    Number(
      k.struct("block_device", view(k, disk).part0).bd_read_only || (view(k, disk).state & READ_ONLY) !== 0n,
    ),
  size: (k, disk) => k.struct("block_device", view(k, disk).part0).bd_nr_sectors,
  alignment_offset: (k, disk) => limits(k, disk).alignment_offset,
  discard_alignment: (k, disk) => limits(k, disk).discard_alignment,
  capability: (k, disk) => (view(k, disk).flags & 0xffff_ffff).toString(16),
  diskseq: (k, disk) => view(k, disk).diskseq,
};
const KB_IN_SECTORS = 2;
const SECTOR = 512n;
const QUEUE_FILES: Readonly<Record<string, Text>> = {
  logical_block_size: (k, disk) => limits(k, disk).logical_block_size,
  hw_sector_size: (k, disk) => limits(k, disk).logical_block_size,
  physical_block_size: (k, disk) => limits(k, disk).physical_block_size,
  minimum_io_size: (k, disk) => limits(k, disk).io_min,
  optimal_io_size: (k, disk) => limits(k, disk).io_opt,
  chunk_sectors: (k, disk) => limits(k, disk).chunk_sectors,
  discard_granularity: (k, disk) => limits(k, disk).discard_granularity,
  discard_max_bytes: (k, disk) => BigInt(limits(k, disk).max_discard_sectors) * SECTOR,
  discard_max_hw_bytes: (k, disk) => BigInt(limits(k, disk).max_hw_discard_sectors) * SECTOR,
  write_zeroes_max_bytes: (k, disk) => BigInt(limits(k, disk).max_write_zeroes_sectors) * SECTOR,
  max_hw_sectors_kb: (k, disk) => Math.floor(limits(k, disk).max_hw_sectors / KB_IN_SECTORS),
  max_sectors_kb: (k, disk) => Math.floor(limits(k, disk).max_sectors / KB_IN_SECTORS),
  max_segments: (k, disk) => limits(k, disk).max_segments,
  max_discard_segments: (k, disk) => limits(k, disk).max_discard_segments,
  max_segment_size: (k, disk) => limits(k, disk).max_segment_size,
  dma_alignment: (k, disk) => limits(k, disk).dma_alignment,
  nr_requests: (k, disk) => k.struct("request_queue", view(k, disk).queue).nr_requests,
  rotational: (k, disk) => Number(!hasFlag(k, view(k, disk).queue, QUEUE.NONROT)),
  fua: (k, disk) => Number(hasFlag(k, view(k, disk).queue, QUEUE.FUA)),
  write_cache: (k, disk) => (hasFlag(k, view(k, disk).queue, QUEUE.WC) ? "write back" : "write through"),
};

/** Puts a disk's files into its directory in sysfs. */
export const addDiskFiles = (k: Kernel, disk: Address, kobject: Address): void => {
  const add = (name: ByteString, text: Text, group?: ByteString): void =>
    k.vfs.sysfs.addFile(kobject, {
      name,
      mode: 0o444,
      attribute: 0,
      ...(group === undefined ? {} : { group }),
      operations: textAttribute(k, () => `${text(k, disk)}\n`),
    });
  for (const [name, text] of Object.entries(DISK)) add(name, text);
  k.vfs.sysfs.addGroup(kobject, "queue");
  for (const [name, text] of Object.entries(QUEUE_FILES)) add(name, text, "queue");
};
