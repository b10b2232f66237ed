import { describe, expect, it } from "vitest";
import * as kfifo from "../../../kernel-stubs/linux/kfifo.ts";
import * as siphash from "../../../kernel-stubs/linux/siphash.ts";
import { createStubHarness } from "../../support/stub-harness.ts";

const GFP_KERNEL = 0xcc0;
const USER = 0x7000_0000_0000;

const setup = (size: number, esize = 1) => {
  const freed: number[] = [];
  const h = createStubHarness({
    heap: { kmalloc: (bytes: number) => h.room(bytes), kfree: (at: number) => freed.push(at) },
  } as never);
  h.userMemory.map(USER, 4096);
  const fifo = h.room(24);
  expect(h.call(kfifo.kfifoAlloc, fifo, size, esize, GFP_KERNEL)).toBe(0);
  const take = (length: number): string => {
    const target = h.room(64);
    const got = h.call(kfifo.kfifoOut, fifo, target, length);
    return Buffer.from(h.memory.bytes(target, got * esize)).toString("latin1");
  };
  return { ...h, fifo, freed, take };
};

describe("kfifo", () => {
  it("rounds its size up, goes round, and takes no more than fits", () => {
    const { call, fifo, string, take, freed, memory } = setup(5);
    expect(call(kfifo.kfifoIn, fifo, string("abcdef"), 6)).toBe(6);
    expect(take(4)).toBe("abcd");
    expect(call(kfifo.kfifoIn, fifo, string("0123456789"), 10)).toBe(6);
    expect(take(20)).toBe("ef012345");
    expect(take(20)).toBe("");
    call(kfifo.kfifoFree, fifo);
    expect(freed).toHaveLength(1);
    expect(memory.u64(fifo + 16)).toBe(0n);
    expect(call(kfifo.kfifoAlloc, fifo, 1, 1, GFP_KERNEL)).toBe(-22);
  });

  it("counts elements", () => {
    const { call, fifo, string, take } = setup(4, 4);
    expect(call(kfifo.kfifoIn, fifo, string("aaaabbbbccccddddeeee"), 5)).toBe(4);
    expect(take(3)).toBe("aaaabbbbcccc");
  });

  it("exchanges with user memory, and says how much got across", () => {
    const { call, fifo, string, room, memory, userMemory, take } = setup(16);
    const copied = room(4);
    userMemory.setCstring(USER, "from user");
    expect(call(kfifo.kfifoFromUser, fifo, USER, 9, copied)).toBe(0);
    expect(memory.u32(copied)).toBe(9);
    expect(take(9)).toBe("from user");
    call(kfifo.kfifoIn, fifo, string("0123456789"), 10);
    expect(call(kfifo.kfifoToUser, fifo, USER + 4092, 10, copied)).toBe(-14);
    expect(memory.u32(copied)).toBe(4);
    expect(take(20)).toBe("456789");
  });

  it("keeps records apart", () => {
    const { call, fifo, string, room, memory, userMemory } = setup(32);
    const [target, copied] = [room(16), room(4)];
    expect(call(kfifo.kfifoInR, fifo, string("first"), 5, 1)).toBe(5);
    expect(call(kfifo.kfifoInR, fifo, string("second"), 6, 1)).toBe(6);
    expect(call(kfifo.kfifoLenR, fifo, 1)).toBe(5);
    expect(call(kfifo.kfifoOutPeekR, fifo, target, 3, 1)).toBe(3);
    expect(call(kfifo.kfifoOutR, fifo, target, 3, 1)).toBe(3);
    expect(memory.cstring(target)).toBe("fir");
    expect(call(kfifo.kfifoToUserR, fifo, USER, 16, copied, 1)).toBe(0);
    expect([memory.u32(copied), userMemory.cstring(USER)]).toEqual([6, "second"]);
    expect(call(kfifo.kfifoOutR, fifo, target, 3, 1)).toBe(0);
    expect(call(kfifo.kfifoInR, fifo, string("x".repeat(40)), 40, 1)).toBe(0);
  });
});

describe("siphash", () => {
  it("gives the reference's values", () => {
    const { rax, room, memory } = setup(4);
    const [key, data] = [room(16), room(64)];
    for (let index = 0; index < 64; index++) {
      memory.setU8(data + index, index);
      if (index < 16) memory.setU8(key + index, index);
    }
    // The reference implementation's vectors for keys 00..0f.
    expect(rax(siphash.siphashUnaligned, data, 0, key)).toBe(0x726fdb47dd0e0e31n);
    expect(rax(siphash.siphashUnaligned, data, 15, key)).toBe(0xa129ca6149be45e5n);
    expect(rax(siphash.siphash1u64, 0x0706050403020100n, key)).toBe(
      rax(siphash.siphashUnaligned, data, 8, key),
    );
    expect(rax(siphash.siphash3u32, 0x03020100, 0x07060504, 0x0b0a0908, key)).toBe(
      rax(siphash.siphashUnaligned, data, 12, key),
    );
    expect(rax(siphash.hsiphash2u32, 0x03020100, 0x07060504, key)).toBe(
      rax(siphash.hsiphashUnaligned, data, 8, key),
    );
  });
});
