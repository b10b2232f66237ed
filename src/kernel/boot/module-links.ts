import { hostArgs } from "../../abi/varargs.ts";
import { createModuleSysfs, removeModuleSysfs } from "../devices/module-kobject.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { WorkCounters } from "../modules/history.ts";
import type { ModuleLinks } from "../modules/modules.ts";
import { format } from "../printf/format.ts";
import { staticKeyState } from "../static-keys.ts";
import type { Linkage } from "./kernel.ts";
import { textPatching } from "./text-patching.ts";

/** include/uapi/linux/capability.h */
const CAP_SYS_MODULE = 16;

/** What the module system asks of the subsystems around it. */
export const moduleLinks = (k: Kernel, links: Linkage, work: WorkCounters): ModuleLinks => ({
  work,
  kernelSymbol: links.resolve,
  bindAt: links.bindAt,
  allocatePercpu({ size, align }, module) {
    try {
      return k.percpu.allocReserved(size, align);
    } catch (error) {
      k.printk(4, `${module}: Could not allocate ${size} bytes percpu data`);
      throw error;
    }
  },
  freePercpu: (address) => k.percpu.free(address),
  allocate: (size) => k.heap.kmalloc(size, GFP_KERNEL),
  free: (address) => k.heap.kfree(address),
  patching: textPatching(k.profile),
  fentry: k.profile.symbol("__fentry__")?.address ?? 0,
  foreignKey: (key) => staticKeyState(k, key),
  staticCalls: { keyOfTrampoline: () => undefined, functionOf: () => undefined, returnZero: undefined },
  fillPercpu: (address, bytes) => k.memory.write(k.cpu.base + address, bytes),
  createSysfs: (module) => createModuleSysfs(k, module),
  removeSysfs: (module) => removeModuleSysfs(k, module),
  capable: () => k.processes.capable(CAP_SYS_MODULE),
  hashed: (address) => format("%p", hostArgs([address]), k.format).text,
});
