/** Who shows and stores an attribute of a kobject: by the kobject's type, as its sysfs_ops would. */
import type { Address } from "../../base/address.ts";
import { EFBIG, EIO } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import { RECORD_CALLERS } from "../oops/file-callers.ts";
import type { Routine } from "../routine.ts";
import { calledThrough } from "../vfs/called-from.ts";
import { attributeFile } from "../vfs/attribute-file.ts";
import { seekIn } from "../vfs/kept-files.ts";
import type { FileOperations } from "../vfs/operations.ts";
import type { KobjectKind } from "./kobjects.ts";

/** Functions of an attribute, and what they are given as their first argument. */
interface Functions {
  readonly show: Address;
  readonly store: Address;
  readonly first: Address;
  /** Stand before the buffer: the attribute. */
  readonly attribute: Address;
}

const typed = (
  k: Kernel,
  type: "device_attribute" | "class_attribute" | "bus_attribute" | "driver_attribute" | "kobj_attribute",
  first: Address,
  attribute: Address,
): Functions => {
  const { show, store } = k.struct(type, attribute);
  return { show, store, first, attribute };
};

const functionsOf = (k: Kernel, kind: KobjectKind, kobject: Address, attribute: Address): Functions => {
  switch (kind) {
    case "device":
      return typed(k, "device_attribute", kobject - k.offsetOf("device", "kobj"), attribute);
    case "class":
      return typed(k, "class_attribute", k.driverCore.classAt(kobject), attribute);
    case "bus":
      return typed(k, "bus_attribute", k.driverCore.busAt(kobject), attribute);
    case "driver":
      return typed(k, "driver_attribute", k.driverCore.driverAt(kobject), attribute);
    case "guest": {
      const type = k.struct("kobject", kobject).ktype;
      const ops = type === 0 ? 0 : k.struct("kobj_type", type).sysfs_ops;
      if (ops === 0) return { show: 0, store: 0, first: kobject, attribute };
      // The kernel's own operations are those of a plain kobject.
      if (ops === k.profile.symbol("kobj_sysfs_ops")?.address)
        return typed(k, "kobj_attribute", kobject, attribute);
      const { show, store } = k.struct("sysfs_ops", ops);
      return { show, store, first: kobject, attribute };
    }
    default:
      return typed(k, "kobj_attribute", kobject, attribute);
  }
};

const asLong = (rax: bigint): number => Number(BigInt.asIntN(64, rax));

/** The file of `struct attribute` in a kobject's directory. */
export const guestAttribute = (k: Kernel, kobject: Address, attribute: Address): FileOperations => {
  const find = (): Functions => functionsOf(k, k.driverCore.kobjects.kindOf(kobject), kobject, attribute);
  return attributeFile(k, {
    *show(page) {
      const { show, first } = find();
      if (show === 0) return -EIO;
      const isDevice = k.driverCore.kobjects.kindOf(kobject) === "device";
      const between = isDevice ? RECORD_CALLERS.deviceShow : [];
      return asLong(yield* calledThrough(k, between, k.call(show, first, attribute, page)));
    },
    *store(page, length) {
      const { store, first } = find();
      return store === 0 ? -EIO : asLong(yield* k.call(store, first, attribute, page, length));
    },
    name: () => k.symbols.format(find().show),
  });
};

const checkedLength = (result: number, limit: number): number => {
  if (result < 0) throw new Errno(-result);
  return Math.min(result, limit);
};

function* withPage<T>(k: Kernel, body: (page: Address) => Routine<T>): Routine<T> {
  const page = k.heap.kmalloc(4096, GFP_KERNEL);
  try {
    return yield* body(page);
  } finally {
    k.heap.kfree(page);
  }
}

/** Reads and writes of at most a page each, at any place (sysfs_kf_bin_read). */
export const guestBinary = (k: Kernel, kobject: Address, attribute: Address): FileOperations => {
  const view = k.struct("bin_attribute", attribute);
  function* through(fn: Address, page: Address, position: number, count: number): Routine<number> {
    if (fn === 0) return -EIO;
    return asLong(yield* k.call(fn, 0, kobject, attribute, page, position, count));
  }
  return {
    strict: true,
    splice: true,
    *read(file, count) {
      const { size } = view;
      if (size > 0 && file.position >= size) return new Uint8Array(0);
      const wanted = Math.min(count, 4096, size > 0 ? size - file.position : count);
      return yield* withPage(k, function* (page) {
        const got = yield* through(view.read, page, file.position, wanted);
        const bytes = k.memory.bytes(page, checkedLength(got, wanted)).slice();
        file.position += bytes.length;
        return bytes;
      });
    },
    *write(file, bytes) {
      const { size } = view;
      if (size > 0 && file.position >= size) throw new Errno(EFBIG);
      const count = Math.min(bytes.length, 4096, size > 0 ? size - file.position : bytes.length);
      return yield* withPage(k, function* (page) {
        k.memory.write(page, bytes.subarray(0, count));
        const taken = checkedLength(yield* through(view.write, page, file.position, count), count);
        file.position += taken;
        return taken;
      });
    },
    *lseek(file, offset, whence) {
      return seekIn(file, offset, whence, view.size);
    },
  };
};
