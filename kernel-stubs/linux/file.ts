/** include/linux/file.h, as fs/file.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { putLater } from "../../src/kernel/vfs/calls/task-work.ts";
import { currentFile, currentProcess, installFd, reserveFd } from "../../src/kernel/vfs/descriptors.ts";
import { stub } from "../../src/stub/declare.ts";

const FDPUT_FPUT = 1;
const fget = (k: Kernel, fd: number): Address => {
  const file = currentFile(k, fd);
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

export const getUnusedFdFlags = stub(
  "int get_unused_fd_flags(unsigned int flags)",
  { fails: ["EMFILE", "ENOMEM"] },
  (k) => reserveFd(k),
);
export const putUnusedFd = stub(
  "void put_unused_fd(unsigned int fd)",
  (k, { fd }) => void currentProcess(k).reserved.delete(fd),
);
export const fdInstall = stub("void fd_install(unsigned int fd, struct file *file)", (k, { fd, file }) => {
  const opened = k.vfs.objects.find(file);
  if (opened !== undefined) installFd(k, fd, opened);
});
