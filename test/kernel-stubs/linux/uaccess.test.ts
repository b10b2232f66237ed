import { describe, expect, it } from "vitest";
import * as asm from "../../../kernel-stubs/asm/uaccess.ts";
import * as asm64 from "../../../kernel-stubs/asm/uaccess_64.ts";
import * as uaccess from "../../../kernel-stubs/linux/uaccess.ts";
import { registerFile } from "../../../src/abi/calls.ts";
import { toPattern } from "../../../src/base/address.ts";
import { createStubHarness } from "../../support/stub-harness.ts";

const USER = 0x7000_0000_0000;
const KERNEL_TEXT = -0x8000_0000;

const setup = () => {
  const h = createStubHarness({
    heap: { objectAt: () => undefined, caches: { byId: new Map() } },
    current: { stack: { low: 0, high: 0 } },
    profile: { imageStart: KERNEL_TEXT, imageEnd: KERNEL_TEXT + 4096 },
  } as never);
  return { ...h, user: h.userMemory.map(USER, 4096) };
};
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

describe("copying", () => {
  it("goes both ways", () => {
    const { call, string, room, memory, user } = setup();
    expect(call(uaccess.copyToUser, USER + 10, string("hello"), 5)).toBe(0);
    expect(text(user.data.subarray(10, 15))).toBe("hello");
    const target = room(8);
    expect(call(uaccess.copyFromUser, target, USER + 10, 4)).toBe(0);
    expect(memory.cstring(target)).toBe("hell");
  });

  it("counts what a fault leaves, and zeroes it in the kernel's buffer", () => {
    const { call, string, room, memory, user } = setup();
    expect(call(uaccess.copyToUser, USER + 4093, string("hello"), 5)).toBe(2);
    expect(text(user.data.subarray(4093))).toBe("hel");
    const target = room(8);
    memory.fill(target, 0x78, 8);
    expect(call(uaccess.copyFromUser, target, USER + 4093, 5)).toBe(2);
    expect(text(memory.bytes(target, 6))).toBe("hel\0\0x");
  });

  it("refuses addresses outside the user half, whatever is there", () => {
    const { call, string, room, memory } = setup();
    const secret = string("secret");
    const target = room(8);
    memory.fill(target, 0x78, 8);
    expect(call(uaccess.copyFromUser, target, secret, 6)).toBe(6);
    expect(text(memory.bytes(target, 7))).toBe("\0\0\0\0\0\0x");
    expect(call(uaccess.copyToUser, secret, secret, 6)).toBe(6);
    expect(call(uaccess.copyToUser, 2 ** 47 - 4096 - 2, secret, 6)).toBe(6);
    expect(call(uaccess.copyToUser, USER, secret, -1)).toBe(-1);
  });
});

describe("strings", () => {
  it("strncpy_from_user", () => {
    const { call, room, memory, userMemory } = setup();
    userMemory.setCstring(USER, "user text");
    const target = room(32);
    memory.fill(target, 0x78, 32);
    expect(call(asm.strncpyFromUser, target, USER, 32)).toBe(9);
    expect(text(memory.bytes(target, 17))).toBe("user text\0\0\0\0\0\0\0x");
    expect(call(asm.strncpyFromUser, target, USER, 4)).toBe(4);
    expect(call(asm.strncpyFromUser, target, USER, 0)).toBe(0);
    userMemory.fill(USER + 4090, 0x61, 6);
    expect(call(asm.strncpyFromUser, target, USER + 4090, 32)).toBe(-14);
    expect(call(asm.strncpyFromUser, target, USER + 4090, 6)).toBe(6);
    expect(call(asm.strncpyFromUser, target, target, 6)).toBe(-14);
  });

  it("strnlen_user counts the NUL", () => {
    const { call, userMemory } = setup();
    userMemory.setCstring(USER, "four");
    userMemory.fill(USER + 16, 0x61, 64);
    expect(call(asm.strnlenUser, USER, 100)).toBe(5);
    expect(call(asm.strnlenUser, USER + 16, 24)).toBe(25);
    expect(call(asm.strnlenUser, USER + 4096, 10)).toBe(0);
    expect(call(asm.strnlenUser, USER, 0)).toBe(0);
  });

  it("check_zeroed_user", () => {
    const { call, userMemory } = setup();
    expect(call(uaccess.checkZeroedUser, USER, 100)).toBe(1);
    userMemory.setU8(USER + 99, 1);
    expect(call(uaccess.checkZeroedUser, USER, 100)).toBe(0);
    expect(call(uaccess.checkZeroedUser, USER + 4000, 100)).toBe(-14);
  });
});

describe("copy_from_kernel_nofault", () => {
  it("reports faults and refuses user addresses", () => {
    const { call, string, room, memory } = setup();
    const target = room(8);
    expect(call(uaccess.copyFromKernelNofault, target, string("abcd"), 4)).toBe(0);
    expect(memory.cstring(target)).toBe("abcd");
    expect(call(uaccess.copyFromKernelNofault, target, -4096, 4)).toBe(-14);
    expect(call(uaccess.copyFromKernelNofault, target, USER, 4)).toBe(-34);
  });
});

describe("get_user and put_user", () => {
  const run = (name: string, fill: Record<number, bigint>, { k } = setup()): BigUint64Array => {
    const file = registerFile(new BigUint64Array(18));
    for (const [index, value] of Object.entries(fill)) file.u64[Number(index)] = value;
    [...asm.getUserStubs, ...asm.putUserStubs, ...asm64.clearUserStubs]
      .find((stub) => stub.name === name)
      ?.handler(k, file);
    return file.u64;
  };
  const at = (address: number): bigint => toPattern(address);
  const EFAULT = 2n ** 64n - 14n;

  it("read by size into RDX", () => {
    const h = setup();
    h.userMemory.setU64(USER, 0x8877665544332211n);
    expect(run("__get_user_1", { 0: at(USER) }, h).slice(0, 3)).toEqual(BigUint64Array.of(0n, 0n, 0x11n));
    expect(run("__get_user_2", { 0: at(USER) }, h)[2]).toBe(0x2211n);
    expect(run("__get_user_nocheck_4", { 0: at(USER) }, h)[2]).toBe(0x44332211n);
    expect(run("__get_user_8", { 0: at(USER) }, h)[2]).toBe(0x8877665544332211n);
  });

  it("fail with EFAULT and zero", () => {
    expect(run("__get_user_4", { 0: at(USER + 4094), 2: 5n }).slice(0, 3)).toEqual(
      BigUint64Array.of(EFAULT, 0n, 0n),
    );
    expect(run("__get_user_4", { 0: at(-4096) })[0]).toBe(EFAULT);
    expect(run("__put_user_4", { 1: at(-4096), 0: 1n })[1]).toBe(0xffff_fff2n);
  });

  it("write by size from RAX", () => {
    const h = setup();
    expect(run("__put_user_2", { 1: at(USER + 8), 0: 0x12345678n }, h)[1]).toBe(0n);
    expect(h.userMemory.u64(USER + 8)).toBe(0x5678n);
    run("__put_user_nocheck_8", { 1: at(USER + 8), 0: 2n ** 64n - 1n }, h);
    expect(h.userMemory.u64(USER + 8)).toBe(2n ** 64n - 1n);
  });

  it("clear_user leaves the rest in RCX", () => {
    const h = setup();
    h.user.data.fill(1);
    expect(run("clear_user_erms", { 7: at(USER + 4090), 1: 10n }, h)[1]).toBe(4n);
    expect([...h.user.data.subarray(4088)]).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
  });
});
