/** include/linux/fdtable.h, as fs/file.c does it. */
import { EBADF } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { putLater } from "../../src/kernel/vfs/calls/task-work.ts";
import { currentFile, currentProcess } from "../../src/kernel/vfs/descriptors.ts";
import { stub } from "../../src/stub/declare.ts";

export const closeFd = stub(
  "int close_fd(unsigned int fd)",
  { fails: ["EBADF"], sleeps: true },
  function* (k, { fd }) {
    const file = currentFile(k, fd);
    if (file === undefined) throw new Errno(EBADF);
    currentProcess(k).files.delete(fd);
    const owner = k.struct("task_struct", k.current.taskStruct).files;
    if (file.operations.flush !== undefined) yield* file.operations.flush(file, owner);
    putLater(k, file);
    return 0;
  },
);
