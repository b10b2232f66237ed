import type { Address } from "../base/address.ts";
import { viewOf } from "./elf.ts";
import { malformed } from "./failure.ts";
import { imageBytes } from "./image.ts";
import type { ModuleImage } from "./image.ts";
import { instructionAt } from "./instruction-length.ts";
import type { LoadedTable } from "./loaded-table.ts";
import {
  CALL_OPCODE,
  codeFrom,
  fillNops,
  JMP32_OPCODE,
  JMP8_OPCODE,
  NOP_OPCODE,
  relativeTarget,
} from "./text-patching.ts";
import type { TextPatching } from "./text-patching.ts";

/** struct alt_instr: s32 instruction, s32 replacement, u16 feature, u8 and u8 lengths. */
const ENTRY_SIZE = 12;
const FLAG_INVERTED = 0x8000;
/** (NCAPINTS + NBUGINTS) * 32 of 6.1. */
const FEATURE_LIMIT = 24 * 32;
const MAX_PATCH_LENGTH = 254;
const MAX_INSTRUCTION = 15;

/** optimize_nops(): runs of one-byte nops among the first `length` bytes become long ones. */
const optimizeNops = (image: ModuleImage, address: Address, length: number): void => {
  // The kernel decodes past the end; so do we, as far as there is code.
  const code = codeFrom(image, address, length + MAX_INSTRUCTION);
  if (code === undefined) return;
  for (let at = 0; at < length;) {
    const shape = instructionAt(code, at);
    if (shape === undefined) return;
    if (shape.length > 1 || code[at] !== NOP_OPCODE) {
      at += shape.length;
      continue;
    }
    const start = at;
    while (at < length && code[at] === NOP_OPCODE) at += 1;
    if (at - start > 1) fillNops(code.subarray(start, at));
  }
};

/** recompute_jump(): a jump copied from `from` to `to`, in its shortest form, padded to 5 bytes. */
const moveJump = (code: Uint8Array, from: Address, to: Address): void => {
  const view = viewOf(code);
  const displacement = (from + 5 + view.getInt32(1, true) - to) | 0;
  if (displacement >= 0 && displacement - 2 <= 127) {
    code[0] = JMP8_OPCODE;
    view.setInt8(1, displacement - 2);
    fillNops(code.subarray(2, 5));
    return;
  }
  code[0] = JMP32_OPCODE;
  view.setInt32(1, displacement - 5, true);
};

const applyOne = (
  image: ModuleImage,
  instruction: Address,
  replacement: Address,
  lengths: { instruction: number; replacement: number },
): void => {
  const source = imageBytes(image, replacement, lengths.replacement);
  const size = Math.max(lengths.instruction, lengths.replacement);
  const target = imageBytes(image, instruction, size);
  if (source === undefined || target === undefined) {
    throw malformed("an alternative instruction lies outside the module");
  }
  const code = new Uint8Array(size).fill(NOP_OPCODE);
  code.set(source);
  if (source.length === 5 && code[0] === CALL_OPCODE) {
    const view = viewOf(code);
    view.setInt32(1, (view.getInt32(1, true) + (replacement - instruction)) | 0, true);
  }
  if (source.length === 5 && (code[0] === JMP32_OPCODE || code[0] === JMP8_OPCODE)) {
    moveJump(code, replacement, instruction);
  }
  target.set(code);
};

/** apply_alternatives() of arch/x86/kernel/alternative.c. Throws LoadFailure where the kernel BUGs. */
export const applyAlternatives = (
  image: ModuleImage,
  table: LoadedTable,
  patching: Pick<TextPatching, "cpuHas">,
): void => {
  const { view, address } = table;
  for (let at = 0; at + ENTRY_SIZE <= view.byteLength; at += ENTRY_SIZE) {
    const feature = view.getUint16(at + 8, true) & ~FLAG_INVERTED;
    const inverted = (view.getUint16(at + 8, true) & FLAG_INVERTED) !== 0;
    const lengths = { instruction: view.getUint8(at + 10), replacement: view.getUint8(at + 11) };
    if (lengths.instruction > MAX_PATCH_LENGTH || feature >= FEATURE_LIMIT) {
      throw malformed("an alternative instruction the kernel would stop at");
    }
    const instruction = relativeTarget(view, address, at);
    if (patching.cpuHas(feature) !== inverted) {
      applyOne(image, instruction, relativeTarget(view, address, at + 4), lengths);
    }
    optimizeNops(image, instruction, lengths.instruction);
  }
};
