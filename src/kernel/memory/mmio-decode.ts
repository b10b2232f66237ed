/** Instructions that touch a device's registers: what they read, write and compute. */
import { instructionAt } from "../../loader/instruction-length.ts";
import type { AccessSize } from "../devices/model.ts";

/** The eight operations of opcodes 00-3f and 80-83, in their order; `test` is an `and` that keeps nothing. */
const ALU = ["add", "or", "adc", "sbb", "and", "sub", "xor", "cmp", "test"] as const;
export type AluOperation = (typeof ALU)[number];

/** One operand is memory, of `size` bytes. */
export type Access = {
  readonly size: AccessSize;
  readonly length: number;
} & (
  | {
      readonly kind: "load";
      readonly register: number;
      /** Bytes of the register that change. */
      readonly width: AccessSize;
      readonly signed: boolean;
      readonly highByte: boolean;
    }
  | { readonly kind: "store"; readonly value: Source }
  | { readonly kind: "exchange"; readonly register: number }
  | {
      readonly kind: "compute";
      readonly operation: AluOperation;
      readonly value: Source;
      /** The result goes to memory; to a register otherwise. */
      readonly to: "memory" | number;
    }
  | { readonly kind: "string"; readonly operation: "movs" | "stos" | "lods"; readonly repeat: boolean }
);

export type Source =
  | { readonly kind: "register"; readonly number: number; readonly highByte: boolean }
  | { readonly kind: "immediate"; readonly value: bigint };

interface Head {
  readonly code: Uint8Array;
  readonly at: number;
  readonly length: number;
  readonly rex: number;
  readonly operand16: boolean;
  readonly repeat: boolean;
}

const immediate = ({ code, length }: Head, size: number): bigint => {
  let value = 0n;
  for (let index = 0; index < size; index += 1)
    value |= BigInt(code[length - size + index] ?? 0) << BigInt(index * 8);
  return BigInt.asIntN(size * 8, value);
};
const widthOf = ({ rex, operand16 }: Head): AccessSize => ((rex & 8) !== 0 ? 8 : operand16 ? 2 : 4);
const sizeFor = (head: Head, opcode: number): AccessSize => ((opcode & 1) === 0 ? 1 : widthOf(head));

/** ModRM's register; without REX, 4 to 7 of byte registers are AH to BH. */
const registerOf = (head: Head, modrmAt: number, size: AccessSize): { number: number; highByte: boolean } => {
  const number = ((head.code[modrmAt] ?? 0) >> 3) & 7;
  if (size === 1 && head.rex === 0 && number >= 4) return { number: number - 4, highByte: true };
  return { number: number | ((head.rex & 4) << 1), highByte: false };
};
const registerSource = (head: Head, modrmAt: number, size: AccessSize): Source => ({
  kind: "register",
  ...registerOf(head, modrmAt, size),
});

const twoByte = (head: Head): Access | undefined => {
  const opcode = head.code[head.at + 1] ?? 0;
  const { length } = head;
  if (![0xb6, 0xb7, 0xbe, 0xbf].includes(opcode)) return undefined;
  const width = widthOf(head);
  return {
    kind: "load",
    length,
    size: (opcode & 1) === 0 ? 1 : 2,
    width,
    signed: opcode >= 0xbe,
    register: registerOf(head, head.at + 2, width).number,
    highByte: false,
  };
};

const group = (head: Head): number => ((head.code[head.at + 1] ?? 0) >> 3) & 7;

const computing = (head: Head, opcode: number): Access | undefined => {
  const { length, at } = head;
  const size = sizeFor(head, opcode);
  const both = { kind: "compute", length, size } as const;
  if (opcode < 0x40) {
    const operation = ALU[opcode >> 3] ?? "add";
    const value = registerSource(head, at + 1, size);
    if ((opcode & 4) !== 0) return undefined;
    if ((opcode & 2) === 0) return { ...both, operation, value, to: "memory" };
    return { ...both, operation, value, to: value.kind === "register" ? value.number : 0 };
  }
  if (opcode === 0x80 || opcode === 0x81 || opcode === 0x83) {
    const bytes = opcode === 0x81 ? Math.min(size, 4) : 1;
    const value: Source = { kind: "immediate", value: immediate(head, bytes) };
    return { ...both, operation: ALU[group(head)] ?? "add", value, to: "memory" };
  }
  if (opcode === 0x84 || opcode === 0x85)
    return { ...both, operation: "test", value: registerSource(head, at + 1, size), to: "memory" };
  if ((opcode === 0xf6 || opcode === 0xf7) && group(head) <= 1) {
    const value: Source = { kind: "immediate", value: immediate(head, Math.min(size, 4)) };
    return { ...both, operation: "test", value, to: "memory" };
  }
  return undefined;
};

const strings = (head: Head, opcode: number): Access | undefined => {
  const operation = ({ 0xa4: "movs", 0xaa: "stos", 0xac: "lods" } as const)[opcode & 0xfe];
  if (operation === undefined) return undefined;
  const { length, repeat } = head;
  return { kind: "string", operation, length, repeat, size: sizeFor(head, opcode) };
};

/** What the instruction at the start of `code` does with its memory operand; undefined for what is not known. */
export const decodeAccess = (code: Uint8Array): Access | undefined => {
  const shape = instructionAt(code, 0);
  if (shape === undefined) return undefined;
  const { opcodeAt: at, length } = shape;
  const prefixes = code.subarray(0, at);
  const last = prefixes.at(-1) ?? 0;
  const rex = (last & 0xf0) === 0x40 ? last : 0;
  const repeat = prefixes.includes(0xf3) || prefixes.includes(0xf2);
  const head: Head = { code, at, length, rex, operand16: prefixes.includes(0x66), repeat };
  const opcode = code[at] ?? 0;
  if (opcode === 0x0f) return twoByte(head);
  const size = sizeFor(head, opcode);
  if (opcode === 0x88 || opcode === 0x89)
    return { kind: "store", length, size, value: registerSource(head, at + 1, size) };
  if (opcode === 0xc6 || opcode === 0xc7) {
    const value: Source = { kind: "immediate", value: immediate(head, Math.min(size, 4)) };
    return { kind: "store", length, size, value };
  }
  if (opcode === 0x8a || opcode === 0x8b) {
    const { number, highByte } = registerOf(head, at + 1, size);
    return { kind: "load", length, size, width: size, signed: false, register: number, highByte };
  }
  if (opcode === 0x63) {
    const register = registerOf(head, at + 1, 8).number;
    return { kind: "load", length, size: 4, width: widthOf(head), signed: true, register, highByte: false };
  }
  if (opcode === 0x86 || opcode === 0x87)
    return { kind: "exchange", length, size, register: registerOf(head, at + 1, 8).number };
  return computing(head, opcode) ?? strings(head, opcode);
};
