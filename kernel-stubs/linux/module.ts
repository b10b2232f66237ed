/** include/linux/module.h, as kernel/module does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Module } from "../../src/kernel/modules/module.ts";
import { registerNotifier, unregisterNotifier } from "../../src/kernel/notifier.ts";
import { within } from "../../src/stub/compose.ts";
import { stub } from "../../src/stub/declare.ts";
import { completeAndExit } from "./kthread.ts";

const moduleOf = (k: Kernel, address: Address): Module | undefined =>
  address === 0 ? undefined : k.modules.list.byStruct(address);

export const tryModuleGet = stub(
  "bool try_module_get(struct module *module)",
  { fails: ["FALSE"], acquires: { module: "module" } },
  (k, { module }) => {
    const found = moduleOf(k, module);
    return found === undefined ? module === 0 : k.modules.references.tryGet(found);
  },
);
export const moduleGet = stub(
  "void __module_get(struct module *module)",
  { acquires: { module: "module" } },
  (k, { module }) => {
    const found = moduleOf(k, module);
    if (found !== undefined) k.modules.references.get(found);
  },
);
export const modulePut = stub(
  "void module_put(struct module *module)",
  { releases: { module: "module" } },
  (k, { module }) => {
    const found = moduleOf(k, module);
    if (found !== undefined && !k.modules.references.put(found)) {
      k.traces.warn({ source: "kernel/module/main.c:824", at: "module_put+0xa8/0xb0" });
    }
  },
);
export const moduleRefcount = stub("int module_refcount(struct module *mod)", (k, { mod }) => {
  const found = moduleOf(k, mod);
  return found === undefined ? -1 : k.modules.references.count(found);
});

interface Owned {
  readonly module: Module | undefined;
  readonly value: Address;
  readonly gplOnly: boolean;
}

/** Exported symbols of a loaded module, by the module; undefined when the kernel itself has it. */
const ownerOf = (k: Kernel, name: string): Owned | undefined => {
  const kernel = k.profile.symbol(name);
  if (kernel !== undefined) return { module: undefined, value: kernel.address, gplOnly: kernel.gpl };
  for (const module of k.modules.list.all()) {
    const found = module.exports.get(name);
    if (found !== undefined) return { module, value: found.value, gplOnly: found.gplOnly };
  }
  return undefined;
};
export const symbolGet = stub(
  "void *__symbol_get(const char *symbol)",
  { fails: ["NULL"], acquires: { symbol: "return" } },
  (k, { symbol }) => {
    const name = k.memory.cstring(symbol, 512);
    const found = ownerOf(k, name);
    if (found === undefined) return 0;
    if (!found.gplOnly) {
      k.log.print(`\x014failing symbol_get of non-GPLONLY symbol ${name}.\n`);
      return 0;
    }
    if (found.module !== undefined && !k.modules.references.tryGet(found.module)) return 0;
    return found.value;
  },
);
export const symbolPut = stub(
  "void __symbol_put(const char *symbol)",
  { releases: { symbol: (k, { symbol }) => ownerOf(k, k.memory.cstring(symbol, 512))?.value } },
  (k, { symbol }) => {
    const found = ownerOf(k, k.memory.cstring(symbol, 512));
    if (found?.module !== undefined) k.modules.references.put(found.module);
  },
);
export const symbolPutAddr = stub(
  "void symbol_put_addr(void *addr)",
  { releases: { symbol: "addr" } },
  (k, { addr }) => {
    const module = k.modules.list.at(addr);
    if (module !== undefined) k.modules.references.put(module);
  },
);

export const registerModuleNotifier = stub(
  "int register_module_notifier(struct notifier_block *nb)",
  { fails: ["EEXIST"], acquires: { notifier: "nb" } },
  (k, { nb }) => {
    registerNotifier(k.memory, k.modules.notifiers, nb);
    return 0;
  },
);
export const unregisterModuleNotifier = stub(
  "int unregister_module_notifier(struct notifier_block *nb)",
  { releases: { notifier: "nb" } },
  (k, { nb }) => {
    unregisterNotifier(k.memory, k.modules.notifiers, nb);
    return 0;
  },
);

export const modulePutAndKthreadExit = stub(
  "void __module_put_and_kthread_exit(struct module *mod, long code)",
  (k, { mod, code }) => {
    within(k, modulePut, { module: mod });
    return completeAndExit(k, 0, code);
  },
);
