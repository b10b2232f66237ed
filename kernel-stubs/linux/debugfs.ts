/** include/linux/debugfs.h, as fs/debugfs does it. */
import type { Address } from "../../src/base/address.ts";
import { EACCES } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { getDentry } from "../../src/kernel/filesystems/dentry.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { kstrtoSigned, kstrtoUnsigned, kstrtobool } from "../../src/kernel/number.ts";
import { textFile } from "../../src/kernel/vfs/kept-files.ts";
import type { FileOperations } from "../../src/kernel/vfs/operations.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";
import { attrReader, attrWriter } from "./fs-simple-attr.ts";

const CREATES = {
  fails: ["ENOMEM", "EEXIST"],
  errPtr: true,
  sleeps: true,
  acquires: { debugfs: "return" },
} as const;
const name = (k: Kernel, at: Address): string => k.memory.cstring(at, 256);

export const debugfsCreateDir = stub(
  "struct dentry *debugfs_create_dir(const char *name, struct dentry *parent)",
  CREATES,
  (k, args) => k.vfs.debugfs.mkdir(name(k, args.name), args.parent),
);

interface FileArguments {
  readonly name: Address;
  readonly mode: number;
  readonly parent: Address;
  readonly data: Address;
  readonly fops: Address;
}
const file = (k: Kernel, { name: at, mode, parent, data, fops }: FileArguments, size = 0): Address =>
  k.vfs.debugfs.create({ name: name(k, at), mode, parent, data, server: { fops }, size });

type Create =
  "struct dentry *f(const char *name, umode_t mode, struct dentry *parent, void *data, const struct file_operations *fops)";
export const debugfsCreateFiles: readonly Stub[] = ["debugfs_create_file", "debugfs_create_file_unsafe"].map(
  (fn) =>
    stub(
      `struct dentry *${fn}(const char *name, umode_t mode, struct dentry *parent, void *data, const struct file_operations *fops)` as Create,
      CREATES,
      (k, args) => file(k, args),
    ),
);

/** For functions that do not tell what they made. */
const MADE = {
  acquires: {
    debugfs: (k: Kernel, args: { readonly name: Address; readonly parent: Address }) =>
      k.vfs.debugfs.lookup(name(k, args.name), args.parent),
  },
};
/** Failures of functions without a result go unnoticed. */
const quietly = (act: () => unknown): void => {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
};
export const debugfsCreateFileSize = stub(
  `void debugfs_create_file_size(const char *name, umode_t mode, struct dentry *parent, void *data,
      const struct file_operations *fops, loff_t file_size)`,
  MADE,
  (k, args) => quietly(() => file(k, args, args.file_size)),
);
export const debugfsCreateSymlink = stub(
  "struct dentry *debugfs_create_symlink(const char *name, struct dentry *parent, const char *target)",
  CREATES,
  (k, args) => k.vfs.debugfs.symlink(name(k, args.name), args.parent, k.memory.cstring(args.target, 4096)),
);
export const debugfsRemove = stub(
  "void debugfs_remove(struct dentry *dentry)",
  { sleeps: true, releases: { debugfs: "dentry" } },
  (k, { dentry }) => k.vfs.debugfs.remove(dentry),
);
export const debugfsLookup = stub(
  "struct dentry *debugfs_lookup(const char *name, struct dentry *parent)",
  { fails: ["NULL"] },
  (k, args) => {
    const found = k.vfs.debugfs.lookup(name(k, args.name), args.parent);
    return found === 0 ? 0 : getDentry(k, found);
  },
);
export const debugfsLookupAndRemove = stub(
  "void debugfs_lookup_and_remove(const char *name, struct dentry *parent)",
  (k, args) => k.vfs.debugfs.remove(k.vfs.debugfs.lookup(name(k, args.name), args.parent)),
);
export const debugfsRename = stub(
  `struct dentry *debugfs_rename(struct dentry *old_dir, struct dentry *old_dentry,
      struct dentry *new_dir, const char *new_name)`,
  { fails: ["EEXIST", "ENOENT"], errPtr: true },
  (k, args) => k.vfs.debugfs.rename(args.old_dentry, args.new_dir, name(k, args.new_name)),
);
export const debugfsInitialized = stub("bool debugfs_initialized(void)", () => true);
export const debugfsFileGet = stub(
  "int debugfs_file_get(struct dentry *dentry)",
  {
    fails: ["EIO", "ENOMEM"],
    level: { partial: "a file that was removed while it is open is still served" },
  },
  () => 0,
);
export const debugfsFilePut = stub("void debugfs_file_put(struct dentry *dentry)", () => undefined);

