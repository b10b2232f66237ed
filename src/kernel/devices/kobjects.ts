import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EEXIST, EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { addTail, initList, removeInit } from "../data/guest-list.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { addGroups, removeGroups } from "./groups.ts";
import { createKobjectCount } from "./kobject-count.ts";
import { type KobjectNames, createKobjectNames } from "./kobject-names.ts";
import { WARN_SITES } from "../vfs/warn-sites.ts";

/** Which of the kernel's own types a kobject is of; "guest" for a module's own kobj_type. */
export type KobjectKind =
  | "dynamic"
  | "kset"
  | "device"
  | "class"
  | "bus"
  | "driver"
  | "module"
  | "cdev"
  | "cdev-dynamic"
  | "software_node"
  | "guest";

/** kobjects in guest memory (lib/kobject.c): counts, names, parents; sysfs mirrors them. */
export interface Kobjects extends KobjectNames {
  /** `struct kobj_type` of a kind. */
  ktype(kind: Exclude<KobjectKind, "guest">): Address;
  kindOf(kobject: Address): KobjectKind;
  init(kobject: Address, ktype: Address): void;
  /** Below its parent, or its kset; EEXIST, EINVAL. */
  add(kobject: Address): Routine<void>;
  del(kobject: Address): Routine<void>;
  get(kobject: Address): Address;
  /** The last one releases. */
  put(kobject: Address): Routine<void>;
  /** One of the kernel's own directories: "/kernel", "/devices/virtual". Made when first asked for. */
  known(path: ByteString): Address;
  /** kobject_add(): the same under a new name and parent; ENOMEM. */
  addNamed(kobject: Address, parent: Address, name: ByteString): Routine<void>;
  /** A kobject of kernel memory, in sysfs, with a count of one; 0 where there is no memory. Errors: as `addNamed`. */
  make(name: ByteString, parent: Address): Routine<Address>;
  /** kobject_create_and_add(): the same, and 0 whenever there is none. */
  create(name: ByteString, parent: Address): Routine<Address>;
  /** What is done when an object of a kernel type is released. */
  readonly releases: Map<KobjectKind, (kobject: Address) => Routine<void>>;
}

