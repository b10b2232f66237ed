import type { Address } from "../base/address.ts";
import { viewOf } from "./elf.ts";
import { imageBytes } from "./image.ts";
import type { ModuleImage } from "./image.ts";
import { instructionAt } from "./instruction-length.ts";
import type { LoadedTable } from "./loaded-table.ts";
import {
  branch32,
  CALL_OPCODE,
  codeFrom,
  equalBytes,
  fillNops,
  INT3_OPCODE,
  JMP32_OPCODE,
  NOP_OPCODE,
  relativeTarget,
  RET_OPCODE,
  X86_FEATURE_RETHUNK,
  X86_FEATURE_RETPOLINE,
  X86_FEATURE_RETPOLINE_LFENCE,
} from "./text-patching.ts";
import type { TextPatching } from "./text-patching.ts";

const MAX_INSTRUCTION = 15;
const THUNK_SIZE = 32;
const RSP = 4;
const LFENCE = [0x0f, 0xae, 0xe8];
/** ud1 %esp, %ecx: stands five bytes into a static call trampoline and nowhere else. */
const TRAMPOLINE_MARK = [0x0f, 0xb9, 0xcc];

interface Site {
  readonly address: Address;
  /** The instruction; a view. */
  readonly code: Uint8Array;
  /** Opcode as the patching code looks at it: 0x80..0x8f for a long conditional jump. */
  readonly opcode: number;
  readonly conditional: boolean;
  readonly target: Address;
}

/** The branch at `address`, when there is one the kernel would touch. */
const siteAt = (image: ModuleImage, address: Address): Site | undefined => {
  const code = codeFrom(image, address, MAX_INSTRUCTION);
  const shape = code === undefined ? undefined : instructionAt(code, 0);
  if (code === undefined || shape === undefined || shape.length < 1) return undefined;
  const instruction = code.subarray(0, shape.length);
  const first = instruction[shape.opcodeAt] ?? 0;
  const second = instruction[shape.opcodeAt + 1] ?? 0;
  const conditional = first === 0x0f && (second & 0xf0) === 0x80;
  const displacement = shape.length < 5 ? 0 : viewOf(instruction).getInt32(shape.length - 4, true);
  return {
    address,
    code: instruction,
    opcode: conditional ? second : first,
    conditional,
    target: address + shape.length + displacement,
  };
};

/** Addresses a section of s32 displacements points to. */
function* sitesOf(table: LoadedTable): Generator<Address> {
  for (let at = 0; at + 4 <= table.view.byteLength; at += 4) {
    yield relativeTarget(table.view, table.address, at);
  }
}

/** patch_retpoline(): an indirect branch in place of the thunk call; undefined to leave it. */
const directBranch = (site: Site, patching: TextPatching): Uint8Array | undefined => {
  const register = Math.floor((site.target - patching.indirectThunks) / THUNK_SIZE);
  if (register < 0 || register > 15 || register === RSP) return undefined;
  const fence = patching.cpuHas(X86_FEATURE_RETPOLINE_LFENCE);
  if (patching.cpuHas(X86_FEATURE_RETPOLINE) && !fence) return undefined;
  const length = site.code.length;
  // A conditional jump becomes the opposite short jump over an indirect one.
  const bytes: number[] = site.conditional ? [0x70 + ((site.opcode & 0xf) ^ 1), length - 2] : [];
  const jumps = site.conditional || site.opcode === JMP32_OPCODE;
  if (fence) bytes.push(...LFENCE);
  if (register >= 8) bytes.push(0x41);
  bytes.push(0xff, (jumps ? 0xe0 : 0xd0) + (register & 7));
  if (jumps && bytes.length < length) bytes.push(INT3_OPCODE);
  if (bytes.length > length) return undefined;
  const code = new Uint8Array(length).fill(NOP_OPCODE);
  code.set(bytes);
  if (length - bytes.length > 1) fillNops(code.subarray(bytes.length));
  return code;
};

/** apply_retpolines() of arch/x86/kernel/alternative.c, for CPUs without the ITS defect. */
export const applyRetpolines = (image: ModuleImage, table: LoadedTable, patching: TextPatching): void => {
  for (const address of sitesOf(table)) {
    const site = siteAt(image, address);
    if (site === undefined) continue;
    if (!site.conditional && site.opcode !== CALL_OPCODE && site.opcode !== JMP32_OPCODE) continue;
    const code = directBranch(site, patching);
    if (code !== undefined) site.code.set(code);
  }
};

/** A `ret`, or the jump to the thunk this CPU needs; then int3 up to 5 bytes. */
export const returnCode = (address: Address, patching: TextPatching): Uint8Array =>
  patching.cpuHas(X86_FEATURE_RETHUNK)
    ? branch32(JMP32_OPCODE, address, patching.returnThunk)
    : Uint8Array.of(RET_OPCODE, INT3_OPCODE, INT3_OPCODE, INT3_OPCODE, INT3_OPCODE);

/** apply_returns() of arch/x86/kernel/alternative.c. */
export const applyReturns = (image: ModuleImage, table: LoadedTable, patching: TextPatching): void => {
  for (const address of sitesOf(table)) {
    const site = siteAt(image, address);
    if (site === undefined) continue;
    const code = returnCode(address, patching);
    const mark = imageBytes(image, address + 5, 3);
    if (mark !== undefined && equalBytes(mark, TRAMPOLINE_MARK)) {
      const toThunk = site.opcode === JMP32_OPCODE && site.target === patching.compiledReturnThunk;
      if (toThunk || site.opcode === RET_OPCODE) imageBytes(image, address, 5)?.set(code);
      continue;
    }
    if (site.opcode !== JMP32_OPCODE || site.target !== patching.compiledReturnThunk) continue;
    const padded = new Uint8Array(site.code.length).fill(INT3_OPCODE);
    padded.set(code.subarray(0, site.code.length));
    site.code.set(padded);
  }
};
