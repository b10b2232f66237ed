/** eventfd(2): a counter to wait for (fs/eventfd.c). */
import type { Address } from "../../base/address.ts";
import { EAGAIN, EINTR, EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import { type Routine, block } from "../routine.ts";
import { O_NONBLOCK, O_RDWR, POLLERR, POLLIN, POLLOUT } from "../user.ts";
import type { FileOperations, OpenFile } from "./operations.ts";

/** struct eventfd_ctx, opaque to modules. */
const CTX = { REFERENCES: 0, FLAGS: 4, QUEUE: 8, COUNT: 32, SIZE: 40 } as const;
const EFD_SEMAPHORE = 1;
const ULLONG_MAX = 2n ** 64n - 1n;
const TASK_NORMAL = 3;

export const isEventfd = (file: OpenFile): boolean => file.path === "anon_inode:[eventfd]";
export const contextOf = (file: OpenFile): Address => file.state as Address;

export const getContext = (k: Kernel, ctx: Address): Address => {
  k.memory.setU32(ctx + CTX.REFERENCES, k.memory.u32(ctx + CTX.REFERENCES) + 1);
  return ctx;
};
export const putContext = (k: Kernel, ctx: Address): void => {
  const left = k.memory.u32(ctx + CTX.REFERENCES) - 1;
  k.memory.setU32(ctx + CTX.REFERENCES, left);
  if (left === 0) k.heap.kfree(ctx);
};

function* wake(k: Kernel, ctx: Address, events: number): Routine<void> {
  k.userWaits.wakeAll(ctx);
  const fn = k.symbols.address("__wake_up") ?? 0;
  if (k.memory.pointer(ctx + CTX.QUEUE + 8) !== ctx + CTX.QUEUE + 8)
    yield* k.call(fn, ctx + CTX.QUEUE, TASK_NORMAL, 1, events);
}

/** eventfd_signal(): by how much the counter grew. */
export function* signalEventfd(k: Kernel, ctx: Address, by: bigint): Routine<bigint> {
  const count = k.memory.u64(ctx + CTX.COUNT);
  const added = by > ULLONG_MAX - count ? ULLONG_MAX - count : by;
  k.memory.setU64(ctx + CTX.COUNT, count + added);
  yield* wake(k, ctx, POLLIN);
  return added;
}

/** eventfd_ctx_do_read() */
export const takeCount = (k: Kernel, ctx: Address): bigint => {
  const count = k.memory.u64(ctx + CTX.COUNT);
  const taken = (k.memory.u32(ctx + CTX.FLAGS) & EFD_SEMAPHORE) !== 0 && count > 0n ? 1n : count;
  k.memory.setU64(ctx + CTX.COUNT, count - taken);
  return taken;
};

function* waitFor(k: Kernel, file: OpenFile, ready: () => boolean): Routine<void> {
  while (!ready()) {
    if ((file.flags & O_NONBLOCK) !== 0) throw new Errno(EAGAIN);
    k.userWaits.join(contextOf(file), k.current);
    yield block("an eventfd", { interruptible: true });
    if (k.current.pending !== 0) throw new Errno(EINTR);
  }
}

const operations = (k: Kernel): FileOperations => ({
  *read(file, count) {
    if (count < 8) throw new Errno(EINVAL);
    const ctx = contextOf(file);
    yield* waitFor(k, file, () => k.memory.u64(ctx + CTX.COUNT) > 0n);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, takeCount(k, ctx), true);
    yield* wake(k, ctx, POLLOUT);
    return bytes;
  },
  *write(file, bytes) {
    if (bytes.length < 8) throw new Errno(EINVAL);
    const by = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
    if (by === ULLONG_MAX) throw new Errno(EINVAL);
    const ctx = contextOf(file);
    yield* waitFor(k, file, () => ULLONG_MAX - k.memory.u64(ctx + CTX.COUNT) > by);
    k.memory.setU64(ctx + CTX.COUNT, k.memory.u64(ctx + CTX.COUNT) + by);
    yield* wake(k, ctx, POLLIN);
    return 8;
  },
  *poll(file, table) {
    const ctx = contextOf(file);
    const register = table === 0 ? 0 : k.struct("poll_table_struct", table)._qproc;
    if (register !== 0) yield* k.call(register, k.vfs.objects.ensure(file), ctx + CTX.QUEUE, table);
    const count = k.memory.u64(ctx + CTX.COUNT);
    return (
      (count > 0n ? POLLIN : 0) |
      (count === ULLONG_MAX ? POLLERR : 0) |
      (count < ULLONG_MAX - 1n ? POLLOUT : 0)
    );
  },
  *release(file) {
    yield* wake(k, contextOf(file), 0x10);
    putContext(k, contextOf(file));
  },
});

export const openEventfd = (k: Kernel, initial: bigint, flags: number): OpenFile => {
  const ctx = k.heap.internal(new Uint8Array(CTX.SIZE));
  k.memory.setU32(ctx + CTX.REFERENCES, 1);
  k.memory.setU32(ctx + CTX.FLAGS, flags);
  k.memory.setU64(ctx + CTX.COUNT, initial);
  initList(k.memory, ctx + CTX.QUEUE + 8);
  const node = { ...k.vfs.tree.newFile(0o600), mode: 0o600 };
  const file = k.vfs.adopt(node, O_RDWR | (flags & O_NONBLOCK), operations(k), "anon_inode:[eventfd]");
  file.state = ctx;
  return file;
};
