/** include/linux/eventfd.h, as fs/eventfd.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EAGAIN, EBADF, EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { removeInit } from "../../src/kernel/data/guest-list.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import {
  contextOf,
  getContext,
  isEventfd,
  putContext,
  signalEventfd,
  takeCount,
} from "../../src/kernel/vfs/eventfd.ts";
import type { OpenFile } from "../../src/kernel/vfs/operations.ts";
import { stub } from "../../src/stub/declare.ts";

const fileAt = (k: Kernel, fd: number): OpenFile => {
  const file = k.processes.find(k.current.pid)?.files.get(fd);
  if (file === undefined) throw new Errno(EBADF);
  return file;
};
const contextIn = (k: Kernel, file: OpenFile | undefined): Address => {
  if (file === undefined || !isEventfd(file)) throw new Errno(EINVAL);
  return getContext(k, contextOf(file));
};

export const eventfdCtxFdget = stub(
  "struct eventfd_ctx *eventfd_ctx_fdget(int fd)",
  { fails: ["EBADF", "EINVAL"], errPtr: true, acquires: { eventfd: "return" } },
  (k, { fd }) => contextIn(k, fileAt(k, fd)),
);
export const eventfdCtxFileget = stub(
  "struct eventfd_ctx *eventfd_ctx_fileget(struct file *file)",
  { fails: ["EINVAL"], errPtr: true, acquires: { eventfd: "return" } },
  (k, { file }) => contextIn(k, k.vfs.objects.find(file)),
);
export const eventfdFget = stub(
  "struct file *eventfd_fget(int fd)",
  { fails: ["EBADF", "EINVAL"], errPtr: true },
  (k, { fd }) => {
    const file = fileAt(k, fd);
    if (!isEventfd(file)) throw new Errno(EINVAL);
    const guest = k.vfs.objects.ensure(file);
    k.vfs.get(file);
    return guest;
  },
);
export const eventfdCtxPut = stub(
  "void eventfd_ctx_put(struct eventfd_ctx *ctx)",
  { releases: { eventfd: "ctx" } },
  (k, { ctx }) => putContext(k, ctx),
);
export const eventfdSignal = stub(
  "__u64 eventfd_signal(struct eventfd_ctx *ctx, __u64 n)",
  function* (k, { ctx, n }) {
    return yield* signalEventfd(k, ctx, n);
  },
);
export const eventfdCtxDoRead = stub(
  "void eventfd_ctx_do_read(struct eventfd_ctx *ctx, __u64 *cnt)",
  (k, { ctx, cnt }) => k.memory.setU64(cnt, takeCount(k, ctx)),
);
export const eventfdCtxRemoveWaitQueue = stub(
  "int eventfd_ctx_remove_wait_queue(struct eventfd_ctx *ctx, wait_queue_entry_t *wait, __u64 *cnt)",
  { fails: ["EAGAIN"] },
  (k, { ctx, wait, cnt }) => {
    const count = takeCount(k, ctx);
    k.memory.setU64(cnt, count);
    removeInit(k.memory, wait + k.offsetOf("wait_queue_entry", "entry"));
    if (count === 0n) throw new Errno(EAGAIN);
    return 0;
  },
);
