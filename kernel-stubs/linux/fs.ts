/** include/linux/fs.h: helpers that drivers name in their file_operations (fs/read_write.c, libfs.c, open.c). */
import type { Address } from "../../src/base/address.ts";
import { EFAULT, EINVAL, ENOTTY, ENXIO } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { copyUser } from "../../src/kernel/data/user-copy.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { knownKobject } from "./kobject.ts";

const FMODE_LSEEK = 4;
const FMODE_PREAD = 8;
const FMODE_PWRITE = 16;
const FMODE_ATOMIC_POS = 0x8000;
const FMODE_STREAM = 0x200000;
const SEEK = { SET: 0, CUR: 1, END: 2, DATA: 3, HOLE: 4 } as const;
const MAX_LFS_FILESIZE = Number.MAX_SAFE_INTEGER;

/** simple_read_from_buffer() for a target in user memory. */
export const readFrom = (
  k: Kernel,
  to: Address,
  count: number,
  ppos: Address,
  from: Address,
  available: number,
): number => {
  const position = Number(BigInt.asIntN(64, k.memory.u64(ppos)));
  if (position < 0) throw new Errno(EINVAL);
  if (position >= available || count === 0) return 0;
  const wanted = Math.min(count, available - position);
  const left = copyUser(k, to, from + position, wanted);
  if (left === wanted) throw new Errno(EFAULT);
  k.memory.setU64(ppos, BigInt(position + wanted - left));
  return wanted - left;
};

export const simpleReadFromBuffer = stub(
  "ssize_t simple_read_from_buffer(void *to, size_t count, loff_t *ppos, const void *from, size_t available)",
  { fails: ["EFAULT", "EINVAL"] },
  (k, { to, count, ppos, from, available }) => readFrom(k, to, count, ppos, from, available),
);
export const simpleWriteToBuffer = stub(
  "ssize_t simple_write_to_buffer(void *to, size_t available, loff_t *ppos, const void *from, size_t count)",
  { fails: ["EFAULT", "EINVAL"] },
  (k, { to, available, ppos, from, count }) => {
    const position = Number(BigInt.asIntN(64, k.memory.u64(ppos)));
    if (position < 0) throw new Errno(EINVAL);
    if (position >= available || count === 0) return 0;
    const wanted = Math.min(count, available - position);
    const left = copyUser(k, to + position, from, wanted);
    if (left === wanted) throw new Errno(EFAULT);
    k.memory.setU64(ppos, BigInt(position + wanted - left));
    return wanted - left;
  },
);
const seekTo = (k: Kernel, file: Address, offset: number, limit: number): number => {
  const view = k.struct("file", file);
  if (offset < 0 || offset > limit) throw new Errno(EINVAL);
  if (offset !== view.f_pos) view.f_pos = offset;
  return offset;
};
/** generic_file_llseek_size(). */
const seekSized = (
  k: Kernel,
  file: Address,
  { offset, whence, limit, end }: { offset: number; whence: number; limit: number; end: number },
): number => {
  const { f_pos } = k.struct("file", file);
  switch (whence) {
    case SEEK.END:
      return seekTo(k, file, offset + end, limit);
    case SEEK.CUR:
      return offset === 0 ? f_pos : seekTo(k, file, f_pos + offset, limit);
    case SEEK.DATA:
      if (offset < 0 || offset >= end) throw new Errno(ENXIO);
      return seekTo(k, file, offset, limit);
    case SEEK.HOLE:
      if (offset < 0 || offset >= end) throw new Errno(ENXIO);
      return seekTo(k, file, end, limit);
    default:
      return seekTo(k, file, offset, limit);
  }
};
const inodeSize = (k: Kernel, file: Address): number =>
  k.struct("inode", k.struct("file", file).f_inode).i_size;

export const noopLlseek = stub(
  "loff_t noop_llseek(struct file *file, loff_t offset, int whence)",
  (k, { file }) => k.struct("file", file).f_pos,
);
/** Unlike the others it does not look at s_maxbytes: any place that is not negative will do. */
export const defaultLlseek = stub(
  "loff_t default_llseek(struct file *file, loff_t offset, int whence)",
  { fails: ["EINVAL"] },
  (k, { file, offset, whence }) =>
    seekSized(k, file, { offset, whence, limit: MAX_LFS_FILESIZE, end: inodeSize(k, file) }),
);
export const genericFileLlseek = stub(
  "loff_t generic_file_llseek(struct file *file, loff_t offset, int whence)",
  { fails: ["EINVAL"] },
  (k, { file, offset, whence }) =>
    seekSized(k, file, { offset, whence, limit: MAX_LFS_FILESIZE, end: inodeSize(k, file) }),
);
export const fixedSizeLlseek = stub(
  "loff_t fixed_size_llseek(struct file *file, loff_t offset, int whence, loff_t size)",
  { fails: ["EINVAL"] },
  (k, { file, offset, whence, size }) => {
    if (whence > SEEK.END) throw new Errno(EINVAL);
    return seekSized(k, file, { offset, whence, limit: size, end: size });
  },
);
export const noSeekEndLlseek = stub(
  "loff_t no_seek_end_llseek(struct file *file, loff_t offset, int whence)",
  { fails: ["EINVAL"] },
  (k, { file, offset, whence }) => {
    if (whence > SEEK.CUR) throw new Errno(EINVAL);
    return seekSized(k, file, { offset, whence, limit: MAX_LFS_FILESIZE, end: 0 });
  },
);

export const nonseekableOpen = stub(
  "int nonseekable_open(struct inode *inode, struct file *filp)",
  (k, { filp }) => {
    k.struct("file", filp).f_mode &= ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE);
    return 0;
  },
);
export const streamOpen = stub("int stream_open(struct inode *inode, struct file *filp)", (k, { filp }) => {
  const view = k.struct("file", filp);
  view.f_mode = (view.f_mode & ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE | FMODE_ATOMIC_POS)) | FMODE_STREAM;
  return 0;
});
export const simpleOpen = stub(
  "int simple_open(struct inode *inode, struct file *file)",
  (k, { inode, file }) => {
    const data = k.struct("inode", inode).i_private;
    if (data !== 0) k.struct("file", file).private_data = data;
    return 0;
  },
);
export const compatPtrIoctl = stub(
  "long compat_ptr_ioctl(struct file *file, unsigned int cmd, unsigned long arg)",
  function* (k, { file, cmd, arg }) {
    const { unlocked_ioctl } = k.struct("file_operations", k.struct("file", file).f_op);
    if (unlocked_ioctl === 0) return -BigInt(ENOTTY);
    return BigInt.asIntN(64, yield* k.call(unlocked_ioctl, file, cmd, arg & 0xffff_ffffn));
  },
);

/** Processes of the sandbox have the usual one. */
export const currentUmask = stub("int current_umask(void)", () => 0o22);

export const fsKobj = knownKobject("fs_kobj", "/fs");
