import type { Address } from "../../base/address.ts";
import type { Routine } from "../routine.ts";
import type { Node } from "./node.ts";

/** An open file description: shared by duplicated and inherited descriptors. */
export interface OpenFile {
  readonly node: Node;
  readonly path: string;
  flags: number;
  position: number;
  /** Descriptors that refer to it. */
  references: number;
  readonly operations: FileOperations;
  /** The guest's struct file, where guest code serves it; 0 otherwise. */
  guest: Address;
  /** What the operations keep for this opening (text made at open, pipe ends). */
  state: unknown;
}

/** How a kind of file is served. Missing operations fail as the kernel's defaults do. */
export interface FileOperations {
  /** The mode's bits bind even root, as in sysfs. */
  readonly strict?: true;
  open?(file: OpenFile): Routine<void>;
  /** At most `count` bytes from `file.position`, which it moves. */
  read?(file: OpenFile, count: number): Routine<Uint8Array>;
  write?(file: OpenFile, bytes: Uint8Array): Routine<number>;
  lseek?(file: OpenFile, offset: number, whence: number): Routine<number>;
  ioctl?(file: OpenFile, request: number, argument: number | bigint | Uint8Array): Routine<number>;
  poll?(file: OpenFile): Routine<number>;
  /** The last descriptor is closed. */
  release?(file: OpenFile): Routine<void>;
}
