/** include/linux/dcache.h, as fs/dcache.c does it. */
import type { Address } from "../../src/base/address.ts";
import {
  allocateChild,
  allocateDentry,
  dropDentry,
  getDentry,
  hashed,
  instantiate,
  lookUp,
  nameAt,
  putDentry,
  rehash,
  setOperations,
} from "../../src/kernel/filesystems/dentry.ts";
import { aliases, hashedName, moveDentry, spliceAlias } from "../../src/kernel/filesystems/aliases.ts";
import { I_NEW, putInode } from "../../src/kernel/filesystems/inode.ts";
import { deleteDentry, genocide, shrink } from "../../src/kernel/filesystems/trees.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const NAME_MAX = 256;
const NO_MEMORY = { fails: ["NULL"], sleeps: true } as const;

export const dAlloc = stub(
  "struct dentry *d_alloc(struct dentry *parent, const struct qstr *name)",
  NO_MEMORY,
  function* (k, { parent, name }) {
    return yield* allocateChild(k, parent, nameAt(k, name));
  },
);
export const dAllocName = stub(
  "struct dentry *d_alloc_name(struct dentry *parent, const char *name)",
  NO_MEMORY,
  function* (k, { parent, name }) {
    return yield* allocateChild(k, parent, hashed(k, parent, k.memory.cstring(name, NAME_MAX)));
  },
);
export const dAllocAnon = stub(
  "struct dentry *d_alloc_anon(struct super_block *sb)",
  NO_MEMORY,
  function* (k, { sb }) {
    return yield* allocateDentry(k, sb);
  },
);
export const dMakeRoot = stub(
  "struct dentry *d_make_root(struct inode *root_inode)",
  NO_MEMORY,
  function* (k, { root_inode }) {
    if (root_inode === 0) return 0;
    const dentry = yield* allocateDentry(k, k.struct("inode", root_inode).i_sb);
    if (dentry === 0) yield* putInode(k, root_inode);
    else instantiate(k, dentry, root_inode);
    return dentry;
  },
);
export const dInstantiate = stub(
  "void d_instantiate(struct dentry *entry, struct inode *inode)",
  (k, { entry, inode }) => instantiate(k, entry, inode),
);
export const dInstantiateNew = stub(
  "void d_instantiate_new(struct dentry *entry, struct inode *inode)",
  (k, { entry, inode }) => {
    instantiate(k, entry, inode);
    k.struct("inode", inode).i_state &= ~I_NEW;
  },
);
export const dAdd = stub("void d_add(struct dentry *entry, struct inode *inode)", (k, { entry, inode }) => {
  instantiate(k, entry, inode);
  rehash(k, entry);
});
export const dRehash = stub("void d_rehash(struct dentry *entry)", (k, { entry }) => rehash(k, entry));
export const dDrop = stub("void d_drop(struct dentry *dentry)", (k, { dentry }) => dropDentry(k, dentry));
export const dDropLocked = stub("void __d_drop(struct dentry *dentry)", (k, { dentry }) =>
  dropDentry(k, dentry),
);
export const dDelete = stub("void d_delete(struct dentry *dentry)", function* (k, { dentry }) {
  return yield* deleteDentry(k, dentry);
});
export const dput = stub("void dput(struct dentry *dentry)", { sleeps: true }, function* (k, { dentry }) {
  if (dentry !== 0 && !k.vfs.debugfs.put(dentry)) yield* putDentry(k, dentry);
});
export const dgetParent = stub("struct dentry *dget_parent(struct dentry *dentry)", (k, { dentry }) =>
  getDentry(k, k.struct("dentry", dentry).d_parent),
);
export const dLookup = stub(
  "struct dentry *d_lookup(const struct dentry *parent, const struct qstr *name)",
  function* (k, { parent, name }) {
    return yield* lookUp(k, parent, nameAt(k, name));
  },
);
export const dHashAndLookup = stub(
  "struct dentry *d_hash_and_lookup(struct dentry *dir, struct qstr *name)",
  { errPtr: true },
  function* (k, { dir, name }) {
    return yield* lookUp(k, dir, yield* hashedName(k, dir, name));
  },
);
export const dSetDOp = stub(
  "void d_set_d_op(struct dentry *dentry, const struct dentry_operations *op)",
  (k, { dentry, op }) => setOperations(k, dentry, op),
);
export const dGenocide = stub("void d_genocide(struct dentry *parent)", (k, { parent }) =>
  genocide(k, parent),
);
export const shrinkDcacheParent = stub(
  "void shrink_dcache_parent(struct dentry *parent)",
  { sleeps: true },
  function* (k, { parent }) {
    return yield* shrink(k, parent);
  },
);
export const shrinkDcacheSb = stub(
  "void shrink_dcache_sb(struct super_block *sb)",
  { sleeps: true },
  function* (k, { sb }) {
    const { s_root } = k.struct("super_block", sb);
    if (s_root !== 0) yield* shrink(k, s_root);
  },
);
export const dInvalidate = stub(
  "void d_invalidate(struct dentry *dentry)",
  { sleeps: true },
  function* (k, { dentry }) {
    dropDentry(k, dentry);
    yield* shrink(k, dentry);
  },
);

const anyAlias = (k: Kernel, inode: Address): Address => {
  const found = aliases(k, inode).next().value;
  return typeof found === "number" ? getDentry(k, found) : 0;
};
export const dFindAlias = stub("struct dentry *d_find_alias(struct inode *inode)", (k, { inode }) =>
  anyAlias(k, inode),
);
export const dFindAnyAlias = stub("struct dentry *d_find_any_alias(struct inode *inode)", (k, { inode }) =>
  anyAlias(k, inode),
);
export const dPruneAliases = stub(
  "void d_prune_aliases(struct inode *inode)",
  { sleeps: true },
  function* (k, { inode }) {
    for (const dentry of aliases(k, inode)) {
      if (k.struct("dentry", dentry).d_lockref.count > 0) continue;
      getDentry(k, dentry);
      dropDentry(k, dentry);
      yield* putDentry(k, dentry);
    }
  },
);
export const dMarkDontcache = stub("void d_mark_dontcache(struct inode *inode)", (k, { inode }) => {
  for (const dentry of aliases(k, inode)) k.struct("dentry", dentry).d_flags |= 0x80;
  k.struct("inode", inode).i_state |= 1n << 16n;
});
export const dMove = stub(
  "void d_move(struct dentry *dentry, struct dentry *target)",
  (k, { dentry, target }) => moveDentry(k, dentry, target),
);
export const dSpliceAlias = stub(
  "struct dentry *d_splice_alias(struct inode *inode, struct dentry *dentry)",
  { fails: ["ELOOP"], errPtr: true },
  function* (k, { inode, dentry }) {
    return yield* spliceAlias(k, inode, dentry);
  },
);
export const dObtainRoot = stub(
  "struct dentry *d_obtain_root(struct inode *inode)",
  { fails: ["ESTALE", "ENOMEM"], errPtr: true, sleeps: true },
  function* (k, { inode }) {
    if (inode < 0 && inode >= -4095) return inode;
    const known = anyAlias(k, inode);
    if (known !== 0) {
      yield* putInode(k, inode);
      return known;
    }
    const dentry = yield* allocateDentry(k, k.struct("inode", inode).i_sb);
    instantiate(k, dentry, inode);
    return dentry;
  },
);
export const alwaysDeleteDentry = stub("int always_delete_dentry(const struct dentry *dentry)", () => 1);
