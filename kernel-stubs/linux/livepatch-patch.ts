/** include/linux/livepatch.h: patches (kernel/livepatch/core.c). Tasks change over at once. */
import { asInt } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import type { ByteString } from "../../src/base/bytes.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { lookupName } from "../../src/kernel/probes/text.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const MAX_ENTRIES = 1000;

interface Replacement {
  readonly old: Address;
  readonly target: Address;
}

interface PatchedObject {
  readonly at: Address;
  /** The module it is; undefined for the kernel itself. */
  readonly module: ByteString | undefined;
  readonly functions: readonly Replacement[];
}

const textAt = (k: Kernel, at: Address): ByteString | undefined =>
  at === 0 ? undefined : k.memory.cstring(at);
const field = (k: Kernel, struct: string, at: Address, name: string): Address =>
  k.memory.pointer(at + k.offsetOf(struct, name));

/** Errno EINVAL for a function that is not there. */
const functionsOf = (k: Kernel, object: Address, module: ByteString | undefined): Replacement[] => {
  const found: Replacement[] = [];
  let at = field(k, "klp_object", object, "funcs");
  for (; found.length < MAX_ENTRIES; at += k.sizeOf("klp_func")) {
    const name = textAt(k, field(k, "klp_func", at, "old_name"));
    if (name === undefined) return found;
    const old = lookupName(k, module === undefined ? name : `${module}:${name}`);
    if (old === undefined) {
      k.printk(3, `livepatch: symbol '${name}' not found in symbol table`);
      throw new Errno(EINVAL);
    }
    found.push({ old, target: field(k, "klp_func", at, "new_func") });
  }
  return found;
};

/** All objects of a patch, those of modules that are not loaded left out. */
const objectsOf = (k: Kernel, patch: Address): PatchedObject[] => {
  const objects: PatchedObject[] = [];
  let at = field(k, "klp_patch", patch, "objs");
  for (
    ;
    objects.length < MAX_ENTRIES && field(k, "klp_object", at, "funcs") !== 0;
    at += k.sizeOf("klp_object")
  ) {
    const module = textAt(k, field(k, "klp_object", at, "name"));
    if (module !== undefined && k.modules.list.find(module) === undefined) continue;
    objects.push({ at, module, functions: functionsOf(k, at, module) });
  }
  return objects;
};

function* callback(k: Kernel, { at }: PatchedObject, which: string): Routine<number> {
  const fn = k.memory.pointer(at + k.offsetOf("klp_object", `callbacks.${which}`));
  return fn === 0 ? 0 : asInt(yield* k.call(fn, at));
}

export const klpEnablePatch = stub(
  "int klp_enable_patch(struct klp_patch *patch)",
  {
    fails: ["EINVAL", "EBUSY", "ENOMEM", "ENODEV"],
    sleeps: true,
    level: { partial: "a patch cannot be disabled, and does not follow modules that are loaded later" },
  },
  function* (k, { patch }) {
    const module = patch === 0 ? undefined : k.modules.list.at(field(k, "klp_patch", patch, "mod"));
    if (module === undefined || field(k, "klp_patch", patch, "objs") === 0) throw new Errno(EINVAL);
    if (module.info.modinfo.get("livepatch") === undefined) {
      k.printk(3, `livepatch: module ${module.name} is not marked as a livepatch module`);
      throw new Errno(EINVAL);
    }
    const objects = objectsOf(k, patch);
    k.modules.references.tryGet(module);
    k.printk(5, `livepatch: enabling patch '${module.name}'`);
    for (const object of objects) {
      const result = yield* callback(k, object, "pre_patch");
      if (result < 0) {
        k.printk(4, `livepatch: pre-patch callback failed for object '${object.module ?? "vmlinux"}'`);
        k.printk(4, `livepatch: failed to enable patch '${module.name}'`);
        throw new Errno(-result);
      }
      for (const { old, target } of object.functions) k.probes.ftrace.replace(old, target);
    }
    k.printk(5, `livepatch: '${module.name}': starting patching transition`);
    for (const object of objects) yield* callback(k, object, "post_patch");
    k.printk(5, `livepatch: '${module.name}': patching complete`);
    return 0;
  },
);
