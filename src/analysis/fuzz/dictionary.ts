import type { Kernel } from "../../kernel/kernel.ts";
import type { Module } from "../../kernel/modules/module.ts";
import { instructionAt } from "../../loader/instruction-length.ts";
import { numberBytes } from "./bytes.ts";

/** Values that a module's own code and data mention: what its inputs are compared with. */
export interface Dictionary {
  /** Byte strings for inside of inputs. */
  readonly words: readonly Uint8Array[];
  /** Numbers that may be ioctl requests. */
  readonly requests: readonly number[];
}

const MOST_WORDS = 512;
const MOST_REQUESTS = 64;

const little = (code: Uint8Array, end: number, size: number): number => {
  let value = 0;
  for (let at = end - 1; at >= end - size; at -= 1) value = value * 256 + (code[at] ?? 0);
  return value;
};

/** cmp and sub of a register or memory (not of the stack pointer): 7 and 5 in the ModRM byte's middle. */
const compares = (modrm: number): boolean => {
  const operation = (modrm >> 3) & 7;
  const stackPointer = modrm >> 6 === 3 && (modrm & 7) === 4;
  return operation === 7 || (operation === 5 && !stackPointer);
};

/** Bytes of the number that an instruction compares with; 0 where it does not. */
const comparedSize = (opcode: number, modrm: number, word: number): number => {
  if (opcode === 0x3c) return 1;
  if (opcode === 0x3d || opcode === 0x2d) return word;
  if (opcode === 0x81) return compares(modrm) ? word : 0;
  return (opcode === 0x80 || opcode === 0x83) && compares(modrm) ? 1 : 0;
};

function* immediates(code: Uint8Array): Generator<{ value: number; size: number }> {
  for (let at = 0; at < code.length;) {
    const shape = instructionAt(code, at);
    if (shape === undefined) {
      at += 1;
      continue;
    }
    const word = code.subarray(at, shape.opcodeAt).includes(0x66) ? 2 : 4;
    const end = at + shape.length;
    const size = comparedSize(code[shape.opcodeAt] ?? 0, code[shape.opcodeAt + 1] ?? 0, word);
    if (size > 0) yield { value: little(code, end, size), size };
    at = end;
  }
}

const TEXT = /[\x20-\x7e]{2,32}/g;

/** Printable texts of the read-only data, without formats for printk. */
const texts = (data: Uint8Array): Uint8Array[] =>
  (Buffer.from(data).toString("latin1").match(TEXT) ?? [])
    .filter((text) => !text.includes("%"))
    .map((text) => new Uint8Array(Buffer.from(text, "latin1")));

/** _IOC: direction, size up to 16 KB, a type, a number. Old drivers use plain numbers. */
const mayBeRequest = (value: number): boolean => {
  const type = (value >>> 8) & 0xff;
  return value > 0xff && type >= 0x20 && type < 0xf8;
};

export const ioctlSize = (request: number): number => (request >>> 16) & 0x3fff;

const sectionBytes = (k: Kernel, module: Module, matches: RegExp): Uint8Array[] =>
  module.sectionList
    .filter(({ name }) => matches.test(name))
    .map(({ address, size }) => k.memory.bytes(address, size));

/** Reads a loaded module; init sections must still be there. */
export const readDictionary = (k: Kernel, module: Module): Dictionary => {
  const words = new Map<string, Uint8Array>();
  const requests = new Set<number>();
  const add = (word: Uint8Array): void => {
    if (words.size < MOST_WORDS) words.set(Buffer.from(word).toString("hex"), word);
  };
  for (const code of sectionBytes(k, module, /^\.(text|init\.text|exit\.text)/)) {
    for (const { value, size } of immediates(code)) {
      add(numberBytes(value, size));
      if (size === 4 && mayBeRequest(value) && requests.size < MOST_REQUESTS) requests.add(value);
    }
  }
  for (const data of sectionBytes(k, module, /^\.rodata/)) for (const text of texts(data)) add(text);
  return { words: [...words.values()], requests: [...requests] };
};
