import type { Kernel } from "../../kernel/kernel.ts";
import type { Module } from "../../kernel/modules/module.ts";
import { instructionAt } from "../../loader/instruction-length.ts";

/** An executable section of a loaded module, copied while it was all there. */
export interface CodeSection {
  readonly name: string;
  readonly address: number;
  readonly bytes: Uint8Array;
}

const CODE = /^\.(text|init\.text|exit\.text|noinstr\.text|static_call\.text|ref\.text|fixup)/;

/** Code of a module whose init sections have not been freed. */
export const readCode = (k: Kernel, module: Module): readonly CodeSection[] =>
  module.sectionList
    .filter(({ name }) => CODE.test(name))
    .map(({ name, address, size }) => ({ name, address, bytes: k.memory.bytes(address, size) }));

/** ret, jmp, call, loop, jcc, hlt, ud2, int3: what ends a block. */
const endsBlock = (code: Uint8Array, at: number): boolean => {
  const [opcode = 0, second = 0] = [code[at], code[at + 1]];
  if (opcode === 0x0f) return (second & 0xf0) === 0x80 || second === 0x0b || second === 0x05;
  if (opcode === 0xff) return [2, 3, 4, 5].includes((second >> 3) & 7);
  if ((opcode & 0xf0) === 0x70 || (opcode >= 0xe0 && opcode <= 0xe3)) return true;
  return [0xc2, 0xc3, 0xca, 0xcb, 0xcc, 0xcd, 0xe8, 0xe9, 0xeb, 0xf4].includes(opcode);
};

const LONGEST = 4096;

/** Bytes of the basic block that begins there. */
export const blockSize = (code: Uint8Array, start: number): number => {
  let at = start;
  while (at < code.length && at - start < LONGEST) {
    const shape = instructionAt(code, at);
    if (shape === undefined) return Math.max(at - start, 1);
    const ends = endsBlock(code, shape.opcodeAt);
    at += shape.length;
    if (ends) break;
  }
  return Math.max(at - start, 1);
};
