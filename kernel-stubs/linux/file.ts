/** include/linux/file.h, fdtable.h and anon_inodes.h: descriptors of the running process (fs/file.c, fs/anon_inodes.c). */
import type { Address } from "../../src/base/address.ts";
import { EBADF, EINVAL, ENFILE } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { putLater } from "../../src/kernel/vfs/calls/task-work.ts";
import { guestFile, ownerPin } from "../../src/kernel/vfs/guest-file.ts";
import { fileOperationsAt } from "../../src/kernel/vfs/guest-functions.ts";
import type { OpenFile } from "../../src/kernel/vfs/operations.ts";
import type { Process } from "../../src/kernel/vfs/process.ts";
import { stub } from "../../src/stub/declare.ts";

const FDPUT_FPUT = 1;
const KEPT_FLAGS = 3 | 0o4000;

const descriptors = (k: Kernel): Process => {
  const process = k.processes.find(k.current.pid);
  if (process === undefined) throw new Errno(EBADF);
  return process;
};
const openAt = (k: Kernel, fd: number): OpenFile | undefined =>
  k.processes.find(k.current.pid)?.files.get(fd);

const fget = (k: Kernel, fd: number): Address => {
  const file = openAt(k, fd);
  if (file === undefined) return 0;
  const guest = k.vfs.objects.ensure(file);
  k.vfs.get(file);
  return guest;
};
export const fgetStub = stub(
  "struct file *fget(unsigned int fd)",
  { fails: ["NULL"], acquires: { file: "return" } },
  (k, { fd }) => fget(k, fd),
);
export const fgetRaw = stub(
  "struct file *fget_raw(unsigned int fd)",
  { fails: ["NULL"], acquires: { file: "return" } },
  (k, { fd }) => fget(k, fd),
);
export const fdgetStub = stub("unsigned long __fdget(unsigned int fd)", (k, { fd }) => {
  const guest = fget(k, fd);
  return guest === 0 ? 0n : BigInt.asUintN(64, BigInt(guest)) | BigInt(FDPUT_FPUT);
});
export const fputStub = stub(
  "void fput(struct file *file)",
  { releases: { file: "file" } },
  (k, { file }) => {
    const opened = k.vfs.objects.find(file);
    if (opened === undefined) return;
    // Not the last one: gone at once.
    const left = k.struct("file", file).f_count;
    if (left.counter > 1n) {
      left.counter -= 1n;
      k.journal.touch(opened).references -= 1;
    } else putLater(k, opened);
  },
);

const reserve = (k: Kernel): number => {
  const process = descriptors(k);
  let fd = 0;
  while (process.files.has(fd) || process.reserved.has(fd)) fd += 1;
  process.reserved.add(fd);
  return fd;
};
export const getUnusedFdFlags = stub(
  "int get_unused_fd_flags(unsigned int flags)",
  { fails: ["EMFILE", "ENOMEM"] },
  (k) => reserve(k),
);
export const putUnusedFd = stub(
  "void put_unused_fd(unsigned int fd)",
  (k, { fd }) => void descriptors(k).reserved.delete(fd),
);
const install = (k: Kernel, fd: number, file: OpenFile): void => {
  const process = descriptors(k);
  process.reserved.delete(fd);
  process.files.set(fd, file);
};
export const fdInstall = stub("void fd_install(unsigned int fd, struct file *file)", (k, { fd, file }) => {
  const opened = k.vfs.objects.find(file);
  if (opened !== undefined) install(k, fd, opened);
});
export const closeFd = stub(
  "int close_fd(unsigned int fd)",
  { fails: ["EBADF"], sleeps: true },
  function* (k, { fd }) {
    const file = openAt(k, fd);
    if (file === undefined) throw new Errno(EBADF);
    descriptors(k).files.delete(fd);
    const owner = k.struct("task_struct", k.current.taskStruct).files;
    if (file.operations.flush !== undefined) yield* file.operations.flush(file, owner);
    putLater(k, file);
    return 0;
  },
);

interface Anonymous {
  readonly name: Address;
  readonly fops: Address;
  readonly data: Address;
  readonly flags: number;
}
/** A file that no path leads to; its module is held while it is open. */
const anonymous = (k: Kernel, { name, fops, data, flags }: Anonymous): OpenFile => {
  const pin = ownerPin(k, [k.struct("file_operations", fops).owner]);
  if (!pin.get()) throw new Errno(ENFILE);
  const operations = guestFile(k, {
    kind: "plain",
    operations: fops,
    functions: fileOperationsAt(k, fops),
    prepare: () => undefined,
    pin,
  });
  const node = { ...k.vfs.tree.newFile(0o600), mode: 0o600 };
  const file = k.vfs.adopt(node, flags & KEPT_FLAGS, operations, k.memory.cstring(name, 256));
  k.struct("file", k.vfs.objects.file(file, fops)).private_data = data;
  return file;
};
export const anonInodeGetfile = stub(
  `struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv,
      int flags)`,
  { fails: ["ENOENT", "ENFILE", "ENOMEM"], errPtr: true, sleeps: true, acquires: { file: "return" } },
  (k, { name, fops, priv, flags }) => anonymous(k, { name, fops, data: priv, flags }).guest,
);
export const anonInodeGetfd = stub(
  "int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags)",
  { fails: ["EMFILE", "ENFILE", "ENOMEM"], sleeps: true },
  (k, { name, fops, priv, flags }) => {
    if (fops === 0) throw new Errno(EINVAL);
    const fd = reserve(k);
    try {
      install(k, fd, anonymous(k, { name, fops, data: priv, flags }));
    } catch (error) {
      descriptors(k).reserved.delete(fd);
      throw error;
    }
    return fd;
  },
);
