import { REG, RESUME, STOP } from "unicorn-engine";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GuestFault } from "../../src/base/errors.ts";
import { type Machine, createMachine } from "../../src/machine/machine.ts";

const AT = -0x3f00_0000;
const USER = 0x40_0000;
const PAGE = 4096;
const made: { machine: Machine | undefined } = { machine: undefined };
const the = (): Machine => made.machine as Machine;

beforeEach(() => {
  made.machine = createMachine({ ramSize: 16 << 20 });
});
afterEach(() => the().close());

const place = (address: number, count: number, rights = { write: true, execute: false }): number => {
  const frame = the().frames.allocate(count);
  if (frame === undefined) throw new Error("no frames");
  the().map(address, frame, count, rights);
  return frame;
};
const faultOf = (act: () => unknown): object | undefined => {
  try {
    act();
  } catch (error) {
    if (!(error instanceof GuestFault)) throw error;
    const { address, write, present } = error;
    return { address, write, present };
  }
  return undefined;
};

describe("guest memory", () => {
  it("reads and writes every width across a page's end", () => {
    const { memory } = the();
    place(AT, 2);
    const at = AT + PAGE - 1;
    memory.setU16(at, 0xbeef);
    expect(memory.u16(at)).toBe(0xbeef);
    memory.setU32(at, 0xdeadbeef);
    expect([memory.u32(at), memory.i32(at)]).toEqual([0xdeadbeef, 0xdeadbeef | 0]);
    memory.setU64(at, 0x8123456789abcdefn);
    expect([memory.u64(at), memory.i64(at)]).toEqual([
      0x8123456789abcdefn,
      0x8123456789abcdefn - (1n << 64n),
    ]);
    memory.setPointer(at - 3, AT);
    expect(memory.pointer(at - 3)).toBe(AT);
    memory.setCstring(at - 2, "across");
    expect([memory.cstring(at - 2), memory.cstring(at - 2, 4)]).toEqual(["across", "acro"]);
  });

  it("faults where nothing is mapped, at the very byte", () => {
    const { memory } = the();
    place(AT, 1);
    expect(faultOf(() => memory.u8(0))).toEqual({ address: 0, write: false, present: false });
    expect(faultOf(() => memory.setU32(AT + PAGE - 2, 1))).toEqual({
      address: AT + PAGE,
      write: true,
      present: false,
    });
    expect(memory.accessible(AT, PAGE, "write")).toBe(true);
    expect(memory.accessible(AT, PAGE + 1, "read")).toBe(false);
    expect(faultOf(() => memory.u8(2 ** 60))).toMatchObject({ present: false });
  });

  it("keeps to the protection and to its half", () => {
    const { memory, userMemory } = the();
    place(AT, 1);
    the().protect(AT, 1, { write: false, execute: false });
    expect(faultOf(() => memory.setU8(AT, 1))).toEqual({ address: AT, write: true, present: true });
    the().poke(AT, Uint8Array.of(7));
    expect(memory.u8(AT)).toBe(7);
    the().map(USER, the().frames.allocate(1) ?? 0, 1, { write: true, execute: false, user: true });
    expect(faultOf(() => memory.u8(USER))).toMatchObject({ present: true });
    expect(userMemory.u8(USER)).toBe(0);
    expect(faultOf(() => userMemory.u8(AT))).toMatchObject({ present: true });
  });

  it("forgets what was unmapped", () => {
    const { memory } = the();
    const frame = place(AT, 1);
    expect(the().translate(AT + 5)).toBe(frame * PAGE + 5);
    expect(the().walk(AT)).toHaveLength(4);
    the().unmap(AT, 1);
    expect(the().translate(AT)).toBe(undefined);
    expect(faultOf(() => memory.u8(AT))).toMatchObject({ present: false });
  });
});

describe("frames", () => {
  it("come zeroed and consecutive, until there are none", () => {
    const { frames, ram } = the();
    const before = frames.free();
    const first = frames.allocate(3, 4) ?? 0;
    expect(first % 4).toBe(0);
    ram.fill(0xff, first * PAGE, (first + 3) * PAGE);
    frames.release(first, 3);
    const again = frames.allocate(3, 4) ?? 0;
    expect(ram.subarray(again * PAGE, (again + 3) * PAGE).every((byte) => byte === 0)).toBe(true);
    expect(frames.free()).toBe(before - 3);
    expect(frames.allocate(frames.total)).toBe(undefined);
    while (frames.allocate(1) !== undefined);
    expect(frames.free()).toBe(0);
  });
});

describe("the CPU", () => {
  const run = (code: readonly number[]): number => {
    const { memory, engine } = the();
    place(AT, 1);
    memory.write(AT, Uint8Array.from(code));
    the().protect(AT, 1, { write: false, execute: true });
    engine.registers[REG.RIP] = BigInt.asUintN(64, BigInt(AT));
    engine.registers[REG.RFLAGS] = 2n;
    return engine.resume(RESUME.ALL);
  };

  it("runs what is executable", () => {
    expect(run([0xb8, 42, 0, 0, 0, 0xf4])).toBe(STOP.HLT);
    expect(the().engine.registers[REG.RAX]).toBe(42n);
  });
  it("faults on writes to text: a page fault with its address", () => {
    const low = 0x11;
    expect(run([0x88, 0x05, low, 0, 0, 0])).toBe(STOP.EXCEPTION);
    const { vector, errorCode, cr2 } = the().engine.stop;
    expect([vector, errorCode & 3, Number(BigInt.asIntN(64, cr2))]).toEqual([14, 3, AT + 6 + low]);
  });

  it("goes back to a snapshot: memory, mappings, registers", () => {
    const { memory } = the();
    place(AT + PAGE, 1);
    memory.setU32(AT + PAGE, 1);
    the().snapshot();
    memory.setU32(AT + PAGE, 2);
    place(AT + 2 * PAGE, 1);
    the().restore();
    expect(memory.u32(AT + PAGE)).toBe(1);
    expect(the().translate(AT + 2 * PAGE)).toBe(undefined);
  });
});
