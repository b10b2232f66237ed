/** include/linux/uaccess.h: lib/usercopy.c, lib/strn*_user.c, mm/maccess.c. */
import { userAddress } from "../../src/abi/user-pointer.ts";
import { type Address, PAGE_SIZE } from "../../src/base/address.ts";
import { EFAULT, ERANGE } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { findByte } from "../../src/kernel/data/guest-bytes.ts";
import {
  accessOk,
  copyUser,
  readUserString,
  survives,
  TASK_SIZE_MAX,
  wordPadded,
} from "../../src/kernel/data/user-copy.ts";
import { stub } from "../../src/stub/declare.ts";
import { warnAt } from "../reports.ts";
import { checkObjectSize } from "./usercopy.ts";

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

/** Behind raw_copy_*_user: the caller has checked the range; which side is the user's, the address tells. */
export const copyUserGeneric = stub(
  "unsigned long copy_user_generic_unrolled(void *to, const void *from, unsigned int len)",
  {
    fails: ["UNCOPIED"],
    aliases: ["copy_user_generic_string", "copy_user_enhanced_fast_string", "copy_user_fast_string"],
  },
  (k, { to, from, len }) => copyUser(k, to, from, len),
);

/** With zerorest the target is zeroed where the source ended. */
export const copyUserNocache = stub(
  "long __copy_user_nocache(void *dst, const void __user *src, unsigned int size, int zerorest)",
  { fails: ["UNCOPIED"] },
  (k, { dst, src, size, zerorest }) => {
    const left = copyUser(k, dst, userAddress(src), size);
    if (zerorest !== 0 && left > 0) k.memory.fill(dst + size - left, 0, left);
    return left;
  },
);

/** Its range check is its caller's on this architecture; a kernel address copies nothing. */
export const copyFromUserNmi = stub(
  "unsigned long copy_from_user_nmi(void *to, const void __user *from, unsigned long n)",
  { fails: ["UNCOPIED"] },
  (k, { to, from, n }) => {
    const [source, size] = [userAddress(from), Number(n)];
    return accessOk(source, size) ? copyUser(k, to, source, size) : n;
  },
);

export const strncpyFromUser = stub(
  "long strncpy_from_user(char *dst, const char __user *src, long count)",
  { sleeps: true, fails: ["EFAULT"] },
  (k, args) => {
    const [source, count] = [userAddress(args.src), Number(args.count)];
    if (count <= 0) return 0;
    if (source < 0 || source >= TASK_SIZE_MAX) throw new Errno(EFAULT);
    const room = Math.min(count, TASK_SIZE_MAX - source);
    checkObjectSize(k, args.dst, count, "overwrite");
    const { text, end } = readUserString(k, source, room);
    k.memory.write(args.dst, end === "nul" ? wordPadded(text, room) : Buffer.from(text, "latin1"));
    if (end === "fault" || (end === "limit" && text.length < count)) throw new Errno(EFAULT);
    return text.length;
  },
);

/** Length with the NUL; more than `count` when there is none; 0 on a fault. Reads aligned words. */
export const strnlenUser = stub(
  "long strnlen_user(const char __user *str, long count)",
  { sleeps: true, fails: ["ZERO"] },
  (k, args) => {
    const [source, count] = [userAddress(args.str), Number(args.count)];
    if (count <= 0 || source < 0 || source >= TASK_SIZE_MAX) return 0;
    const room = Math.min(count, TASK_SIZE_MAX - source);
    const scanned = Math.ceil((room + (source & 7)) / 8) * 8 - (source & 7);
    const { text, end } = readUserString(k, source, scanned);
    if (end === "nul") return text.length + 1;
    return end === "limit" && text.length >= count ? count + 1 : 0;
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

export const copyOverflow = stub(
  "void __copy_overflow(int size, unsigned long count)",
  (k, { size, count }) => warnAt(k, "__copy_overflow:228", `Buffer overflow detected (${size} < ${count})!`),
);
