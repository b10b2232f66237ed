/** struct class (drivers/base/class.c). */
import type { Address } from "../../base/address.ts";
import { ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { addGroups, removeGroups } from "./groups.ts";

/** __class_register(): /sys/class/NAME. */
export function* registerClass(k: Kernel, family: Address): Routine<void> {
  const { kobjects, classes } = k.driverCore;
  const view = k.struct("class", family);
  const cp = k.heap.internal(new Uint8Array(k.sizeOf("subsys_private")));
  const kset = cp + k.offsetOf("subsys_private", "subsys");
  const kobject = kset + k.offsetOf("kset", "kobj");
  initList(k.memory, kset + k.offsetOf("kset", "list"));
  initList(k.memory, cp + k.offsetOf("subsys_private", "interfaces"));
  kobjects.init(kobject, kobjects.ktype("class"));
  k.struct("kobject", kobject).kset = kobjects.known("/class") - k.offsetOf("kset", "kobj");
  try {
    kobjects.setName(kobject, k.memory.cstring(view.name, 256));
    yield* kobjects.add(kobject);
  } catch (error) {
    if (error instanceof Errno) k.heap.kfree(cp);
    throw error;
  }
  k.struct("subsys_private", cp).class = family;
  view.p = cp;
  if (view.dev_kobj === 0) view.dev_kobj = kobjects.known("/dev/char");
  classes.set(family, { kobject });
  yield* addGroups(k, kobject, view.class_groups);
}

/** class_unregister(). */
export function* unregisterClass(k: Kernel, family: Address): Routine<void> {
  const { kobjects, classes } = k.driverCore;
  const state = classes.get(family);
  if (state === undefined) return;
  const view = k.struct("class", family);
  yield* removeGroups(k, state.kobject, view.class_groups);
  classes.delete(family);
  yield* kobjects.del(state.kobject);
  yield* kobjects.put(state.kobject);
}

/** class_release(): what the last reference does. Frees what class_create made. */
export function* releaseClass(k: Kernel, kobject: Address): Routine<void> {
  const cp = kobject - k.offsetOf("subsys_private", "subsys.kobj");
  const family = k.struct("subsys_private", cp).class;
  const release = k.struct("class", family).class_release;
  if (k.driverCore.created.has(family)) {
    k.driverCore.created.delete(family);
    k.heap.kfree(family);
  } else if (release !== 0) yield* k.call(release, family);
  k.heap.kfree(cp);
}

/** __class_create(); the module's name stays the module's. */
export function* createClass(k: Kernel, owner: Address, name: Address): Routine<Address> {
  const family = k.heap.kmalloc(k.sizeOf("class"), GFP_KERNEL);
  if (family === 0) throw new Errno(ENOMEM);
  const view = k.struct("class", family);
  view.name = name;
  view.owner = owner;
  try {
    yield* registerClass(k, family);
  } catch (error) {
    k.heap.kfree(family);
    throw error;
  }
  k.driverCore.created.add(family);
  return family;
}
