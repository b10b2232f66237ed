import type { Kernel } from "../kernel.ts";
import { MODULE_STATE, type Module } from "./module.ts";
import type { ModuleList } from "./module-list.ts";

/** A loaded module holds itself with one reference; the count users see is one less (MODULE_REF_BASE). */
const MODULE_REF_BASE = 1;

/** Reference counts of modules, in the guest's `module.refcnt` (kernel/module/main.c). */
export interface References {
  /** MODULE_REF_BASE, and one for the load that is going on. */
  initialise(module: Module): void;
  /** module_refcount(): -1 when the module is going. */
  count(module: Module): number;
  /** try_module_get(): false when it is going away. */
  tryGet(module: Module): boolean;
  get(module: Module): void;
  /** module_put(); false when the count was zero already. */
  put(module: Module): boolean;
  /** try_release_module_ref(): drops the base reference; true when nobody holds another. */
  tryRelease(module: Module): boolean;
}

export const createReferences = (k: Kernel, list: ModuleList): References => {
  const raw = (module: Module): number => k.struct("module", module.address).refcnt.counter;
  const set = (module: Module, value: number): void => {
    k.struct("module", module.address).refcnt.counter = value;
  };
  return {
    initialise: (module) => set(module, MODULE_REF_BASE + 1),
    count: (module) => raw(module) - MODULE_REF_BASE,
    tryGet(module) {
      // module_is_live() lets a coming module be held; a count of zero says that it is being unloaded.
      if (list.state(module) === MODULE_STATE.GOING || raw(module) === 0) return false;
      set(module, raw(module) + 1);
      return true;
    },
    get: (module) => set(module, raw(module) + 1),
    put(module) {
      const count = raw(module);
      if (count <= 0) return false;
      set(module, count - 1);
      return true;
    },
    tryRelease(module) {
      set(module, raw(module) - MODULE_REF_BASE);
      if (raw(module) === 0) return true;
      set(module, raw(module) + MODULE_REF_BASE);
      return false;
    },
  };
};
