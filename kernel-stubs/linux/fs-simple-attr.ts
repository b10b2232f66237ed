/** include/linux/fs.h: simple attributes, as fs/libfs.c does them. */
import { asInt } from "../../src/abi/calls.ts";
import { hostArgs } from "../../src/abi/varargs.ts";
import type { Address } from "../../src/base/address.ts";
import { EACCES, EFAULT, EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { copyUser, readUserString } from "../../src/kernel/data/user-copy.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { kstrtoSigned, kstrtoUnsigned } from "../../src/kernel/number.ts";
import { format } from "../../src/kernel/printf/format.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

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
  const result = asInt(yield* k.call(get, k.memory.pointer(attr + ATTR.DATA), cell));
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
  const result = asInt(yield* k.call(set, data, parse(text, 0, 64)));
  return result === 0 ? len : result;
}
type Read = "ssize_t f(struct file *file, char *buf, size_t len, loff_t *ppos)";
export const attrReader = (fn: string): Stub =>
  stub(
    `ssize_t ${fn}(struct file *file, char *buf, size_t len, loff_t *ppos)` as Read,
    { fails: ["EFAULT", "EACCES"] },
    function* (k, args) {
      return yield* attrRead(k, args);
    },
  );
type Write = "ssize_t f(struct file *file, const char *buf, size_t len, loff_t *ppos)";
export const attrWriter = (fn: string, parse: typeof kstrtoSigned): Stub =>
  stub(
    `ssize_t ${fn}(struct file *file, const char *buf, size_t len, loff_t *ppos)` as Write,
    { fails: ["EFAULT", "EACCES", "EINVAL"] },
    function* (k, args) {
      return yield* attrWrite(k, args, parse);
    },
  );
export const simpleAttrRead = attrReader("simple_attr_read");
export const simpleAttrWrite = attrWriter("simple_attr_write", kstrtoUnsigned);
export const simpleAttrWriteSigned = attrWriter("simple_attr_write_signed", kstrtoSigned);
