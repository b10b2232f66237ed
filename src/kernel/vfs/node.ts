import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { JournalMap } from "../journal.ts";
import type { FileOperations } from "./operations.ts";

/** What every inode has. Plain data: touch before changing. */
interface Inode {
  readonly ino: number;
  /** Type and permission bits. */
  mode: number;
  uid: number;
  gid: number;
  /** Nanoseconds since 1970. */
  mtime: bigint;
}

export interface DirectoryNode extends Inode {
  readonly kind: "directory";
  readonly entries: JournalMap<ByteString, Node>;
  /** Entries that exist without being listed here (/proc/PID, /proc/self). */
  readonly dynamic?: DynamicEntries;
}

export interface DynamicEntries {
  find(name: ByteString): Node | undefined;
  names(): readonly ByteString[];
}

/** A file whose bytes are kept. */
export interface RegularNode extends Inode {
  readonly kind: "file";
  data: Uint8Array;
}

export interface SymlinkNode extends Inode {
  readonly kind: "symlink";
  readonly target: ByteString;
}

/** A device file: whoever registered the number serves it. */
export interface DeviceNode extends Inode {
  readonly kind: "device";
  /** Kernel encoding: major << 20 | minor. */
  readonly rdev: number;
}

/** A file served by kernel or guest code: procfs, sysfs, debugfs. */
export interface SpecialNode extends Inode {
  readonly kind: "special";
  size: number;
  readonly operations: FileOperations;
  /** How often somebody has told that its contents changed (sysfs_notify). */
  events: number;
  /** The guest's object behind it (proc_dir_entry, attribute), 0 for none. */
  readonly object: Address;
}

export type Node = DirectoryNode | RegularNode | SymlinkNode | DeviceNode | SpecialNode;

/** include/linux/kdev_t.h */
const MINOR_BITS = 20;
export const makeKernelDev = (major: number, minor: number): number => major * 2 ** MINOR_BITS + minor;
export const kernelMajor = (dev: number): number => Math.floor(dev / 2 ** MINOR_BITS);
export const kernelMinor = (dev: number): number => dev & (2 ** MINOR_BITS - 1);
