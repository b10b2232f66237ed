/** include/linux/proc_fs.h, as fs/proc/generic.c and proc_net.c do it. */
import type { Address } from "../../src/base/address.ts";
import { Errno } from "../../src/base/errors.ts";
import { EINVAL } from "../../src/base/errno.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { ProcServer } from "../../src/kernel/vfs/proc-server.ts";
import { stub } from "../../src/stub/declare.ts";

const NAME_MAX = 4096;
const CREATES = { fails: ["NULL"], sleeps: true, acquires: { proc: "return" } } as const;

interface Wanted {
  readonly name: Address;
  readonly mode: number;
  readonly parent: Address;
  readonly data: Address;
}
const create = (k: Kernel, { name, mode, parent, data }: Wanted, server: ProcServer): Address =>
  k.vfs.procfs.create({ name: k.memory.cstring(name, NAME_MAX), mode, parent, data }, server);

export const procCreate = stub(
  `struct proc_dir_entry *proc_create(const char *name, umode_t mode, struct proc_dir_entry *parent,
      const struct proc_ops *proc_ops)`,
  CREATES,
  (k, { name, mode, parent, proc_ops }) =>
    create(k, { name, mode, parent, data: 0 }, { kind: "ops", ops: proc_ops }),
);
export const procCreateData = stub(
  `struct proc_dir_entry *proc_create_data(const char *name, umode_t mode,
      struct proc_dir_entry *parent, const struct proc_ops *proc_ops, void *data)`,
  CREATES,
  (k, { name, mode, parent, proc_ops, data }) =>
    create(k, { name, mode, parent, data }, { kind: "ops", ops: proc_ops }),
);
export const procCreateSeqPrivate = stub(
  `struct proc_dir_entry *proc_create_seq_private(const char *name, umode_t mode,
      struct proc_dir_entry *parent, const struct seq_operations *ops, unsigned int state_size,
      void *data)`,
  CREATES,
  (k, { name, mode, parent, ops, state_size, data }) =>
    create(k, { name, mode, parent, data }, { kind: "seq", ops, stateSize: state_size }),
);
export const procCreateSingleData = stub(
  `struct proc_dir_entry *proc_create_single_data(const char *name, umode_t mode,
      struct proc_dir_entry *parent, int (*show)(struct seq_file *, void *), void *data)`,
  CREATES,
  (k, { name, mode, parent, show, data }) =>
    create(k, { name, mode, parent, data }, { kind: "single", show }),
);
export const procCreateNetData = stub(
  `struct proc_dir_entry *proc_create_net_data(const char *name, umode_t mode,
      struct proc_dir_entry *parent, const struct seq_operations *ops, unsigned int state_size,
      void *data)`,
  { ...CREATES, level: { partial: "all network namespaces are the first one" } },
  (k, { name, mode, parent, ops, state_size, data }) =>
    create(
      k,
      { name, mode, parent, data },
      { kind: "seq", ops, stateSize: Math.max(state_size, 8), net: true },
    ),
);
export const procCreateNetSingle = stub(
  `struct proc_dir_entry *proc_create_net_single(const char *name, umode_t mode,
      struct proc_dir_entry *parent, int (*show)(struct seq_file *, void *), void *data)`,
  { ...CREATES, level: { partial: "all network namespaces are the first one" } },
  (k, { name, mode, parent, show, data }) =>
    create(k, { name, mode, parent, data }, { kind: "single", show, net: true }),
);

const mkdir = (k: Kernel, { name, mode, parent, data }: Wanted): Address =>
  k.vfs.procfs.mkdir({ name: k.memory.cstring(name, NAME_MAX), mode, parent, data });
export const procMkdir = stub(
  "struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent)",
  CREATES,
  (k, { name, parent }) => mkdir(k, { name, mode: 0, parent, data: 0 }),
);
export const procMkdirMode = stub(
  "struct proc_dir_entry *proc_mkdir_mode(const char *name, umode_t mode, struct proc_dir_entry *parent)",
  CREATES,
  (k, { name, mode, parent }) => mkdir(k, { name, mode, parent, data: 0 }),
);
export const procMkdirData = stub(
  `struct proc_dir_entry *proc_mkdir_data(const char *name, umode_t mode,
      struct proc_dir_entry *parent, void *data)`,
  CREATES,
  (k, { name, mode, parent, data }) => mkdir(k, { name, mode, parent, data }),
);
/** `force_lookup`: names are looked up anew each time; here they always are. */
export const procMkdirAll = stub(
  `struct proc_dir_entry *_proc_mkdir(const char *name, umode_t mode, struct proc_dir_entry *parent,
      void *data, bool force_lookup)`,
  CREATES,
  (k, { name, mode, parent, data }) => mkdir(k, { name, mode, parent, data }),
);
export const procSymlink = stub(
  "struct proc_dir_entry *proc_symlink(const char *name, struct proc_dir_entry *parent, const char *dest)",
  CREATES,
  (k, { name, parent, dest }) =>
    k.vfs.procfs.symlink(k.memory.cstring(name, NAME_MAX), parent, k.memory.cstring(dest, NAME_MAX)),
);

export const procRemove = stub(
  "void proc_remove(struct proc_dir_entry *de)",
  { releases: { proc: "de" } },
  function* (k, { de }) {
    yield* k.vfs.procfs.remove(de);
  },
);
export const removeProcEntry = stub(
  "void remove_proc_entry(const char *name, struct proc_dir_entry *parent)",
  function* (k, { name, parent }) {
    yield* k.vfs.procfs.removeEntry(k.memory.cstring(name, NAME_MAX), parent);
  },
);
export const removeProcSubtree = stub(
  "int remove_proc_subtree(const char *name, struct proc_dir_entry *parent)",
  { fails: ["ENOENT", "EINVAL"] },
  function* (k, { name, parent }) {
    yield* k.vfs.procfs.removeSubtree(k.memory.cstring(name, NAME_MAX), parent);
    return 0;
  },
);
export const procSetSize = stub(
  "void proc_set_size(struct proc_dir_entry *de, loff_t size)",
  (k, { de, size }) => {
    k.struct("proc_dir_entry", de).size = size;
    k.vfs.procfs.setSize(de, size);
  },
);
export const procGetParentData = stub(
  "void *proc_get_parent_data(const struct inode *inode)",
  { level: { partial: "fails: the inode does not lead to its entry" } },
  () => {
    throw new Errno(EINVAL);
  },
);
export const procSetUser = stub(
  "void proc_set_user(struct proc_dir_entry *de, kuid_t uid, kgid_t gid)",
  (k, { de, uid, gid }) => k.vfs.procfs.setUser(de, Number(uid), Number(gid)),
);
