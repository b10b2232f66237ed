import { ENOSPC } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Tree } from "./tree.ts";
import { makeKernelDev } from "./node.ts";
import type { FileOperations } from "./operations.ts";

/** The devices of drivers/char/mem.c that scripts use, by minor of major 1. */
export const MEMORY_DEVICES: Readonly<Record<number, FileOperations>> = {
  3: {
    *read() {
      return new Uint8Array(0);
    },
    *write(_file, bytes) {
      return bytes.length;
    },
  },
  5: {
    *read(_file, count) {
      return new Uint8Array(Math.min(count, 1 << 20));
    },
    *write(_file, bytes) {
      return bytes.length;
    },
  },
  7: {
    *read(_file, count) {
      return new Uint8Array(Math.min(count, 1 << 20));
    },
    *write() {
      throw new Errno(ENOSPC);
    },
  },
};

export const makeMemoryDevices = (tree: Tree): void => {
  const dev = tree.directory("/dev");
  for (const [name, minor] of [
    ["null", 3],
    ["zero", 5],
    ["full", 7],
  ] as const) {
    tree.add(dev, name, tree.newDevice(0o666, makeKernelDev(1, minor)));
  }
};