/** How a variable of the module is shown and set. */
interface Kind {
  readonly suffix: string;
  readonly type: string;
  readonly bytes: number;
  readonly signed?: boolean;
  /** Hexadecimal digits; 0 for decimal. */
  readonly hex: number;
}
const KINDS: readonly Kind[] = [
  { suffix: "u8", type: "u8", bytes: 1, hex: 0 },
  { suffix: "u16", type: "u16", bytes: 2, hex: 0 },
  { suffix: "u32", type: "u32", bytes: 4, hex: 0 },
  { suffix: "u64", type: "u64", bytes: 8, hex: 0 },
  { suffix: "ulong", type: "unsigned long", bytes: 8, hex: 0 },
  { suffix: "size_t", type: "size_t", bytes: 8, hex: 0 },
  { suffix: "x8", type: "u8", bytes: 1, hex: 2 },
  { suffix: "x16", type: "u16", bytes: 2, hex: 4 },
  { suffix: "x32", type: "u32", bytes: 4, hex: 8 },
  { suffix: "x64", type: "u64", bytes: 8, hex: 16 },
  { suffix: "atomic_t", type: "atomic_t", bytes: 4, signed: true, hex: 0 },
];

const readValue = (k: Kernel, at: Address, { bytes, signed }: Kind): bigint => {
  const raw = k.memory.bytes(at, bytes).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return signed === true ? BigInt.asIntN(bytes * 8, raw) : raw;
};
const writeValue = (k: Kernel, at: Address, bytes: number, value: bigint): void => {
  for (let index = 0; index < bytes; index += 1)
    k.memory.setU8(at + index, Number(BigInt.asUintN(8, value >> BigInt(index * 8))));
};
const parseValue = (text: string): bigint =>
  text.trimStart().startsWith("-") ? kstrtoSigned(text, 0, 64) : kstrtoUnsigned(text, 0, 64);

const valueFile = (k: Kernel, at: Address, kind: Kind, mode: number): FileOperations =>
  textFile(
    function* () {
      const value = readValue(k, at, kind);
      return kind.hex === 0 ? `${value}\n` : `0x${value.toString(16).padStart(kind.hex, "0")}\n`;
    },
    function* (text) {
      // Files made read-only have operations without a setter.
      if ((mode & 0o222) === 0) throw new Errno(EACCES);
      writeValue(k, at, kind.bytes, parseValue(text));
    },
  );

type CreateValue = "void f(const char *name, umode_t mode, struct dentry *parent, void *value)";
export const debugfsValues: readonly Stub[] = KINDS.map((kind) =>
  stub(
    `void debugfs_create_${kind.suffix}(const char *name, umode_t mode, struct dentry *parent, ${kind.type} *value)` as CreateValue,
    MADE,
    (k, { name: at, mode, parent, value }) => {
      const operations = valueFile(k, value, kind, mode);
      const made = { name: name(k, at), mode, parent, data: value, server: { operations } };
      quietly(() => k.vfs.debugfs.create(made));
    },
  ),
);
export const debugfsCreateBool = stub(
  "void debugfs_create_bool(const char *name, umode_t mode, struct dentry *parent, bool *value)",
  MADE,
  (k, { name: at, mode, parent, value }) => {
    const operations = textFile(
      function* () {
        return k.memory.u8(value) === 0 ? "N\n" : "Y\n";
      },
      function* (text) {
        // What is no truth value is ignored (debugfs_write_file_bool).
        quietly(() => k.memory.setU8(value, kstrtobool(text) ? 1 : 0));
      },
    );
    const made = { name: name(k, at), mode, parent, data: value, server: { operations } };
    quietly(() => k.vfs.debugfs.create(made));
  },
);
export const debugfsCreateBlob = stub(
  `struct dentry *debugfs_create_blob(const char *name, umode_t mode, struct dentry *parent,
      struct debugfs_blob_wrapper *blob)`,
  CREATES,
  (k, { name: at, mode, parent, blob }) => {
    const operations: FileOperations = {
      *read(opened, count) {
        const { data, size } = k.struct("debugfs_blob_wrapper", blob);
        const bytes = k.memory.bytes(data, Number(size)).slice(opened.position, opened.position + count);
        opened.position += bytes.length;
        return bytes;
      },
    };
    const made = { name: name(k, at), mode: mode & 0o444, parent, data: blob, server: { operations } };
    return k.vfs.debugfs.create(made);
  },
);

/** Simple attributes in files that a removal waits for. */
export const debugfsAttrRead = attrReader("debugfs_attr_read");
export const debugfsAttrWrite = attrWriter("debugfs_attr_write", kstrtoUnsigned);
export const debugfsAttrWriteSigned = attrWriter("debugfs_attr_write_signed", kstrtoSigned);
