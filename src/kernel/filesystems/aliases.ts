/** Other names of an inode, and names that move (fs/dcache.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { ESTALE } from "../../base/errno.ts";
import { isErr } from "../../base/err.ts";
import { Errno } from "../../base/errors.ts";
import { addFirst, removeInit } from "../data/guest-list.ts";
import { hlistEntries } from "../data/hlist.ts";
import { at, point } from "../data/members.ts";
import { nameHash } from "../data/name-hash.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import {
  DCACHE,
  type Name,
  dropDentry,
  getDentry,
  instantiate,
  nameAt,
  rehash,
  storeName,
} from "./dentry.ts";
import { putInode } from "./inode.ts";

const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;

/** Dentries of an inode. */
export function* aliases(k: Kernel, inode: Address): Generator<Address> {
  for (const node of hlistEntries(k.memory, at(k, "inode", inode, "i_dentry")))
    yield node - k.offsetOf("dentry", "d_u");
}

/** The name in a struct qstr with the hash that its directory wants. Errno as the directory's d_hash says. */
export function* hashedName(k: Kernel, directory: Address, qstr: Address): Routine<Name> {
  const view = k.struct("qstr", qstr);
  view.hash = nameHash(k, directory, view.name, view.len);
  const { d_flags, d_op } = k.struct("dentry", directory);
  if ((d_flags & DCACHE.OP_HASH) !== 0) {
    const error = asInt(yield* k.call(k.struct("dentry_operations", d_op).d_hash, directory, qstr));
    if (error < 0) throw new Errno(-error);
  }
  return nameAt(k, qstr);
}

/** d_move(): `dentry` takes the place and name of `target`, which cannot be found any more. */
export const moveDentry = (k: Kernel, dentry: Address, target: Address): void => {
  const [from, to] = [k.struct("dentry", dentry), k.struct("dentry", target)];
  const [oldParent, newParent] = [from.d_parent, to.d_parent];
  dropDentry(k, target);
  storeName(k, dentry, nameAt(k, at(k, "dentry", target, "d_name")));
  if (oldParent !== newParent) {
    removeInit(k.memory, at(k, "dentry", dentry, "d_child"));
    point(k, "dentry", dentry, "d_parent", getDentry(k, newParent));
    addFirst(k.memory, at(k, "dentry", dentry, "d_child"), at(k, "dentry", newParent, "d_subdirs"));
    // A root has no reference to itself.
    if (oldParent !== dentry) k.struct("dentry", oldParent).d_lockref.count -= 1;
  }
  rehash(k, dentry);
};

/** d_splice_alias(): the dentry a directory has already, or 0 when `dentry` became the inode's. Errno ESTALE. */
export function* spliceAlias(k: Kernel, inode: Address, dentry: Address): Routine<Address> {
  if (isErr(inode)) return inode;
  if (inode !== 0 && (k.struct("inode", inode).i_mode & S_IFMT) === S_IFDIR) {
    const known = aliases(k, inode).next().value;
    if (typeof known === "number") {
      if (known === dentry) throw new Errno(ESTALE);
      getDentry(k, known);
      moveDentry(k, known, dentry);
      yield* putInode(k, inode);
      return known;
    }
  }
  instantiate(k, dentry, inode);
  rehash(k, dentry);
  return 0;
}
