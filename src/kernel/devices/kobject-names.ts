/** Names of kobjects: copies in kernel memory (lib/kobject.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { duplicateText } from "../data/text.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";

const NAME_MAX = 4096;

export interface KobjectNames {
  name(kobject: Address): ByteString;
  /** kobject_set_name(): takes a copy; ENOMEM. */
  setName(kobject: Address, name: ByteString): void;
  /** For those that do not look at the failure: the object keeps the name it has, or none. */
  tryName(kobject: Address, name: ByteString): void;
  /** kobject_rename(): here and in sysfs, or neither; ENOMEM, EEXIST. */
  rename(kobject: Address, name: ByteString): void;
  /** kfree_const(): names in rodata are not copies. */
  freeName(name: Address): void;
}

export const createKobjectNames = (k: Kernel): KobjectNames => {
  const copyName = (text: ByteString): Address => {
    // sysfs cannot show a name with a slash in it.
    const copy = duplicateText(k, text.replaceAll("/", "!"), GFP_KERNEL);
    if (copy === 0) throw new Errno(ENOMEM);
    return copy;
  };
  const takeName = (kobject: Address, copy: Address): void => {
    const view = k.struct("kobject", kobject);
    const old = view.name;
    view.name = copy;
    freeName(old);
  };
  const freeName = (at: Address): void => {
    if (at !== 0 && !k.image.contains(at) && k.modules.list.at(at) === undefined) k.heap.kfree(at);
  };
  const setName = (kobject: Address, text: ByteString): void => takeName(kobject, copyName(text));
  return {
    name(kobject) {
      const at = k.struct("kobject", kobject).name;
      return at === 0 ? "(null)" : k.memory.cstring(at, NAME_MAX);
    },
    setName,
    tryName(kobject, text) {
      try {
        setName(kobject, text);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
      }
    },
    rename(kobject, text) {
      const copy = copyName(text);
      try {
        k.vfs.sysfs.rename(kobject, text);
      } catch (error) {
        k.heap.kfree(copy);
        throw error;
      }
      takeName(kobject, copy);
    },
    freeName,
  };
};
