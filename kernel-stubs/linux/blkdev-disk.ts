/** include/linux/blkdev.h: disks, as block/genhd.c does it. */
import {
  GD,
  addDisk,
  allocateDisk,
  deleteDisk,
  putDisk,
  setCapacity,
  setState,
} from "../../src/kernel/block/disk.ts";
import { allocateQueue } from "../../src/kernel/block/queue.ts";
import { exitMqQueue } from "../../src/kernel/block/tag-set.ts";
import { stub, variable } from "../../src/stub/declare.ts";

const LEVEL = { partial: "nobody reads or writes it, and no partitions are looked for" } as const;

/** Registered with the first disk. */
export const blockClass = variable("struct class block_class", () => {});

export const blkAllocDisk = stub(
  "struct gendisk *__blk_alloc_disk(int node, struct lock_class_key *lkclass)",
  { fails: ["NULL"], sleeps: true, acquires: { disk: "return" }, level: LEVEL },
  function* (k) {
    return yield* allocateDisk(k, allocateQueue(k));
  },
);
export const putDiskStub = stub(
  "void put_disk(struct gendisk *disk)",
  { sleeps: true, releases: { disk: "disk" } },
  function* (k, { disk }) {
    if (disk === 0) return;
    const { queue } = k.struct("gendisk", disk);
    yield* exitMqQueue(k, queue);
    yield* putDisk(k, disk);
  },
);
export const deviceAddDisk = stub(
  `int device_add_disk(struct device *parent, struct gendisk *disk, const struct attribute_group **groups)`,
  {
    fails: ["EINVAL", "EEXIST", "ENOMEM"],
    sleeps: true,
    acquires: { disk_device: "disk" },
    level: LEVEL,
  },
  function* (k, { parent, disk, groups }) {
    yield* addDisk(k, disk, parent, groups);
    return 0;
  },
);
export const delGendisk = stub(
  "void del_gendisk(struct gendisk *disk)",
  { sleeps: true, releases: { disk_device: "disk" } },
  function* (k, { disk }) {
    yield* deleteDisk(k, disk);
    yield* exitMqQueue(k, k.struct("gendisk", disk).queue);
  },
);
export const setCapacityStub = stub(
  "void set_capacity(struct gendisk *disk, sector_t sectors)",
  (k, { disk, sectors }) => setCapacity(k, disk, sectors),
);
const HIDDEN = 2;
export const setCapacityAndNotify = stub(
  "bool set_capacity_and_notify(struct gendisk *disk, sector_t size)",
  (k, { disk, size }) => {
    const view = k.struct("gendisk", disk);
    const { bd_nr_sectors } = k.struct("block_device", view.part0);
    setCapacity(k, disk, size);
    const live = (view.state & (1n << GD.ADDED)) !== 0n;
    if (size === bd_nr_sectors || !live || (view.flags & HIDDEN) !== 0) return false;
    k.printk(6, `${view.disk_name.text}: detected capacity change from ${bd_nr_sectors} to ${size}`);
    return bd_nr_sectors !== 0n && size !== 0n;
  },
);
export const setDiskRo = stub(
  "void set_disk_ro(struct gendisk *disk, bool read_only)",
  (k, { disk, read_only }) => {
    if (read_only) setState(k, disk, GD.READ_ONLY);
    else k.struct("gendisk", disk).state &= ~(1n << GD.READ_ONLY);
  },
);
