import { populateDynamicDebug } from "../dynamic-debug/control.ts";
import { populateInput } from "../input/devices.ts";
import { populateIrqs } from "../irq/proc.ts";
import type { Kernel } from "../kernel.ts";
import { populateNet } from "../net/files.ts";
import { populateTracing } from "../tracing/tracing.ts";
import { makeMemoryDevices } from "../vfs/memory-devices.ts";
import { populateProc } from "../vfs/proc-static.ts";

/** What /dev, /proc and /sys hold before any module is loaded. */
export const populateTree = (k: Kernel): void => {
  const { tree } = k.vfs;
  makeMemoryDevices(tree);
  populateProc(k, tree);
  populateNet(k, tree);
  populateIrqs(k, tree);
  populateDynamicDebug(k);
  populateInput(k);
  populateTracing(k);
};
