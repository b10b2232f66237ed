import type { PtRegs } from "./registers.ts";

/** The memory operand of an instruction, as insn_get_addr_ref() of arch/x86/lib/insn-eval.c works it out. */
export interface Operand {
  /** 64-bit pattern. */
  readonly address: bigint;
  /** Operand size: 2, 4 or 8. */
  readonly size: number;
  /** The other operand's register, where ModRM names one. */
  readonly register: number | undefined;
}

interface Prefixes {
  readonly length: number;
  readonly rex: number;
  readonly operand16: boolean;
  readonly address32: boolean;
  readonly segment: "fs" | "gs" | undefined;
}

const MASK = 0xffff_ffff_ffff_ffffn;

const readPrefixes = (code: Uint8Array): Prefixes => {
  let [length, operand16, address32] = [0, false, false];
  let segment: Prefixes["segment"];
  for (; length < code.length; length += 1) {
    const byte = code[length] ?? 0;
    if (byte === 0x66) operand16 = true;
    else if (byte === 0x67) address32 = true;
    else if (byte === 0x64) segment = "fs";
    else if (byte === 0x65) segment = "gs";
    else if (![0x26, 0x2e, 0x36, 0x3e, 0xf0, 0xf2, 0xf3].includes(byte)) break;
  }
  const next = code[length] ?? 0;
  const rex = (next & 0xf0) === 0x40 ? next : 0;
  return { length: length + (rex === 0 ? 0 : 1), rex, operand16, address32, segment };
};

/** One-byte opcodes with a ModRM byte: a bit each, 16 opcodes a number. */
const MODRM_1 = [0x0f0f, 0x0f0f, 0x0f0f, 0x0f0f, 0, 0, 0x0a08, 0, 0xffff, 0, 0, 0, 0x00c3, 0xff0f, 0, 0xc0c0];
/** The same behind 0f. */
const MODRM_2 = [
  0x200f, 0xffff, 0xff0f, 0, 0xffff, 0xffff, 0xffff, 0xff7f, 0, 0xffff, 0xf838, 0xffff, 0x00ff, 0xffff,
  0xffff, 0xffff,
];
const bitOf = (table: readonly number[], opcode: number): boolean =>
  ((table[opcode >> 4] ?? 0) & (1 << (opcode & 15))) !== 0;

interface Opcode {
  /** Index of the ModRM byte, or undefined where there is none. */
  readonly modrm: number | undefined;
  readonly rex: number;
  readonly known: boolean;
}

const readOpcode = (code: Uint8Array, at: number, rex: number): Opcode => {
  const first = code[at] ?? 0;
  if (first === 0xc5) {
    return { modrm: at + 3, rex: ((code[at + 1] ?? 0) & 0x80) === 0 ? 4 : 0, known: true };
  }
  if (first === 0xc4) {
    const [one, two] = [code[at + 1] ?? 0, code[at + 2] ?? 0];
    return { modrm: at + 4, rex: ((~one >> 5) & 7) | ((two & 0x80) >> 4), known: true };
  }
  if (first === 0x62) return { modrm: undefined, rex, known: false };
  if (first !== 0x0f) return { modrm: bitOf(MODRM_1, first) ? at + 1 : undefined, rex, known: true };
  const second = code[at + 1] ?? 0;
  if (second === 0x38 || second === 0x3a) return { modrm: at + 3, rex, known: true };
  return { modrm: bitOf(MODRM_2, second) ? at + 2 : undefined, rex, known: true };
};

const signed = (code: Uint8Array, at: number, size: number): bigint => {
  let value = 0n;
  for (let index = 0; index < size; index += 1) value |= BigInt(code[at + index] ?? 0) << BigInt(index * 8);
  return BigInt.asIntN(size * 8, value);
};

/** Registers in the order of their encoding. */
const encoded = (regs: PtRegs, number: number): bigint =>
  [
    regs.ax,
    regs.cx,
    regs.dx,
    regs.bx,
    regs.sp,
    regs.bp,
    regs.si,
    regs.di,
    regs.r8,
    regs.r9,
    regs.r10,
    regs.r11,
    regs.r12,
    regs.r13,
    regs.r14,
    regs.r15,
  ][number] ?? 0n;

const effective = (code: Uint8Array, at: number, rex: number, regs: PtRegs): bigint | undefined => {
  const modrm = code[at] ?? 0;
  const mod = modrm >> 6;
  const rm = modrm & 7;
  const b = (rex & 1) << 3;
  if (mod === 3) return encoded(regs, rm | b);
  const shift = (base: bigint, from: number): bigint =>
    mod === 1 ? base + signed(code, from, 1) : mod === 2 ? base + signed(code, from, 4) : base;
  if (rm !== 4) {
    // Relative to the next instruction, whose address needs a whole decoder.
    if (mod === 0 && rm === 5) return undefined;
    return shift(encoded(regs, rm | b), at + 1);
  }
  const sib = code[at + 1] ?? 0;
  const index = ((sib >> 3) & 7) | ((rex & 2) << 2);
  const scaled = index === 4 ? 0n : encoded(regs, index) << BigInt(sib >> 6);
  if (mod === 0 && (sib & 7) === 5) return scaled + signed(code, at + 2, 4);
  return shift(encoded(regs, (sib & 7) | b) + scaled, at + 2);
};

/**
 * What `code` refers to; undefined where the kernel gives up. Without a ModRM byte the kernel takes
 * the accumulator for the address, and so does this.
 */
export const memoryOperand = (
  code: Uint8Array,
  regs: PtRegs,
  bases: { readonly fsBase: bigint; readonly gsBase: bigint },
): Operand | undefined => {
  const prefixes = readPrefixes(code);
  const opcode = readOpcode(code, prefixes.length, prefixes.rex);
  if (!opcode.known) return undefined;
  const address =
    opcode.modrm === undefined
      ? encoded(regs, (opcode.rex & 1) << 3)
      : effective(code, opcode.modrm, opcode.rex, regs);
  if (address === undefined) return undefined;
  const short = prefixes.address32 ? address & 0xffff_ffffn : address;
  const base = prefixes.segment === "gs" ? bases.gsBase : prefixes.segment === "fs" ? bases.fsBase : 0n;
  const size = (opcode.rex & 8) !== 0 ? 8 : prefixes.operand16 ? 2 : 4;
  const register =
    opcode.modrm === undefined ? undefined : (((code[opcode.modrm] ?? 0) >> 3) & 7) | ((opcode.rex & 4) << 1);
  return { address: (short + base) & MASK, size, register };
};