export const createKobjects = (k: Kernel): Kobjects => {
  const types: JournalMap<Address, KobjectKind> = k.journal.map();
  const known: JournalMap<ByteString, Address> = k.journal.map();
  const releases: Kobjects["releases"] = new Map();
  const view = (kobject: Address): ReturnType<typeof k.struct<"kobject">> => k.struct("kobject", kobject);
  const count = createKobjectCount(k);

  const ktype: Kobjects["ktype"] = (kind) => {
    for (const [address, each] of types.entries()) if (each === kind) return address;
    const address = k.statics.allocate(k.sizeOf("kobj_type"));
    k.struct("kobj_type", address).sysfs_ops = k.profile.symbol("kobj_sysfs_ops")?.address ?? 0;
    types.set(address, kind);
    return address;
  };
  const kindOf = (kobject: Address): KobjectKind => types.get(view(kobject).ktype) ?? "guest";
  const names = createKobjectNames(k);
  const { name, setName } = names;
  const initList_ = (kobject: Address): Address => kobject + k.offsetOf("kobject", "entry");
  const leaveKset = (kobject: Address): void => {
    if (view(kobject).kset !== 0) removeInit(k.memory, initList_(kobject));
  };
  function* groupsOf(kobject: Address): Routine<Address> {
    const type = view(kobject).ktype;
    return type === 0 ? 0 : k.struct("kobj_type", type).default_groups;
  }
  function* add(kobject: Address): Routine<void> {
    const self = view(kobject);
    if (self.name === 0 || k.memory.u8(self.name) === 0) {
      k.traces.warn(WARN_SITES.kobjectAdd, {
        message: `kobject: (${k.symbols.format(kobject)}): attempted to be registered with empty name!`,
      });
      throw new Errno(EINVAL);
    }
    const kset = self.kset;
    if (kset !== 0) {
      if (self.parent === 0) self.parent = kset + k.offsetOf("kset", "kobj");
      addTail(k.memory, initList_(kobject), kset + k.offsetOf("kset", "list"));
    }
    const parent = self.parent;
    if (parent === 0) k.vfs.tree.ready();
    get(parent);
    try {
      k.vfs.sysfs.create(kobject, name(kobject), parent);
      yield* addGroups(k, kobject, yield* groupsOf(kobject));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      k.vfs.sysfs.remove(kobject);
      leaveKset(kobject);
      yield* put(parent);
      self.parent = 0;
      failed(kobject, parent, error.errno);
      throw error;
    }
    self.sd = k.heap.internal(new Uint8Array(k.sizeOf("kernfs_node")));
    self.state_in_sysfs = 1;
  }
  const failed = (kobject: Address, parent: Address, errno: number): void => {
    const prefix = `kobject_add_internal failed for ${name(kobject)}`;
    if (errno === EEXIST)
      k.printk(
        3,
        `${prefix} with -EEXIST, don't try to register things with the same name in the same directory.`,
      );
    else k.printk(3, `${prefix} (error: ${-errno} parent: ${parent === 0 ? "'none'" : name(parent)})`);
  };
  function* unlink(kobject: Address): Routine<void> {
    const self = view(kobject);
    if (self.state_in_sysfs === 0) return;
    yield* removeGroups(k, kobject, yield* groupsOf(kobject));
    k.vfs.sysfs.remove(kobject);
    if (self.sd !== 0) k.heap.kfree(self.sd);
    self.sd = 0;
    self.state_in_sysfs = 0;
    leaveKset(kobject);
  }
  function* del(kobject: Address): Routine<void> {
    if (kobject === 0) return;
    const self = view(kobject);
    const parent = self.state_in_sysfs === 0 ? 0 : self.parent;
    yield* unlink(kobject);
    self.parent = 0;
    yield* put(parent);
  }
  const get = (kobject: Address): Address => {
    if (kobject !== 0) count.up(kobject);
    return kobject;
  };
  function* put(kobject: Address): Routine<void> {
    if (kobject === 0 || !count.down(kobject)) return;
    const self = view(kobject);
    const kind = kindOf(kobject);
    const [named, type] = [self.name, self.ktype];
    yield* del(kobject);
    if (kind === "guest") {
      const release = type === 0 ? 0 : k.struct("kobj_type", type).release;
      if (release === 0) noRelease(kobject);
      else yield* k.call(release, kobject);
    } else yield* releases.get(kind)?.(kobject) ?? noRoutine();
    names.freeName(named);
  }
  const noRelease = (kobject: Address): void =>
    k.printk(
      7,
      `kobject: '${name(kobject)}': does not have a release() function, it is broken and must be fixed.`,
    );
  const init: Kobjects["init"] = (kobject, type) => {
    const self = view(kobject);
    self.kref.refcount.refs.counter = 1;
    initList(k.memory, initList_(kobject));
    self.state_in_sysfs = 0;
    self.state_add_uevent_sent = 0;
    self.state_remove_uevent_sent = 0;
    self.state_initialized = 1;
    self.ktype = type;
  };
  const place = (path: ByteString): Address => {
    const there = known.get(path);
    if (there !== undefined || path === "") return there ?? 0;
    const at = path.lastIndexOf("/");
    const parent = place(path.slice(0, at));
    const kset = k.statics.allocate(k.sizeOf("kset"));
    initList(k.memory, kset + k.offsetOf("kset", "list"));
    const kobject = kset + k.offsetOf("kset", "kobj");
    init(kobject, ktype("kset"));
    setName(kobject, path.slice(at + 1));
    view(kobject).parent = parent;
    k.vfs.sysfs.create(kobject, path.slice(at + 1), parent);
    view(kobject).state_in_sysfs = 1;
    view(kobject).sd = k.heap.internal(new Uint8Array(k.sizeOf("kernfs_node")));
    known.set(path, kobject);
    return kobject;
  };
  function* addNamed(kobject: Address, parent: Address, text: ByteString): Routine<void> {
    try {
      setName(kobject, text);
    } catch (error) {
      if (error instanceof Errno) k.printk(3, "kobject: can not set name properly!");
      throw error;
    }
    view(kobject).parent = parent;
    yield* add(kobject);
  }
  function* make(text: ByteString, parent: Address): Routine<Address> {
    const kobject = k.heap.kmalloc(k.sizeOf("kobject"), GFP_KERNEL);
    if (kobject === 0) return 0;
    init(kobject, ktype("dynamic"));
    try {
      yield* addNamed(kobject, parent, text);
    } catch (error) {
      if (error instanceof Errno) yield* put(kobject);
      throw error;
    }
    return kobject;
  }
  releases.set("dynamic", function* (kobject) {
    k.heap.kfree(kobject);
  });
  releases.set("kset", function* (kobject) {
    k.heap.kfree(kobject - k.offsetOf("kset", "kobj"));
  });

  return {
    ktype,
    kindOf,
    init,
    ...names,
    add,
    del,
    get,
    put,
    known: place,
    addNamed,
    make,
    *create(text, parent) {
      try {
        return yield* make(text, parent);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        k.printk(4, `kobject_create_and_add: kobject_add error: ${-error.errno}`);
        return 0;
      }
    },
    releases,
  };
};

function* noRoutine(): Routine<void> {}
