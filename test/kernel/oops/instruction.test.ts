import { describe, expect, it } from "vitest";
import { generalProtectionText } from "../../../src/kernel/oops/general-protection.ts";
import { memoryOperand } from "../../../src/kernel/oops/instruction.ts";
import type { ControlRegisters, PtRegs } from "../../../src/kernel/oops/registers.ts";
import { fakeMemory } from "./fake-host.ts";

const regs: PtRegs = {
  ax: 0x1000n,
  bx: 0x2000n,
  cx: 0x10n,
  dx: 0x4000n,
  si: 0x5000n,
  di: 0x6000n,
  bp: 0x7000n,
  sp: 0x8000n,
  r8: 0x9000n,
  r9: 0xa000n,
  r10: 0xb000n,
  r11: 0xc000n,
  r12: 0xd000n,
  r13: 0xe000n,
  r14: 0xf000n,
  r15: 0xff00n,
  ip: 0x3000n,
  flags: 0x246n,
  origAx: undefined,
  cs: 0x10,
  ss: 0x18,
};
const bases = { fsBase: 0x100000n, gsBase: 0x200000n };
const operand = (hex: string): ReturnType<typeof memoryOperand> =>
  memoryOperand(Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex")), regs, bases);

describe("memory operands", () => {
  it.each([
    ["mov (%rbx),%eax", "8b 03", 0x2000n, 4],
    ["mov %rax,8(%rdi)", "48 89 47 08", 0x6008n, 8],
    ["mov -8(%rbp),%r9", "4c 8b 4d f8", 0x6ff8n, 8],
    ["movw %ax,(%r8)", "66 41 89 00", 0x9000n, 2],
    ["mov (%rax,%rcx,4),%edx", "8b 14 88", 0x1040n, 4],
    ["mov 0x12345678(%r13),%eax", "41 8b 85 78 56 34 12", 0x12353678n, 4],
    ["mov (%r12),%rax", "49 8b 04 24", 0xd000n, 8],
    ["mov 0x10,%eax (absolute)", "8b 04 25 10 00 00 00", 0x10n, 4],
    ["mov 0x28(,%r14,8),%eax", "42 8b 04 f5 28 00 00 00", 0x78028n, 4],
    ["mov %gs:(%rbx),%rax", "65 48 8b 03", 0x202000n, 8],
    ["mov %fs:4(%rbx),%eax", "64 8b 43 04", 0x102004n, 4],
    ["movzbl (%rsi),%eax", "0f b6 06", 0x5000n, 4],
    ["lock cmpxchg %rdx,(%rdi)", "f0 48 0f b1 17", 0x6000n, 8],
    ["mov (%ebx),%eax", "67 8b 03", 0x2000n, 4],
    ["movaps (%rdx),%xmm0", "0f 28 02", 0x4000n, 4],
    ["popcnt (%rsi),%rax", "f3 48 0f b8 06", 0x5000n, 8],
    ["crc32b (%rdi),%eax", "f2 0f 38 f0 07", 0x6000n, 4],
    ["vmovups (%r9),%ymm0", "c4 c1 7c 10 01", 0xa000n, 4],
    ["vmovups (%rsi),%ymm0", "c5 fc 10 06", 0x5000n, 4],
    ["call *(%rax): a register operand is its value", "ff d0", 0x1000n, 4],
    ["wrmsr: no ModRM, the kernel takes RAX", "0f 30", 0x1000n, 4],
    ["rep stos: the same", "f3 48 ab", 0x1000n, 8],
  ])("%s", (_name, hex, address, size) => {
    expect(operand(hex)).toMatchObject({ address, size });
  });

  it.each([
    ["relative to the instruction pointer", "48 8b 05 10 00 00 00"],
    ["EVEX", "62 f1 7c 48 10 06"],
  ])("%s is left alone", (_name, hex) => expect(operand(hex)).toBeUndefined());

  it("takes any bytes", () => {
    let seed = 12345;
    const next = (): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16;
    for (let round = 0; round < 5000; round += 1) {
      const code = Uint8Array.from({ length: next() % 16 }, () => next() & 0xff);
      const found = memoryOperand(code, regs, bases);
      if (found !== undefined) expect(found.address >= 0n && found.address < 1n << 64n).toBe(true);
    }
  });
});

describe("general protection texts", () => {
  const control = { ...bases } as unknown as ControlRegisters;
  const text = (hex: string, changed: Partial<PtRegs> = {}, errorCode = 0): string => {
    const memory = fakeMemory();
    memory.write(0x3000, new Uint8Array(15));
    memory.write(0x3000, Buffer.from(hex.replaceAll(" ", ""), "hex"));
    return generalProtectionText(memory, { ...regs, ...changed }, errorCode, control);
  };
  it("guesses the address", () => {
    expect(text("c7 00 01 00 00 00", { ax: 0xdead_0000_0000_0100n })).toBe(
      "general protection fault, probably for non-canonical address 0xdead000000000100",
    );
    // The last byte counts too.
    expect(text("48 8b 00", { ax: 0x7fff_ffff_fffcn })).toMatch(/probably for non-canonical address/);
    expect(text("0f 30", { ax: 0x1234n })).toBe("general protection fault, maybe for address 0x1234");
  });
  it("has less to say without instruction, or with a selector", () => {
    expect(generalProtectionText(fakeMemory(), regs, 0, control)).toBe("general protection fault");
    expect(text("90", {}, 0x18)).toBe("segment-related general protection fault");
  });
});
