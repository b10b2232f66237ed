/** Disks: struct gendisk and its struct block_device in guest memory, /sys/block, /dev (block/genhd.c, bdev.c). */
import type { Address } from "../../base/address.ts";
import { EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { at, point } from "../data/members.ts";
import { deviceKobject } from "../devices/device-members.ts";
import { addDevice, deleteDevice, initialiseDevice } from "../devices/device.ts";
import { ownClass } from "../devices/own-classes.ts";
import { initAlways, initOnce } from "../filesystems/inode.ts";
import type { Kernel } from "../kernel.ts";
import { initMutex } from "../locks/initialise.ts";
import type { Routine } from "../routine.ts";
import { makeKernelDev } from "../vfs/node.ts";
import { allocateBdi, putBdi, registerBdi, unregisterBdi } from "./bdi.ts";
import { addDiskFiles } from "./files.ts";
import { QUEUE, putQueue, setFlag } from "./queue.ts";
import { initScheduler } from "./tag-set.ts";

const S_IFBLK = 0o060000;
const GENHD_FL_HIDDEN = 2;
const BLOCK_EXT_MAJOR = 259;
const DISK_MAX_PARTS = 256;
const SECTOR = 512;
/** Bits of gendisk.state */
export const GD = { READ_ONLY: 1n, DEAD: 2n, ADDED: 4n, OWNS_QUEUE: 6n } as const;

export const diskDevice = (k: Kernel, disk: Address): Address =>
  at(k, "block_device", k.struct("gendisk", disk).part0, "bd_device");
const diskOf = (k: Kernel, device: Address): Address =>
  k.struct("block_device", device - k.offsetOf("block_device", "bd_device")).bd_disk;

const isSet = (k: Kernel, disk: Address, bit: bigint): boolean =>
  (k.struct("gendisk", disk).state & (1n << bit)) !== 0n;
export const setState = (k: Kernel, disk: Address, bit: bigint): void => {
  k.struct("gendisk", disk).state |= 1n << bit;
};

/** bdev_alloc(): the whole disk, with its inode behind it. */
const allocateBdev = (k: Kernel, disk: Address, queue: Address): Address => {
  const bdev = k.heap.internal(new Uint8Array(k.sizeOf("block_device") + k.sizeOf("inode")));
  const inode = bdev + k.sizeOf("block_device");
  initOnce(k, inode);
  initAlways(k, k.fileSystems.table("super_block"), inode);
  k.struct("inode", inode).i_mode = S_IFBLK;
  initMutex(k, at(k, "block_device", bdev, "bd_fsfreeze_mutex"));
  point(k, "block_device", bdev, "bd_inode", inode);
  point(k, "block_device", bdev, "bd_queue", queue);
  point(k, "block_device", bdev, "bd_disk", disk);
  point(k, "block_device", bdev, "bd_stats", k.percpu.alloc(256, 8, 0));
  return bdev;
};

/** disk_release() */
function* release(k: Kernel, device: Address): Routine<number> {
  const disk = diskOf(k, device);
  const { queue, bdi, part0, fops } = k.struct("gendisk", disk);
  point(k, "request_queue", queue, "disk", 0);
  putQueue(k, queue);
  const free = fops === 0 ? 0 : k.struct("block_device_operations", fops).free_disk;
  if (isSet(k, disk, GD.ADDED) && free !== 0) yield* k.call(free, disk);
  putBdi(k, bdi);
  k.percpu.free(k.struct("block_device", part0).bd_stats);
  k.heap.kfree(disk);
  // What the driver core still wants to see of the device lies in it.
  k.rcu.later("rcu-free", part0);
  return 0;
}
const diskType = (k: Kernel): Address => {
  const type = k.fileSystems.table("device_type");
  if (k.struct("device_type", type).name !== 0) return type;
  point(k, "device_type", type, "name", k.driverCore.texts.of("disk"));
  point(
    k,
    "device_type",
    type,
    "release",
    k.hostCode.address("disk_release", (device = 0) => release(k, device)),
  );
  return type;
};

/** __alloc_disk_node(): one reference, in its device. */
export function* allocateDisk(k: Kernel, queue: Address): Routine<Address> {
  const disk = k.heap.internal(new Uint8Array(k.sizeOf("gendisk")));
  point(k, "gendisk", disk, "queue", queue);
  point(k, "gendisk", disk, "bdi", allocateBdi(k));
  const part0 = allocateBdev(k, disk, queue);
  point(k, "gendisk", disk, "part0", part0);
  point(k, "gendisk", disk, "part_tbl.xa_head", part0);
  initMutex(k, at(k, "gendisk", disk, "open_mutex"));
  const device = diskDevice(k, disk);
  const family = yield* ownClass(k, "block", k.profile.symbol("block_class")?.address);
  point(k, "device", device, "class", family);
  point(k, "device", device, "type", diskType(k));
  initialiseDevice(k, device);
  k.struct("gendisk", disk).diskseq = BigInt(k.fileSystems.nextIno());
  point(k, "request_queue", queue, "disk", disk);
  setState(k, disk, GD.OWNS_QUEUE);
  return disk;
}

/** set_capacity(): in sectors. */
export const setCapacity = (k: Kernel, disk: Address, sectors: bigint): void => {
  const bdev = k.struct("block_device", k.struct("gendisk", disk).part0);
  bdev.bd_nr_sectors = sectors;
  k.struct("inode", bdev.bd_inode).i_size = Number(BigInt.asUintN(53, sectors * BigInt(SECTOR)));
};

/** The numbers that the disk's device gets. Errno EINVAL. */
const number = (k: Kernel, disk: Address): void => {
  const view = k.struct("gendisk", disk);
  if (view.major !== 0) {
    if (view.minors === 0) throw new Errno(EINVAL);
    if (view.minors > DISK_MAX_PARTS) {
      k.printk(3, `block: can't allocate more than ${DISK_MAX_PARTS} partitions`);
      view.minors = DISK_MAX_PARTS;
    }
    return;
  }
  if (view.minors !== 0) throw new Errno(EINVAL);
  const { named } = k.fileSystems;
  let minor = 0;
  while (named.has(`block minor ${minor}`)) minor += 1;
  named.set(`block minor ${minor}`, disk);
  view.major = BLOCK_EXT_MAJOR;
  view.first_minor = minor;
};
const freeNumber = (k: Kernel, disk: Address): void => {
  const { major, first_minor } = k.struct("gendisk", disk);
  if (major === BLOCK_EXT_MAJOR) k.fileSystems.named.delete(`block minor ${first_minor}`);
};

/** device_add_disk(). Errno EINVAL, EEXIST, ENOMEM. */
export function* addDisk(k: Kernel, disk: Address, parent: Address, groups: Address): Routine<void> {
  const view = k.struct("gendisk", disk);
  const device = diskDevice(k, disk);
  const hidden = (view.flags & GENHD_FL_HIDDEN) !== 0;
  initScheduler(k, view.queue);
  number(k, disk);
  const dev = makeKernelDev(view.major, view.first_minor);
  point(k, "device", device, "parent", parent);
  point(k, "device", device, "groups", groups);
  if (!hidden) k.struct("device", device).devt = dev;
  const { kobjects } = k.driverCore;
  const kobject = deviceKobject(k, device);
  try {
    kobjects.setName(kobject, view.disk_name.text.replaceAll("/", "!"));
    yield* addDevice(k, device);
  } catch (error) {
    freeNumber(k, disk);
    throw error;
  }
  k.vfs.sysfs.link(kobjects.known("/block"), kobjects.name(kobject), kobject);
  point(k, "block_device", view.part0, "bd_holder_dir", yield* kobjects.create("holders", kobject));
  point(k, "gendisk", disk, "slave_dir", yield* kobjects.create("slaves", kobject));
  addDiskFiles(k, disk, kobject);
  setFlag(k, view.queue, QUEUE.REGISTERED);
  k.struct("block_device", view.part0).bd_dev = dev;
  if (!hidden) yield* registerBdi(k, view.bdi, `${view.major}:${view.first_minor}`);
  setState(k, disk, GD.ADDED);
}

/** del_gendisk() */
export function* deleteDisk(k: Kernel, disk: Address): Routine<void> {
  const view = k.struct("gendisk", disk);
  if (!isSet(k, disk, GD.ADDED)) return;
  const { kobjects } = k.driverCore;
  const device = diskDevice(k, disk);
  setState(k, disk, GD.DEAD);
  setFlag(k, view.queue, QUEUE.DYING);
  setCapacity(k, disk, 0n);
  yield* unregisterBdi(k, view.bdi);
  for (const directory of [k.struct("block_device", view.part0).bd_holder_dir, view.slave_dir])
    if (directory !== 0) yield* kobjects.put(directory);
  point(k, "gendisk", disk, "slave_dir", 0);
  k.vfs.sysfs.unlink(kobjects.known("/block"), kobjects.name(deviceKobject(k, device)));
  yield* deleteDevice(k, device);
  freeNumber(k, disk);
}

/** put_disk() */
export function* putDisk(k: Kernel, disk: Address): Routine<void> {
  if (disk !== 0) yield* k.driverCore.kobjects.put(deviceKobject(k, diskDevice(k, disk)));
}
