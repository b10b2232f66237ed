/** include/linux/fs.h: files that the kernel itself opens, reads and writes (fs/open.c, read_write.c, sync.c, fcntl.c). */
import type { Address } from "../../src/base/address.ts";
import { EBADF, EINVAL, ESRCH } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { sendSignal } from "../../src/kernel/vfs/calls/signals.ts";
import { putLater } from "../../src/kernel/vfs/calls/task-work.ts";
import { kernelTransfer } from "../../src/kernel/vfs/kernel-io.ts";
import type { OpenFile } from "../../src/kernel/vfs/operations.ts";
import { stub } from "../../src/stub/declare.ts";

const PATH_MAX = 4096;
const SIGIO = 29;
const SIGURG = 23;
const FASYNC_MAGIC = 0x4601;
const LIST_LIMIT = 100_000;

const fileAt = (k: Kernel, guest: Address): OpenFile => {
  const file = k.vfs.objects.find(guest);
  if (file === undefined) throw new Errno(EBADF);
  return file;
};

export const filpOpen = stub(
  "struct file *filp_open(const char *filename, int flags, umode_t mode)",
  {
    fails: ["ENOENT", "EACCES", "ENOMEM", "ENXIO", "EISDIR", "ENOTDIR"],
    errPtr: true,
    sleeps: true,
    acquires: { file: "return" },
  },
  function* (k, { filename, flags, mode }) {
    const from = k.processes.find(k.current.pid)?.directory ?? "/";
    const file = yield* k.vfs.open(k.memory.cstring(filename, PATH_MAX), from, flags, mode);
    return k.vfs.objects.ensure(file);
  },
);
export const filpClose = stub(
  "int filp_close(struct file *filp, fl_owner_t id)",
  { sleeps: true, releases: { file: "filp" } },
  function* (k, { filp, id }) {
    const file = k.vfs.objects.find(filp);
    if (file === undefined) return 0;
    try {
      if (file.operations.flush !== undefined) yield* file.operations.flush(file, id);
    } finally {
      putLater(k, file);
    }
    return 0;
  },
);

const IO_FAILS = ["EINVAL", "EBADF", "EIO"] as const;
export const kernelRead = stub(
  "ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos)",
  { fails: IO_FAILS, sleeps: true },
  function* (k, { file, buf, count, pos }) {
    return yield* kernelTransfer(k, { file, buffer: buf, count, position: pos, direction: "read" });
  },
);
export const kernelWrite = stub(
  "ssize_t kernel_write(struct file *file, const void *buf, size_t count, loff_t *pos)",
  { fails: IO_FAILS, sleeps: true },
  function* (k, { file, buf, count, pos }) {
    return yield* kernelTransfer(k, { file, buffer: buf, count, position: pos, direction: "write" });
  },
);
export const vfsLlseek = stub(
  "loff_t vfs_llseek(struct file *file, loff_t offset, int whence)",
  { fails: ["ESPIPE", "EINVAL"], sleeps: true },
  function* (k, { file, offset, whence }) {
    return yield* k.vfs.lseek(fileAt(k, file), offset, whence);
  },
);
export const vfsFsync = stub(
  "int vfs_fsync(struct file *file, int datasync)",
  { fails: ["EINVAL", "EIO"], sleeps: true },
  function* (k, { file, datasync }) {
    return yield* k.vfs.fsync(fileAt(k, file), datasync === 0 ? "all" : "data");
  },
);
export const vfsFsyncRange = stub(
  "int vfs_fsync_range(struct file *file, loff_t start, loff_t end, int datasync)",
  { fails: ["EINVAL", "EIO"], sleeps: true },
  function* (k, { file, start, end, datasync }) {
    const { operations, node } = fileAt(k, file);
    if (operations.fsync === undefined && node.kind === "file") return 0;
    if (operations.fsync === undefined) throw new Errno(EINVAL);
    const range = { start: BigInt(start), end: BigInt(end), dataOnly: datasync !== 0 };
    return yield* operations.fsync(fileAt(k, file), range);
  },
);

export const fSetown = stub(
  "int f_setown(struct file *filp, unsigned long arg, int force)",
  { fails: ["ESRCH", "EINVAL"], level: { partial: "process groups own nothing" } },
  (k, { filp, arg }) => {
    const who = Number(BigInt.asIntN(32, arg));
    if (who < 0) throw new Errno(EINVAL);
    if (who !== 0 && k.tasks.find(who) === undefined) throw new Errno(ESRCH);
    k.journal.touch(fileAt(k, filp)).owner = who;
    return 0;
  },
);

/** Entries of a list of struct fasync_struct, each with where the pointer to it is. */
function* asyncEntries(
  k: Kernel,
  list: Address,
): Generator<{ readonly link: Address; readonly at: Address }> {
  let link = list;
  for (let steps = 0; steps < LIST_LIMIT; steps += 1) {
    const at = k.memory.pointer(link);
    if (at === 0) return;
    yield { link, at };
    link = at + k.offsetOf("fasync_struct", "fa_next");
  }
}
/** struct fasync_struct list: one entry for each file that wants signals. */
export const fasyncHelper = stub(
  "int fasync_helper(int fd, struct file *filp, int on, struct fasync_struct **fapp)",
  { fails: ["ENOMEM"] },
  (k, { fd, filp, on, fapp }) => {
    const FASYNC = 0o20000;
    const flags = k.struct("file", filp);
    for (const { link, at } of asyncEntries(k, fapp)) {
      const view = k.struct("fasync_struct", at);
      if (view.fa_file !== filp) continue;
      if (on !== 0) {
        view.fa_fd = fd;
        return 0;
      }
      flags.f_flags &= ~FASYNC;
      k.memory.setPointer(link, view.fa_next);
      k.heap.kfree(at);
      return 1;
    }
    if (on === 0) return 0;
    const made = k.heap.kmalloc(k.sizeOf("fasync_struct"), GFP_KERNEL);
    const view = k.struct("fasync_struct", made);
    view.fa_file = filp;
    view.fa_fd = fd;
    view.fa_next = k.memory.pointer(fapp) as typeof view.fa_next;
    view.magic = FASYNC_MAGIC;
    k.memory.setPointer(fapp, made);
    flags.f_flags |= FASYNC;
    return 1;
  },
);
/** send_sigio(): SIGIO, or the signal that F_SETSIG chose; SIGURG goes only where nothing was chosen. */
export const killFasync = stub(
  "void kill_fasync(struct fasync_struct **fp, int sig, int band)",
  (k, { fp, sig }) => {
    if (fp === 0) return;
    for (const { at } of asyncEntries(k, fp)) {
      const view = k.struct("fasync_struct", at);
      if (view.magic !== FASYNC_MAGIC) return k.printk(3, "kill_fasync: bad magic number in fasync_struct!");
      const file = k.vfs.objects.find(view.fa_file);
      if (file === undefined || file.owner === 0 || (sig === SIGURG && file.signal !== 0)) continue;
      sendSignal(k, file.owner, file.signal === 0 ? SIGIO : file.signal);
    }
  },
);
