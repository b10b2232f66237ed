/** arch/x86/include/asm/uaccess.h, as arch/x86/lib/getuser.S, putuser.S, usercopy.c and lib/strn*_user.c do it. */
import { RAX, RBX, RCX, RDX, registerAddress, type RegisterFile } from "../../src/abi/calls.ts";
import { userAddress } from "../../src/abi/user-pointer.ts";
import type { Address } from "../../src/base/address.ts";
import { EFAULT } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import {
  accessOk,
  survives,
  copyUser,
  readUserString,
  TASK_SIZE_MAX,
  wordPadded,
} from "../../src/kernel/data/user-copy.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { GuestMemory } from "../../src/machine/memory.ts";
import { registerStub, stub } from "../../src/stub/declare.ts";
import { checkObjectSize } from "../linux/thread_info.ts";

const SIZES = [1, 2, 4, 8] as const;
type Size = (typeof SIZES)[number];
/** "nocheck": the caller has looked at the address, which may even be the kernel's. */
type Check = "range" | "nocheck";

const FAULT = BigInt.asUintN(64, BigInt(-EFAULT));

const read = (memory: GuestMemory, at: Address, size: Size): bigint => {
  if (size === 8) return memory.u64(at);
  return BigInt(size === 4 ? memory.u32(at) : size === 2 ? memory.u16(at) : memory.u8(at));
};
const write = (memory: GuestMemory, at: Address, size: Size, value: bigint): void => {
  if (size === 8) return memory.setU64(at, value);
  const low = Number(BigInt.asUintN(32, value));
  if (size === 4) memory.setU32(at, low);
  else if (size === 2) memory.setU16(at, low & 0xffff);
  else memory.setU8(at, low & 0xff);
};
const half = (k: Kernel, at: Address): GuestMemory => (at >= 0 ? k.userMemory : k.memory);

const getUserFails = {
  fails: ["EFAULT"],
  fail({ u64 }: RegisterFile) {
    u64[RAX] = FAULT;
    u64[RDX] = 0n;
  },
} as const;

/** Address in RAX; error in EAX, value in RDX, which is 0 after a fault. */
const getUser = (k: Kernel, { u64, i32 }: RegisterFile, size: Size, check: Check): void => {
  const at = registerAddress({ u64, i32 }, RAX);
  let value = 0n;
  const allowed = check === "nocheck" || accessOk(at, size);
  const done = allowed && survives(k, () => (value = read(half(k, at), at, size)));
  if (!done) return getUserFails.fail({ u64, i32 });
  u64[RAX] = 0n;
  u64[RDX] = value;
};

const putUserFails = {
  fails: ["EFAULT"],
  fail({ u64 }: RegisterFile) {
    u64[RCX] = BigInt.asUintN(32, BigInt(-EFAULT));
  },
} as const;

/** Address in RCX, value in RAX; error in ECX, RBX lost. */
const putUser = (k: Kernel, { u64, i32 }: RegisterFile, size: Size, check: Check): void => {
  const at = registerAddress({ u64, i32 }, RCX);
  const value = u64[RAX] ?? 0n;
  const allowed = check === "nocheck" || accessOk(at, size);
  const done = allowed && survives(k, () => write(half(k, at), at, size, value));
  if (done) u64[RCX] = 0n;
  else putUserFails.fail({ u64, i32 });
  if (check === "range") u64[RBX] = BigInt(2 ** 47 - 4096 - size + 1);
};

export const getUserStubs = SIZES.flatMap((size) => [
  registerStub(`__get_user_${size}`, (k, registers) => getUser(k, registers, size, "range"), getUserFails),
  registerStub(
    `__get_user_nocheck_${size}`,
    (k, registers) => getUser(k, registers, size, "nocheck"),
    getUserFails,
  ),
]);

export const putUserStubs = SIZES.flatMap((size) => [
  registerStub(`__put_user_${size}`, (k, registers) => putUser(k, registers, size, "range"), putUserFails),
  registerStub(
    `__put_user_nocheck_${size}`,
    (k, registers) => putUser(k, registers, size, "nocheck"),
    putUserFails,
  ),
]);

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
