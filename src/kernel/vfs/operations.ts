import type { Address } from "../../base/address.ts";
import type { Routine } from "../routine.ts";
import type { Node } from "./node.ts";

/** An open file description: shared by duplicated and inherited descriptors. Touch before changing. */
export interface OpenFile {
  readonly node: Node;
  readonly path: string;
  flags: number;
  position: number;
  /** Descriptors and kernel users that refer to it. */
  references: number;
  readonly operations: FileOperations;
  /** The guest's struct file; 0 while no guest code has seen the file. */
  guest: Address;
  /** Process that gets SIGIO, 0 for none; and which signal instead, 0 for SIGIO (struct fown_struct). */
  owner: number;
  signal: number;
  /** What the operations keep for this opening (text made at open, pipe ends). */
  state: unknown;
}

/** Who called ioctl: a 64-bit program, or one that runs in compatibility mode. */
export type IoctlAbi = "native" | "compat";

/** How a kind of file is served. Missing operations fail as the kernel's defaults do. */
export interface FileOperations {
  /** The mode's bits bind even root, as in sysfs. */
  readonly strict?: true;
  /** There is a splice_read: sendfile() can read it. */
  readonly splice?: boolean;
  open?(file: OpenFile): Routine<void>;
  /** At most `count` bytes from `file.position`, which it moves. */
  read?(file: OpenFile, count: number): Routine<Uint8Array>;
  write?(file: OpenFile, bytes: Uint8Array): Routine<number>;
  lseek?(file: OpenFile, offset: number, whence: number): Routine<number>;
  ioctl?(
    file: OpenFile,
    request: number,
    argument: number | bigint | Uint8Array,
    abi: IoctlAbi,
  ): Routine<number>;
  /** Events that are true now. `table`: the guest's poll_table to register with, 0 for none. */
  poll?(file: OpenFile, table: Address): Routine<number>;
  /** Serves a new struct vm_area_struct. */
  mmap?(file: OpenFile, vma: Address): Routine<void>;
  fasync?(file: OpenFile, fd: number, on: boolean): Routine<void>;
  fsync?(file: OpenFile, range: { start: bigint; end: bigint; dataOnly: boolean }): Routine<number>;
  /** A descriptor is closed; `owner`: the files_struct it was in. */
  flush?(file: OpenFile, owner: Address): Routine<void>;
  /** The last reference has gone. */
  release?(file: OpenFile): Routine<void>;
}
