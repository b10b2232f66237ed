/** include/linux/fs_context.h and pseudo_fs.h, as fs/fs_context.c, super.c and libfs.c do it. */
import { at, point } from "../../src/kernel/data/members.ts";
import {
  createContext,
  getTree,
  parseOptions,
  parseParameter,
  parseText,
  putContext,
} from "../../src/kernel/filesystems/context.ts";
import type { Address } from "../../src/base/address.ts";
import { fillRoot, rootDentry } from "../../src/kernel/filesystems/simple.ts";
import { superForContext } from "../../src/kernel/filesystems/super.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const PARSES = { fails: ["EINVAL", "ENOMEM"], sleeps: true } as const;

export const fsContextForMount = stub(
  "struct fs_context *fs_context_for_mount(struct file_system_type *fs_type, unsigned int sb_flags)",
  { fails: ["ENOMEM"], errPtr: true, sleeps: true, acquires: { fs_context: "return" } },
  function* (k, { fs_type, sb_flags }) {
    return yield* createContext(k, fs_type, sb_flags);
  },
);
export const putFsContext = stub(
  "void put_fs_context(struct fs_context *fc)",
  { sleeps: true, releases: { fs_context: "fc" } },
  function* (k, { fc }) {
    yield* putContext(k, fc);
  },
);
export const vfsParseFsParam = stub(
  "int vfs_parse_fs_param(struct fs_context *fc, struct fs_parameter *param)",
  PARSES,
  function* (k, { fc, param }) {
    return yield* parseParameter(k, fc, param);
  },
);
export const vfsParseFsString = stub(
  "int vfs_parse_fs_string(struct fs_context *fc, const char *key, const char *value, size_t v_size)",
  PARSES,
  function* (k, { fc, key, value, v_size }) {
    const text = value === 0 ? undefined : k.memory.cstring(value, v_size + 1).slice(0, v_size);
    return yield* parseText(k, fc, k.memory.cstring(key, 256), text);
  },
);
export const genericParseMonolithic = stub(
  "int generic_parse_monolithic(struct fs_context *fc, void *data)",
  PARSES,
  function* (k, { fc, data }) {
    return data === 0 ? 0 : yield* parseOptions(k, fc, k.memory.cstring(data, 4096));
  },
);
export const vfsGetTree = stub(
  "int vfs_get_tree(struct fs_context *fc)",
  { fails: ["EBUSY", "ENOMEM", "EINVAL"], sleeps: true },
  function* (k, { fc }) {
    yield* getTree(k, fc);
    return 0;
  },
);

const SB_NOUSER = 1 << 31;
const MAX_LFS_FILESIZE = Number.MAX_SAFE_INTEGER;

/** pseudo_fs_fill_super() */
function* fillPseudo(k: Kernel, sb: Address, fc: Address): Routine<number> {
  const context = k.struct("fs_context", fc).fs_private;
  const field = (name: string): Address => k.memory.pointer(at(k, "pseudo_fs_context", context, name));
  k.struct("super_block", sb).s_maxbytes = MAX_LFS_FILESIZE;
  point(k, "super_block", sb, "s_xattr", field("xattr"));
  const magic = k.memory.u64(at(k, "pseudo_fs_context", context, "magic"));
  const inode = yield* fillRoot(k, sb, { magic, operations: field("ops"), mode: 0o600 });
  point(k, "super_block", sb, "s_root", yield* rootDentry(k, inode));
  point(k, "super_block", sb, "s_d_op", field("dops"));
  return 0;
}
const pseudoOperations = (k: Kernel): Address => {
  const table = k.fileSystems.table("fs_context_operations");
  if (k.struct("fs_context_operations", table).free !== 0) return table;
  const fill = k.hostCode.address("pseudo_fs_fill_super", (sb = 0, fc = 0) => fillPseudo(k, sb, fc));
  const functions = {
    free: k.hostCode.address("pseudo_fs_free", (fc = 0) => {
      k.heap.kfree(k.struct("fs_context", fc).fs_private);
      return 0;
    }),
    get_tree: k.hostCode.address("pseudo_fs_get_tree", (fc = 0) =>
      superForContext(k, fc, "independent", fill),
    ),
  };
  for (const [field, fn] of Object.entries(functions)) point(k, "fs_context_operations", table, field, fn);
  return table;
};
export const initPseudo = stub(
  "struct pseudo_fs_context *init_pseudo(struct fs_context *fc, unsigned long magic)",
  { fails: ["NULL"], sleeps: true },
  (k, { fc, magic }) => {
    const context = k.heap.internal(new Uint8Array(k.sizeOf("pseudo_fs_context")));
    k.memory.setU64(at(k, "pseudo_fs_context", context, "magic"), magic);
    point(k, "fs_context", fc, "fs_private", context);
    point(k, "fs_context", fc, "ops", pseudoOperations(k));
    const view = k.struct("fs_context", fc);
    view.sb_flags |= SB_NOUSER;
    view.global = true;
    return context;
  },
);
