/** include/linux/debugfs.h, as fs/debugfs does it; simple attributes of fs/libfs.c. */
import { hostArgs } from "../../src/abi/varargs.ts";
import type { Address } from "../../src/base/address.ts";
import { EACCES, EFAULT, EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { copyUser, readUserString } from "../../src/kernel/data/user-copy.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { kstrtoSigned, kstrtoUnsigned, kstrtobool } from "../../src/kernel/number.ts";
import { format } from "../../src/kernel/printf/format.ts";
import { textFile } from "../../src/kernel/vfs/kept-files.ts";
import type { FileOperations } from "../../src/kernel/vfs/operations.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

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
  (k, args) => k.vfs.debugfs.lookup(name(k, args.name), args.parent),
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

/** struct simple_attr as the functions below share it; opaque to modules. */
const ATTR = { GET: 0, SET: 8, DATA: 16, FORMAT: 24, TEXT: 32, SIZE: 56 } as const;
/** Bytes of the text that a read leaves for the next. */
const TEXT_MAX = 24;
/** Longest text of a number that is written. */
const SET_MAX = 23;
const FMODE_POSITIONS = 4 | 8 | 16;

export const simpleAttrOpen = stub(
  `int simple_attr_open(struct inode *inode, struct file *file, int (*get)(void *, u64 *),
      int (*set)(void *, u64), const char *fmt)`,
  { fails: ["ENOMEM"], sleeps: true },
  (k, { inode, file: opened, get, set, fmt }) => {
    const attr = k.heap.internal(new Uint8Array(ATTR.SIZE));
    k.memory.setPointer(attr + ATTR.GET, get);
    k.memory.setPointer(attr + ATTR.SET, set);
    k.memory.setPointer(attr + ATTR.DATA, k.struct("inode", inode).i_private);
    k.memory.setPointer(attr + ATTR.FORMAT, fmt);
    const view = k.struct("file", opened);
    view.private_data = attr;
    view.f_mode &= ~FMODE_POSITIONS;
    return 0;
  },
);
export const simpleAttrRelease = stub(
  "int simple_attr_release(struct inode *inode, struct file *file)",
  (k, { file: opened }) => {
    k.heap.kfree(k.struct("file", opened).private_data);
    return 0;
  },
);

interface Transfer {
  readonly file: Address;
  readonly buf: Address;
  readonly len: number;
  readonly ppos: Address;
}
/** Asks for the value and puts its text into the attribute; what `get` returned. */
function* attrAsk(k: Kernel, attr: Address, get: Address) {
  const cell = k.heap.kmalloc(8, GFP_KERNEL);
  const result = Number(BigInt.asIntN(32, yield* k.call(get, k.memory.pointer(attr + ATTR.DATA), cell)));
  const value = k.memory.u64(cell);
  k.heap.kfree(cell);
  if (result !== 0) return result;
  const fmt = k.memory.cstring(k.memory.pointer(attr + ATTR.FORMAT));
  const { text } = format(fmt, hostArgs([value]), k.format);
  k.memory.setCstring(attr + ATTR.TEXT, text.slice(0, TEXT_MAX - 1));
  return 0;
}
function* attrRead(k: Kernel, { file: opened, buf, len, ppos }: Transfer) {
  const attr = k.struct("file", opened).private_data;
  const get = k.memory.pointer(attr + ATTR.GET);
  if (get === 0) throw new Errno(EACCES);
  const position = Number(k.memory.u64(ppos));
  // A continued read goes on with the same text.
  if (position === 0 || k.memory.u8(attr + ATTR.TEXT) === 0) {
    const result = yield* attrAsk(k, attr, get);
    if (result !== 0) return result;
  }
  const text = k.memory.cstring(attr + ATTR.TEXT, TEXT_MAX);
  const size = Math.min(len, Math.max(0, text.length - position));
  if (size === 0) return 0;
  const left = copyUser(k, buf, attr + ATTR.TEXT + position, size);
  if (left === size) throw new Errno(EFAULT);
  k.memory.setU64(ppos, BigInt(position + size - left));
  return size - left;
}
function* attrWrite(k: Kernel, { file: opened, buf, len }: Transfer, parse: typeof kstrtoSigned) {
  const attr = k.struct("file", opened).private_data;
  const set = k.memory.pointer(attr + ATTR.SET);
  if (set === 0) throw new Errno(EACCES);
  const { text, end } = readUserString(k, buf, Math.min(len, SET_MAX));
  if (end === "fault") throw new Errno(EFAULT);
  if (text === "") throw new Errno(EINVAL);
  const data = k.memory.pointer(attr + ATTR.DATA);
  const result = Number(BigInt.asIntN(32, yield* k.call(set, data, parse(text, 0, 64))));
  return result === 0 ? len : result;
}
type Read = "ssize_t f(struct file *file, char *buf, size_t len, loff_t *ppos)";
export const simpleAttrReads: readonly Stub[] = ["simple_attr_read", "debugfs_attr_read"].map((fn) =>
  stub(
    `ssize_t ${fn}(struct file *file, char *buf, size_t len, loff_t *ppos)` as Read,
    { fails: ["EFAULT", "EACCES"] },
    function* (k, args) {
      return yield* attrRead(k, args);
    },
  ),
);
type Write = "ssize_t f(struct file *file, const char *buf, size_t len, loff_t *ppos)";
const ATTR_WRITES = [
  ["simple_attr_write", kstrtoUnsigned],
  ["debugfs_attr_write", kstrtoUnsigned],
  ["simple_attr_write_signed", kstrtoSigned],
  ["debugfs_attr_write_signed", kstrtoSigned],
] as const;
export const simpleAttrWrites: readonly Stub[] = ATTR_WRITES.map(([fn, parse]) =>
  stub(
    `ssize_t ${fn}(struct file *file, const char *buf, size_t len, loff_t *ppos)` as Write,
    { fails: ["EFAULT", "EACCES", "EINVAL"] },
    function* (k, args) {
      return yield* attrWrite(k, args, parse);
    },
  ),
);
