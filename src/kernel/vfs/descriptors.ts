/** Descriptors of the running process (fs/file.c). */
import { EBADF } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { OpenFile } from "./operations.ts";
import type { Process } from "./process.ts";

/** Whose they are; Errno EBADF for a thread of the kernel. */
export const currentProcess = (k: Kernel): Process => {
  const process = k.processes.find(k.current.pid);
  if (process === undefined) throw new Errno(EBADF);
  return process;
};
export const currentFile = (k: Kernel, fd: number): OpenFile | undefined =>
  k.processes.find(k.current.pid)?.files.get(fd);

/** get_unused_fd_flags() */
export const reserveFd = (k: Kernel): number => {
  const process = currentProcess(k);
  let fd = 0;
  while (process.files.has(fd) || process.reserved.has(fd)) fd += 1;
  process.reserved.add(fd);
  return fd;
};
/** fd_install() */
export const installFd = (k: Kernel, fd: number, file: OpenFile): void => {
  const process = currentProcess(k);
  process.reserved.delete(fd);
  process.files.set(fd, file);
};
