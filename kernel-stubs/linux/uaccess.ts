/** include/linux/uaccess.h: lib/usercopy.c and mm/maccess.c. */
import { userAddress } from "../../src/abi/user-pointer.ts";
import { type Address, PAGE_SIZE } from "../../src/base/address.ts";
import { EFAULT, ERANGE } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { findByte } from "../../src/kernel/data/guest-bytes.ts";
import { accessOk, copyUser, survives, TASK_SIZE_MAX } from "../../src/kernel/data/user-copy.ts";
import { stub } from "../../src/stub/declare.ts";

export const copyToUser = stub(
  "unsigned long _copy_to_user(void __user *to, const void *from, unsigned long n)",
  { sleeps: true, fails: ["UNCOPIED"] },
  (k, { to, from, n }) => {
    const [target, size] = [userAddress(to), Number(n)];
    return accessOk(target, size) ? copyUser(k, target, from, size) : n;
  },
);

/** What could not be copied is zeroed in the target. */
export const copyFromUser = stub(
  "unsigned long _copy_from_user(void *to, const void __user *from, unsigned long n)",
  { sleeps: true, fails: ["UNCOPIED"] },
  (k, { to, from, n }) => {
    const [source, size] = [userAddress(from), Number(n)];
    const left = accessOk(source, size) ? copyUser(k, to, source, size) : size;
    if (left > 0) k.memory.fill(to + size - left, 0, left);
    return left;
  },
);

export const checkZeroedUser = stub(
  "int check_zeroed_user(const void __user *from, size_t size)",
  { sleeps: true, fails: ["EFAULT"] },
  (k, { from, size }) => {
    const source = userAddress(from);
    if (size === 0) return 1;
    if (!accessOk(source, size)) throw new Errno(EFAULT);
    let odd: Address | undefined;
    if (!survives(k, () => (odd = findByte(k.userMemory, source, size, (byte) => byte !== 0)))) {
      throw new Errno(EFAULT);
    }
    return odd === undefined ? 1 : 0;
  },
);

const CANONICAL_LOW = -(2 ** 47);

/** User addresses and those that are not canonical are refused before anything is read. */
export const copyFromKernelNofault = stub(
  "long copy_from_kernel_nofault(void *dst, const void *src, size_t size)",
  { fails: ["EFAULT", "ERANGE"] },
  (k, { dst, src, size }) => {
    if (src < CANONICAL_LOW || (src >= 0 && src < TASK_SIZE_MAX + PAGE_SIZE) || src >= 2 ** 47) {
      throw new Errno(ERANGE);
    }
    if (copyUser(k, dst, src, size) > 0) throw new Errno(EFAULT);
    return 0;
  },
);

export const copyFromUserNofault = stub(
  "long copy_from_user_nofault(void *dst, const void __user *src, size_t size)",
  { fails: ["EFAULT"] },
  (k, { dst, src, size }) => {
    const source = userAddress(src);
    if (!accessOk(source, size) || copyUser(k, dst, source, size) > 0) throw new Errno(EFAULT);
    return 0;
  },
);

export const copyToUserNofault = stub(
  "long copy_to_user_nofault(void __user *dst, const void *src, size_t size)",
  { fails: ["EFAULT"] },
  (k, { dst, src, size }) => {
    const target = userAddress(dst);
    if (!accessOk(target, size) || copyUser(k, target, src, size) > 0) throw new Errno(EFAULT);
    return 0;
  },
);

/** No memory here has machine checks. */
export const copyMcToKernel = stub(
  "unsigned long copy_mc_to_kernel(void *dst, const void *src, unsigned int len)",
  (k, { dst, src, len }) => {
    k.memory.write(dst, k.memory.bytes(src, len));
    return 0n;
  },
);
