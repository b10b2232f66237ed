import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EBUSY, EINVAL, ENODEV, ENXIO } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { JournalMap } from "../journal.ts";
import { type GuestFileKind, guestFile, ownerPin } from "./guest-file.ts";
import { fileOperationsAt } from "./guest-functions.ts";
import { type DeviceNode, kernelMajor, kernelMinor, makeKernelDev } from "./node.ts";
import type { FileOperations } from "./operations.ts";

/** A stretch of character device numbers (fs/char_dev.c). */
interface Region {
  readonly major: number;
  readonly minor: number;
  readonly count: number;
  readonly name: ByteString;
}

/** struct cdev on its numbers. */
interface Range {
  readonly cdev: Address;
  readonly dev: number;
  readonly count: number;
}

export interface CharacterDevices {
  /** Reserves numbers; major 0 picks a free one. Returns the major. EBUSY, EINVAL. */
  register(major: number, minor: number, count: number, name: ByteString): number;
  unregister(major: number, minor: number, count: number): void;
  addCdev(cdev: Address, dev: number, count: number): void;
  removeCdev(cdev: Address): void;
  /** How an opened device file is served; ENXIO when nobody does. */
  operations(node: DeviceNode): FileOperations;
  /** Lines of /proc/devices, by major. */
  list(): readonly { readonly major: number; readonly name: ByteString }[];
  /** cdev that serves a number. */
  find(dev: number): Range | undefined;
}

/** include/linux/fs.h: dynamic majors are looked for in 254..234, then 511..384. */
const MAJOR_MAX = 512;
const DYNAMIC = [
  { from: 254, to: 234 },
  { from: 511, to: 384 },
];
/** What a kernel without modules has (Debian's, on the recorded machine). */
const BUILTIN: readonly (readonly [major: number, name: string, first?: number, count?: number])[] = [
  [1, "mem", 0, 256],
  [4, "/dev/vc/0", 0, 1],
  [4, "tty", 1, 63],
  [4, "ttyS", 64, 32],
  [5, "/dev/tty", 0, 1],
  [5, "/dev/console", 1, 1],
  [5, "/dev/ptmx", 2, 1],
  [7, "vcs", 0, 256],
  [10, "misc", 0, 256],
  [13, "input", 0, 1024],
  [29, "fb", 0, 256],
  [128, "ptm"],
  [136, "pts"],
  [153, "spi", 0, 256],
  [247, "cxl"],
  [248, "bsg"],
  [249, "ptp"],
  [250, "pps"],
  [251, "rtc"],
  [252, "dax"],
  [253, "tpm"],
  [254, "gpiochip"],
];

const MISC_MAJOR = 10;
const MISC_DYNAMIC_MINOR = 255;

const missing = (): never => {
  throw new Errno(ENODEV);
};

export const createCharacterDevices = (k: Kernel): CharacterDevices => {
  const regions: JournalMap<number, Region> = k.journal.map();
  const ranges: JournalMap<Address, Range> = k.journal.map();
  const state = { serial: 0, misc: 0 };
  for (const [major, name, minor = 0, count = 2 ** 20] of BUILTIN) {
    state.serial += 1;
    regions.set(state.serial, { major, minor, count, name });
  }
  const overlaps = (a: Region, major: number, minor: number, count: number): boolean =>
    a.major === major && a.minor < minor + count && minor < a.minor + a.count;
  const freeMajor = (): number => {
    const taken = new Set([...regions.values()].map(({ major }) => major));
    for (const { from, to } of DYNAMIC) {
      for (let major = from; major >= to; major -= 1) if (!taken.has(major)) return major;
    }
    throw new Errno(EBUSY);
  };
  const find = (dev: number): Range | undefined =>
    [...ranges.values()].find((range) => dev >= range.dev && dev < range.dev + range.count);

  /** base_probe(): asks user space for a driver, in vain. */
  const askFor = (major: number, minor: number): Range => {
    k.modules.requestModule(`char-major-${major}-${minor}`);
    k.modules.requestModule(`char-major-${major}`);
    const range = find(makeKernelDev(major, minor));
    if (range === undefined) throw new Errno(ENXIO);
    return range;
  };
  /** The one cdev behind all misc devices. */
  const miscCdev = (): Address => {
    if (state.misc === 0) k.journal.touch(state).misc = k.statics.allocate(k.sizeOf("cdev"));
    return state.misc;
  };
  /** misc_open(): the device stands in private_data before its own open sees the file. */
  const openMisc = (minor: number): FileOperations => {
    const findMisc = (): Address | undefined => k.driverCore.misc.find(minor);
    const misc = findMisc();
    if (misc === undefined && minor < MISC_DYNAMIC_MINOR)
      k.modules.requestModule(`char-major-${MISC_MAJOR}-${minor}`);
    const { fops } = k.struct("miscdevice", misc ?? findMisc() ?? missing());
    return guestFile(k, {
      kind: "misc",
      operations: fops,
      functions: fileOperationsAt(k, fops),
      prepare({ file, inode }) {
        k.struct("inode", inode).i_cdev = miscCdev() as never;
        k.struct("file", file).private_data = misc ?? 0;
      },
      pin: ownerPin(k, [k.struct("file_operations", fops).owner]),
    });
  };

  return {
    register(wanted, minor, count, name) {
      if (wanted >= MAJOR_MAX) {
        k.printk(
          3,
          `CHRDEV "${name}" major requested (${wanted}) is greater than the maximum (${MAJOR_MAX - 1})`,
        );
        throw new Errno(EINVAL);
      }
      const major = wanted === 0 ? freeMajor() : wanted;
      if ([...regions.values()].some((region) => overlaps(region, major, minor, count)))
        throw new Errno(EBUSY);
      k.journal.touch(state).serial += 1;
      regions.set(state.serial, { major, minor, count, name: name.slice(0, 63) });
      return major;
    },
    unregister(major, minor, count) {
      for (const [key, region] of regions.entries()) {
        if (region.major === major && region.minor === minor && region.count === count)
          return void regions.delete(key);
      }
    },
    addCdev: (cdev, dev, count) => ranges.set(cdev, { cdev, dev, count }),
    removeCdev: (cdev) => void ranges.delete(cdev),
    find,
    operations(node) {
      const [major, minor] = [kernelMajor(node.rdev), kernelMinor(node.rdev)];
      if (major === MISC_MAJOR) return openMisc(minor);
      const dev = makeKernelDev(major, minor);
      const range = find(dev) ?? askFor(major, minor);
      const view = k.struct("cdev", range.cdev);
      if (view.ops === 0) throw new Errno(ENXIO);
      const kind: GuestFileKind = {
        kind: "chrdev",
        operations: view.ops,
        functions: fileOperationsAt(k, view.ops),
        prepare({ inode }) {
          k.struct("inode", inode).i_cdev = range.cdev;
        },
        // Both the cdev and its operations hold their module while a file is open.
        pin: ownerPin(k, [view.owner, k.struct("file_operations", view.ops).owner]),
      };
      return guestFile(k, kind);
    },
    list: () =>
      [...regions.values()].map(({ major, name }) => ({ major, name })).sort((a, b) => a.major - b.major),
  };
};
