/** include/linux/string.h: copies of user memory in memory of their own (mm/util.c). */
import { userAddress } from "../../src/abi/user-pointer.ts";
import type { Address } from "../../src/base/address.ts";
import { EFAULT, EINVAL, ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { accessOk, copyUser, readUserString } from "../../src/kernel/data/user-copy.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";

const COPIES = {
  fails: ["ENOMEM", "EFAULT"],
  errPtr: true,
  sleeps: true,
  acquires: { slab: "return" },
} as const;

/** `room` bytes of the slab with the first `length` of `from`. Errors: ENOMEM, EFAULT. */
export const duplicateUser = (k: Kernel, from: Address, length: number, room: number): Address => {
  const copy = k.heap.kmalloc(room, GFP_KERNEL);
  if (copy === 0) throw new Errno(ENOMEM);
  let done = false;
  try {
    if (!accessOk(from, length) || copyUser(k, copy, from, length) > 0) throw new Errno(EFAULT);
    done = true;
  } finally {
    if (!done) k.heap.kfree(copy);
  }
  return copy;
};

export const memdupUser = stub(
  "void *memdup_user(const void __user *src, size_t len)",
  COPIES,
  (k, { src, len }) => duplicateUser(k, userAddress(src), len, len),
);
export const memdupUserNul = stub(
  "void *memdup_user_nul(const void __user *src, size_t len)",
  COPIES,
  (k, { src, len }) => {
    const copy = duplicateUser(k, userAddress(src), len, len + 1);
    k.memory.setU8(copy + len, 0);
    return copy;
  },
);
export const vmemdupUser = stub(
  "void *vmemdup_user(const void __user *src, size_t len)",
  COPIES,
  (k, { src, len }) => duplicateUser(k, userAddress(src), len, len),
);
export const strndupUser = stub(
  "char *strndup_user(const char __user *s, long n)",
  { ...COPIES, fails: ["ENOMEM", "EFAULT", "EINVAL"] },
  (k, { s, n }) => {
    const { text, end } = readUserString(k, userAddress(s), Number(n));
    if (end === "fault") throw new Errno(EFAULT);
    if (end === "limit") throw new Errno(EINVAL);
    const copy = duplicateUser(k, userAddress(s), text.length + 1, text.length + 1);
    k.memory.setU8(copy + text.length, 0);
    return copy;
  },
);
