/** include/linux/kobject.h, as lib/kobject.c and kobject_uevent.c do it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL, ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { entries, initList } from "../../src/kernel/data/guest-list.ts";
import { duplicateText } from "../../src/kernel/data/text.ts";
import { addVariable } from "../../src/kernel/devices/uevent.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { type Variable, stub, variable } from "../../src/stub/declare.ts";

const NAME_MAX = 4096;
const ADDS = { fails: ["EEXIST", "EINVAL", "ENOMEM"], sleeps: true } as const;

export const kobjectInit = stub(
  "void kobject_init(struct kobject *kobj, const struct kobj_type *ktype)",
  { acquires: { kobject: "kobj" } },
  (k, { kobj, ktype }) => {
    if (k.struct("kobject", kobj).state_initialized !== 0) {
      const address = k.symbols.format(kobj);
      k.printk(3, `kobject (${address}): tried to init an initialized object, something is seriously wrong.`);
      k.traces.dumpStack();
    }
    k.driverCore.kobjects.init(kobj, ktype);
  },
);
export const kobjectAdd = stub(
  "int kobject_add(struct kobject *kobj, struct kobject *parent, const char *fmt, ...)",
  ADDS,
  function* (k, { kobj, parent, fmt }, call) {
    if (kobj === 0) throw new Errno(EINVAL);
    yield* k.driverCore.kobjects.addNamed(kobj, parent, formatGuest(k, fmt, call, NAME_MAX).text);
    return 0;
  },
);
export const kobjectInitAndAdd = stub(
  `int kobject_init_and_add(struct kobject *kobj, const struct kobj_type *ktype,
      struct kobject *parent, const char *fmt, ...)`,
  {
    ...ADDS,
    acquires: { kobject: "kobj" },
    keeps: ["kobject"],
    leaves: (k, { kobj, ktype }) => k.driverCore.kobjects.init(kobj, ktype),
  },
  function* (k, { kobj, ktype, parent, fmt }, call) {
    k.driverCore.kobjects.init(kobj, ktype);
    yield* k.driverCore.kobjects.addNamed(kobj, parent, formatGuest(k, fmt, call, NAME_MAX).text);
    return 0;
  },
);
export const kobjectCreateAndAdd = stub(
  "struct kobject *kobject_create_and_add(const char *name, struct kobject *parent)",
  { fails: ["NULL"], sleeps: true, acquires: { kobject: "return" } },
  function* (k, { name, parent }) {
    return yield* k.driverCore.kobjects.create(k.memory.cstring(name, NAME_MAX), parent);
  },
);
export const kobjectDel = stub("void kobject_del(struct kobject *kobj)", function* (k, { kobj }) {
  yield* k.driverCore.kobjects.del(kobj);
});
export const kobjectGet = stub(
  "struct kobject *kobject_get(struct kobject *kobj)",
  { acquires: { kobject: "return" } },
  (k, { kobj }) => k.driverCore.kobjects.get(kobj),
);
export const kobjectGetUnlessZero = stub(
  "struct kobject *kobject_get_unless_zero(struct kobject *kobj)",
  { acquires: { kobject: "return" } },
  (k, { kobj }) => {
    if (kobj === 0 || k.struct("kobject", kobj).kref.refcount.refs.counter === 0) return 0;
    return k.driverCore.kobjects.get(kobj);
  },
);
export const kobjectPut = stub(
  "void kobject_put(struct kobject *kobj)",
  { releases: { kobject: "kobj" } },
  function* (k, { kobj }) {
    yield* k.driverCore.kobjects.put(kobj);
  },
);
export const kobjectSetName = stub(
  "int kobject_set_name(struct kobject *kobj, const char *fmt, ...)",
  { fails: ["ENOMEM"] },
  (k, { kobj, fmt }, call) => {
    k.driverCore.kobjects.setName(kobj, formatGuest(k, fmt, call, NAME_MAX).text);
    return 0;
  },
);
export const kobjectRename = stub(
  "int kobject_rename(struct kobject *kobj, const char *new_name)",
  { fails: ["EEXIST", "EINVAL", "ENOMEM"], sleeps: true },
  (k, { kobj, new_name }) => {
    if (kobj === 0 || k.struct("kobject", kobj).parent === 0) throw new Errno(EINVAL);
    k.driverCore.kobjects.rename(kobj, k.memory.cstring(new_name, NAME_MAX));
    return 0;
  },
);
export const kobjectGetPath = stub(
  "char *kobject_get_path(const struct kobject *kobj, gfp_t gfp_mask)",
  { fails: ["NULL"], acquires: { slab: "return" } },
  (k, { kobj, gfp_mask }) => {
    const path = k.vfs.sysfs.path(kobj);
    return path === undefined ? 0 : duplicateText(k, path, gfp_mask);
  },
);

const ksetKobject = (k: Kernel, kset: Address): Address => kset + k.offsetOf("kset", "kobj");

const initialiseKset = (k: Kernel, kset: Address): void => {
  const kobject = ksetKobject(k, kset);
  initList(k.memory, kset + k.offsetOf("kset", "list"));
  k.driverCore.kobjects.init(kobject, k.struct("kobject", kobject).ktype);
};
export const ksetRegister = stub(
  "int kset_register(struct kset *k)",
  {
    fails: ["EEXIST", "EINVAL", "ENOMEM"],
    sleeps: true,
    acquires: { kset: "k" },
    leaves: (k, { k: kset }) => initialiseKset(k, kset),
  },
  function* (k, { k: kset }) {
    if (kset === 0) throw new Errno(EINVAL);
    if (k.struct("kobject", ksetKobject(k, kset)).ktype === 0) {
      k.printk(3, "must have a ktype to be initialized properly!");
      throw new Errno(EINVAL);
    }
    initialiseKset(k, kset);
    yield* k.driverCore.kobjects.add(ksetKobject(k, kset));
    return 0;
  },
);
export const ksetUnregister = stub(
  "void kset_unregister(struct kset *k)",
  { releases: { kset: "k" } },
  function* (k, { k: kset }) {
    if (kset === 0) return;
    yield* k.driverCore.kobjects.del(ksetKobject(k, kset));
    yield* k.driverCore.kobjects.put(ksetKobject(k, kset));
  },
);
export const ksetCreateAndAdd = stub(
  `struct kset *kset_create_and_add(const char *name, const struct kset_uevent_ops *uevent_ops,
      struct kobject *parent_kobj)`,
  { fails: ["NULL"], sleeps: true, acquires: { kset: "return" } },
  function* (k, { name, uevent_ops, parent_kobj }) {
    const { kobjects } = k.driverCore;
    const kset = k.heap.kmalloc(k.sizeOf("kset"), GFP_KERNEL);
    if (kset === 0) throw new Errno(ENOMEM);
    const kobject = ksetKobject(k, kset);
    initList(k.memory, kset + k.offsetOf("kset", "list"));
    k.struct("kset", kset).uevent_ops = uevent_ops;
    kobjects.init(kobject, kobjects.ktype("kset"));
    k.struct("kobject", kobject).parent = parent_kobj;
    try {
      kobjects.setName(kobject, k.memory.cstring(name, NAME_MAX));
      yield* kobjects.add(kobject);
    } catch (error) {
      k.heap.kfree(kset);
      throw error;
    }
    return kset;
  },
);
export const ksetFindObj = stub(
  "struct kobject *kset_find_obj(struct kset *kset, const char *name)",
  { acquires: { kobject: "return" } },
  (k, { kset, name }) => {
    const wanted = k.memory.cstring(name, NAME_MAX);
    for (const entry of entries(k.memory, kset + k.offsetOf("kset", "list"))) {
      const kobject = entry - k.offsetOf("kobject", "entry");
      if (k.driverCore.kobjects.name(kobject) === wanted) return k.driverCore.kobjects.get(kobject);
    }
    return 0;
  },
);

const UNHEARD = { partial: "nobody listens; a kset's own callbacks are not called" };
export const kobjectUevent = stub(
  "int kobject_uevent(struct kobject *kobj, enum kobject_action action)",
  { sleeps: true, fails: ["ENOMEM"], level: UNHEARD },
  () => 0,
);
export const kobjectUeventEnv = stub(
  "int kobject_uevent_env(struct kobject *kobj, enum kobject_action action, char **envp_ext)",
  { sleeps: true, fails: ["ENOMEM"], level: UNHEARD },
  () => 0,
);
export const addUeventVar = stub(
  "int add_uevent_var(struct kobj_uevent_env *env, const char *format, ...)",
  { fails: ["ENOMEM"] },
  (k, { env, format }, call) => {
    addVariable(k, env, formatGuest(k, format, call, NAME_MAX).text);
    return 0;
  },
);

/** A directory that the kernel made at boot. */
export const knownKobject = (name: string, path: string): Variable =>
  variable(`struct kobject *${name}`, (k, { address }) =>
    k.memory.setPointer(address, k.driverCore.kobjects.known(path)),
  );
export const knownKobjects: readonly Variable[] = [
  knownKobject("kernel_kobj", "/kernel"),
  knownKobject("mm_kobj", "/kernel/mm"),
  knownKobject("firmware_kobj", "/firmware"),
  knownKobject("hypervisor_kobj", "/hypervisor"),
];
