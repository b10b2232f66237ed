/** arch/x86/include/asm/uaccess.h: helpers with register conventions of their own. */
import { RAX, RBX, RCX, RDI, RDX, registerAddress, type RegisterFile } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import { EFAULT } from "../../src/base/errno.ts";
import { accessOk, clearUser, survives } from "../../src/kernel/data/user-copy.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { GuestMemory } from "../../src/machine/memory.ts";
import { registerStub } from "../../src/stub/declare.ts";

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

/** Address in RDI, count in RCX; what is left in RCX. */
const clear = (k: Kernel, registers: RegisterFile): void => {
  const at = registerAddress(registers, RDI);
  const size = registerAddress(registers, RCX);
  registers.u64[RCX] = BigInt(size < 0 ? size : clearUser(k, at, size));
};

export const clearUserStubs = ["clear_user_original", "clear_user_rep_good", "clear_user_erms"].map((name) =>
  // What is left stays what it was: everything.
  registerStub(name, clear, { fails: ["UNCOPIED"] }),
);
