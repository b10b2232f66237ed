import { ENOSPC } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { kmsgOperations } from "./kmsg-device.ts";
import type { Tree } from "./tree.ts";
import { makeKernelDev } from "./node.ts";
import type { FileOperations } from "./operations.ts";

/** The devices of drivers/char/mem.c that scripts use, by minor of major 1. */
export const memoryDevices = (k: Kernel): Readonly<Record<number, FileOperations>> => ({
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
  11: kmsgOperations(k),
});

export const makeMemoryDevices = (tree: Tree): void => {
  const dev = tree.directory("/dev");
  for (const [name, minor, mode] of [
    ["null", 3, 0o666],
    ["zero", 5, 0o666],
    ["full", 7, 0o666],
    ["kmsg", 11, 0o644],
  ] as const) {
    tree.add(dev, name, tree.newDevice(mode, makeKernelDev(1, minor)));
  }
};
