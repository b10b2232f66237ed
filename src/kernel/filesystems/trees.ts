/** Whole trees of dentries: what goes when nobody needs it, or when its file system ends (fs/dcache.c). */
import { type Address, toPattern } from "../../base/address.ts";
import { point } from "../data/members.ts";
import type { Kernel } from "../kernel.ts";
import { hashPointer } from "../printf/address.ts";
import type { Routine } from "../routine.ts";
import { WARN_SITES } from "../vfs/warn-sites.ts";
import {
  DCACHE,
  childrenOf,
  dropDentry,
  isHashed,
  killDentry,
  nameOf,
  putDentry,
  unlinkInode,
} from "./dentry.ts";

/** Dentries that the guest could have linked to each other are counted. */
const MOST = 100_000;

/** All below `root` that `enter` lets in, parents first. */
const below = (k: Kernel, root: Address, enter: (dentry: Address) => boolean): Address[] => {
  const found: Address[] = [root];
  for (let next = 0; next < found.length && found.length < MOST; next += 1) {
    for (const child of childrenOf(k, found[next] ?? 0)) if (enter(child)) found.push(child);
  }
  return found.slice(1);
};

/** d_genocide(): gives back the reference that keeps each positive dentry of a file system in memory alive. */
export const genocide = (k: Kernel, root: Address): void => {
  const positive = (dentry: Address): boolean =>
    isHashed(k, dentry) && k.struct("dentry", dentry).d_inode !== 0;
  for (const dentry of below(k, root, positive)) {
    const view = k.struct("dentry", dentry);
    if ((view.d_flags & DCACHE.GENOCIDE) !== 0) continue;
    view.d_flags |= DCACHE.GENOCIDE;
    view.d_lockref.count -= 1;
  }
};

/** shrink_dcache_parent(): kills those that nobody refers to, the deepest first. */
export function* shrink(k: Kernel, root: Address): Routine<void> {
  for (const dentry of below(k, root, () => true).toReversed()) {
    if (k.struct("dentry", dentry).d_lockref.count > 0) continue;
    const parent = yield* killDentry(k, dentry);
    if (parent !== 0) k.struct("dentry", parent).d_lockref.count -= 1;
  }
}

/** How the kernel's own code gets there. */
const UNMOUNT = [
  "d_walk+0xd6/0x2c0",
  "shrink_dcache_for_umount+0x49/0x130",
  "generic_shutdown_super+0x1a/0x130",
];

/** shrink_dcache_for_umount(): the tree goes, and what is still in use is told. */
export function* shrinkForUnmount(k: Kernel, sb: Address): Routine<void> {
  const view = k.struct("super_block", sb);
  const root = view.s_root;
  point(k, "super_block", sb, "s_root", 0);
  yield* shrink(k, root);
  const type = k.memory.cstring(k.struct("file_system_type", view.s_type).name, 256);
  for (const dentry of [root, ...below(k, root, () => true)]) {
    const { d_lockref, d_inode } = k.struct("dentry", dentry);
    const children = childrenOf(k, dentry).next().done !== true;
    if (children || (dentry === root && d_lockref.count === 1)) continue;
    const ino = d_inode === 0 ? 0n : k.struct("inode", d_inode).i_ino;
    const hashed = hashPointer(toPattern(dentry), k.format.hashKey).toString(16).padStart(16, "0");
    const who = `BUG: Dentry ${hashed}{i=${ino.toString(16)},n=${nameOf(k, dentry)}}`;
    const left = `still in use (${d_lockref.count}) [unmount of ${type} ${view.s_id.text}]`;
    k.printk(3, `${who}  ${left}`);
    k.traces.warn(WARN_SITES.dentryInUse, { via: UNMOUNT });
  }
  dropDentry(k, root);
  yield* putDentry(k, root);
}

/** d_delete(): a negative dentry; where others use it, one that is not found any more. */
export function* deleteDentry(k: Kernel, dentry: Address): Routine<void> {
  if (k.struct("dentry", dentry).d_lockref.count === 1) yield* unlinkInode(k, dentry);
  else dropDentry(k, dentry);
}
