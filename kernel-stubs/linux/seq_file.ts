/** include/linux/seq_file.h, as fs/seq_file.c does it. */
import type { Address } from "../../src/base/address.ts";
import { type ByteString, bytesToByteString } from "../../src/base/bytes.ts";
import { EFAULT, EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { copyUser } from "../../src/kernel/data/user-copy.ts";
import { hexLine, rowSize } from "../../src/kernel/hexdump.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { escapeText } from "../../src/kernel/printf/escape.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { format } from "../../src/kernel/printf/format.ts";
import { hostArgs } from "../../src/abi/varargs.ts";
import {
  seqAppend,
  seqOpen,
  seqOpenPrivate,
  seqOverflowed,
  seqRead,
  seqRelease,
  seqReleasePrivate,
  seqSeek,
  singleOpen,
  singleRelease,
} from "../../src/kernel/vfs/seq-file.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

const OPENS = { fails: ["ENOMEM"], sleeps: true } as const;

export const seqOpenStub = stub(
  "int seq_open(struct file *file, const struct seq_operations *op)",
  { ...OPENS, acquires: { seq_file: (k, { file }) => k.struct("file", file).private_data } },
  (k, { file, op }) => {
    seqOpen(k, file, op);
    return 0;
  },
);
export const singleOpenStub = stub(
  "int single_open(struct file *file, int (*show)(struct seq_file *, void *), void *data)",
  { ...OPENS, acquires: { seq_file: (k, { file }) => k.struct("file", file).private_data } },
  (k, { file, show, data }) => {
    singleOpen(k, file, show, data);
    return 0;
  },
);
export const singleOpenSize = stub(
  "int single_open_size(struct file *file, int (*show)(struct seq_file *, void *), void *data, size_t size)",
  { ...OPENS, acquires: { seq_file: (k, { file }) => k.struct("file", file).private_data } },
  (k, { file, show, data, size }) => {
    const buffer = k.heap.kmalloc(size, 0xcc0);
    const view = k.struct("seq_file", singleOpen(k, file, show, data));
    view.buf = buffer;
    view.size = size;
    return 0;
  },
);
export const seqOpenPrivateStub = stub(
  "int seq_open_private(struct file *filp, const struct seq_operations *ops, int psize)",
  { ...OPENS, acquires: { seq_file: (k, { filp }) => k.struct("file", filp).private_data } },
  (k, { filp, ops, psize }) => {
    seqOpenPrivate(k, filp, ops, psize);
    return 0;
  },
);
export const seqOpenPrivateData = stub(
  "void *__seq_open_private(struct file *f, const struct seq_operations *ops, int psize)",
  { fails: ["NULL"], sleeps: true },
  (k, { f, ops, psize }) => seqOpenPrivate(k, f, ops, psize),
);
export const seqReleaseStub = stub(
  "int seq_release(struct inode *inode, struct file *file)",
  (k, { file }) => {
    seqRelease(k, file);
    return 0;
  },
);
export const singleReleaseStub = stub(
  "int single_release(struct inode *inode, struct file *file)",
  (k, { file }) => {
    singleRelease(k, file);
    return 0;
  },
);
export const seqReleasePrivateStub = stub(
  "int seq_release_private(struct inode *inode, struct file *file)",
  (k, { file }) => {
    seqReleasePrivate(k, file);
    return 0;
  },
);

export const seqReadStub = stub(
  "ssize_t seq_read(struct file *file, char *buf, size_t size, loff_t *ppos)",
  { fails: ["EFAULT", "ENOMEM"], sleeps: true },
  function* (k, { file, buf, size, ppos }) {
    const position = Number(BigInt.asIntN(64, k.memory.u64(ppos)));
    const bytes = yield* seqRead(k, k.struct("file", file).private_data, size, position);
    if (bytes.length === 0) return 0;
    const copy = k.heap.internal(bytes);
    const left = copyUser(k, buf, copy, bytes.length);
    k.heap.kfree(copy);
    if (left === bytes.length) throw new Errno(EFAULT);
    k.memory.setU64(ppos, BigInt(position + bytes.length - left));
    return bytes.length - left;
  },
);
export const seqReadIter = stub(
  "ssize_t seq_read_iter(struct kiocb *iocb, struct iov_iter *iter)",
  { level: { partial: "serves files that name it; a call with an iterator of the module's own fails" } },
  () => {
    throw new Errno(EINVAL);
  },
);
export const seqLseek = stub(
  "loff_t seq_lseek(struct file *file, loff_t offset, int whence)",
  { fails: ["EINVAL", "ENOMEM"], sleeps: true },
  function* (k, { file, offset, whence }) {
    return yield* seqSeek(k, file, offset, whence);
  },
);

const text = (k: Kernel, at: Address): ByteString => format("%s", hostArgs([at]), k.format).text;
const room = (k: Kernel, m: Address): number => {
  const { size, count } = k.struct("seq_file", m);
  return Math.max(size - count, 0);
};

export const seqPrintf = stub(
  "void seq_printf(struct seq_file *m, const char *f, ...)",
  (k, { m, f }, call) => {
    const { text: made, length } = formatGuest(k, f, call, room(k, m));
    if (length > made.length) k.struct("seq_file", m).count = k.struct("seq_file", m).size;
    else seqAppend(k, m, made);
  },
);
export const seqVprintf = stub(
  "void seq_vprintf(struct seq_file *m, const char *f, struct __va_list_tag *args)",
  (k, { m, f, args }) => {
    seqAppend(k, m, formatGuest(k, f, { list: args }).text);
  },
);
export const seqPuts = stub("void seq_puts(struct seq_file *m, const char *s)", (k, { m, s }) => {
  seqAppend(k, m, k.memory.cstring(s));
});
export const seqPutc = stub("void seq_putc(struct seq_file *m, char c)", (k, { m, c }) => {
  const view = k.struct("seq_file", m);
  if (view.count >= view.size) return;
  k.memory.setU8(view.buf + view.count, c & 0xff);
  view.count += 1;
});
export const seqWrite = stub(
  "int seq_write(struct seq_file *seq, const void *data, size_t len)",
  (k, { seq, data, len }) => (seqAppend(k, seq, k.memory.bytes(data, len)) ? 0 : -1),
);

const number = (k: Kernel, m: Address, delimiter: Address, value: bigint): void => {
  const before = delimiter === 0 ? "" : k.memory.cstring(delimiter);
  seqAppend(k, m, `${before}${value}`);
};
export const seqPutDecimal: readonly Stub[] = [
  stub(
    "void seq_put_decimal_ull(struct seq_file *m, const char *delimiter, unsigned long long num)",
    (k, { m, delimiter, num }) => number(k, m, delimiter, num),
  ),
  stub(
    "void seq_put_decimal_ll(struct seq_file *m, const char *delimiter, long long num)",
    (k, { m, delimiter, num }) => number(k, m, delimiter, num),
  ),
];

export const seqEscapeMem = stub(
  `void seq_escape_mem(struct seq_file *m, const char *src, size_t len, unsigned int flags,
      const char *esc)`,
  (k, { m, src, len, flags, esc }) => {
    const only = esc === 0 ? "" : k.memory.cstring(esc);
    seqAppend(k, m, escapeText(bytesToByteString(k.memory.bytes(src, len)), flags, only));
  },
);

const PREFIX = { ADDRESS: 1, OFFSET: 2 };
export const seqHexDump = stub(
  `void seq_hex_dump(struct seq_file *m, const char *prefix_str, int prefix_type, int rowsize,
      int groupsize, const void *buf, size_t len, bool ascii)`,
  (k, { m, prefix_str, prefix_type, rowsize, groupsize, buf, len, ascii }) => {
    const row = rowSize(rowsize);
    const prefix = text(k, prefix_str);
    for (let at = 0; at < len && !seqOverflowed(k, m); at += row) {
      const bytes = k.memory.bytes(buf + at, Math.min(row, len - at));
      const shown = hexLine(bytes, { row, group: groupsize, ascii }).text;
      const address = format("%p", hostArgs([buf + at]), k.format).text;
      const place =
        prefix_type === PREFIX.ADDRESS
          ? `${address}: `
          : prefix_type === PREFIX.OFFSET
            ? `${at.toString(16).padStart(8, "0")}: `
            : "";
      seqAppend(k, m, `${prefix}${place}${shown}\n`);
    }
  },
);
export const seqPad = stub("void seq_pad(struct seq_file *m, char c)", (k, { m, c }) => {
  const view = k.struct("seq_file", m);
  const missing = view.pad_until - view.count;
  if (missing > 0) {
    if (missing + view.count > view.size) {
      view.count = view.size;
      return;
    }
    k.memory.fill(view.buf + view.count, 0x20, missing);
    view.count += missing;
  }
  if (c !== 0 && view.count < view.size) {
    k.memory.setU8(view.buf + view.count, c & 0xff);
    view.count += 1;
  }
});

/** Lists as sequences: positions count their entries. */
const bump = (k: Kernel, ppos: Address): void => k.memory.setU64(ppos, k.memory.u64(ppos) + 1n);

const listAt = (k: Kernel, head: Address, position: number): Address => {
  let left = position;
  for (let at = k.memory.pointer(head); at !== head; at = k.memory.pointer(at)) {
    if (left === 0) return at;
    left -= 1;
  }
  return 0;
};
export const seqListStart = stub(
  "struct list_head *seq_list_start(struct list_head *head, loff_t pos)",
  (k, { head, pos }) => listAt(k, head, pos),
);
export const seqListStartHead = stub(
  "struct list_head *seq_list_start_head(struct list_head *head, loff_t pos)",
  (k, { head, pos }) => (pos === 0 ? head : listAt(k, head, pos - 1)),
);
export const seqListNext = stub(
  "struct list_head *seq_list_next(void *v, struct list_head *head, loff_t *ppos)",
  (k, { v, head, ppos }) => {
    bump(k, ppos);
    const next = k.memory.pointer(v);
    return next === head ? 0 : next;
  },
);

const hlistAt = (k: Kernel, head: Address, position: number): Address => {
  let at = k.memory.pointer(head);
  for (let left = position; at !== 0 && left > 0; left -= 1) at = k.memory.pointer(at);
  return at;
};
const hlistNext = (k: Kernel, v: Address, head: Address, ppos: Address): Address => {
  bump(k, ppos);
  return k.memory.pointer(v === 1 ? head : v);
};
export const seqHlists: readonly Stub[] = ["", "_rcu"].flatMap((suffix) => [
  stub(
    `struct hlist_node *seq_hlist_start${suffix}(struct hlist_head *head, loff_t pos)` as "struct hlist_node *f(struct hlist_head *head, loff_t pos)",
    (k, { head, pos }) => hlistAt(k, head, pos),
  ),
  stub(
    `struct hlist_node *seq_hlist_start_head${suffix}(struct hlist_head *head, loff_t pos)` as "struct hlist_node *f(struct hlist_head *head, loff_t pos)",
    (k, { head, pos }) => (pos === 0 ? 1 : hlistAt(k, head, pos - 1)),
  ),
  stub(
    `struct hlist_node *seq_hlist_next${suffix}(void *v, struct hlist_head *head, loff_t *ppos)` as "struct hlist_node *f(void *v, struct hlist_head *head, loff_t *ppos)",
    (k, { v, head, ppos }) => hlistNext(k, v, head, ppos),
  ),
]);
