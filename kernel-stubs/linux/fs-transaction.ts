/** simple_transaction_*() of include/linux/fs.h, as fs/libfs.c does it: one request and its answer an opening. */
import type { Address } from "../../src/base/address.ts";
import { EBUSY, EFAULT, EFBIG, ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { copyUser } from "../../src/kernel/data/user-copy.ts";
import { GFP, GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { readFrom } from "./fs.ts";

/** struct simple_transaction_argresp: the size, then the data up to the end of the page. */
const DATA = 8;
const LIMIT = 4096 - DATA;

const answer = (k: Kernel, file: Address): Address => k.struct("file", file).private_data;

export const simpleTransactionSet = stub(
  "void simple_transaction_set(struct file *file, size_t n)",
  { level: { partial: "a size beyond the page is cut, where the kernel ends in BUG()" } },
  (k, { file, n }) => k.memory.setU64(answer(k, file), BigInt(Math.min(n, LIMIT))),
);

export const simpleTransactionGet = stub(
  "char *simple_transaction_get(struct file *file, const char *buf, size_t size)",
  { fails: ["EFBIG", "ENOMEM", "EBUSY", "EFAULT"], errPtr: true, sleeps: true },
  (k, { file, buf, size }) => {
    if (size > LIMIT - 1) throw new Errno(EFBIG);
    if (answer(k, file) !== 0) throw new Errno(EBUSY);
    const page = k.pages.getFreePages(0, GFP_KERNEL | GFP.ZERO);
    if (page === 0) throw new Errno(ENOMEM);
    k.struct("file", file).private_data = page;
    if (copyUser(k, page + DATA, buf, size) !== 0) throw new Errno(EFAULT);
    return page + DATA;
  },
);

export const simpleTransactionRead = stub(
  "ssize_t simple_transaction_read(struct file *file, char *buf, size_t size, loff_t *pos)",
  { fails: ["EFAULT", "EINVAL"] },
  (k, { file, buf, size, pos }) => {
    const page = answer(k, file);
    if (page === 0) return 0;
    return readFrom(k, buf, size, pos, page + DATA, Number(k.memory.u64(page)));
  },
);

export const simpleTransactionRelease = stub(
  "int simple_transaction_release(struct inode *inode, struct file *file)",
  (k, { file }) => {
    k.pages.freeAddress(answer(k, file), 0);
    return 0;
  },
);
