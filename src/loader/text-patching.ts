import type { Address } from "../base/address.ts";
import { imageBytes } from "./image.ts";
import type { ModuleImage } from "./image.ts";

/** CPU capability numbers, word * 32 + bit (arch/x86/include/asm/cpufeatures.h of 6.1). */
export const X86_FEATURE_RETPOLINE = 11 * 32 + 12;
export const X86_FEATURE_RETPOLINE_LFENCE = 11 * 32 + 13;
export const X86_FEATURE_RETHUNK = 11 * 32 + 14;

/** What the kernel found out at boot and patches code by. */
export interface TextPatching {
  /** boot_cpu_has(), with the kernel's own artificial bits (RETPOLINE, ALWAYS, XENPV...). */
  cpuHas(feature: number): boolean;
  /** One possible CPU: lock prefixes are patched out. */
  readonly uniprocessor: boolean;
  /** __x86_return_thunk, which compiled code jumps to. */
  readonly compiledReturnThunk: Address;
  /** x86_return_thunk, what the kernel jumps to instead where X86_FEATURE_RETHUNK is set. */
  readonly returnThunk: Address;
  /** __x86_indirect_thunk_array: 16 thunks of 32 bytes. */
  readonly indirectThunks: Address;
  /** pv_ops, read when a site is patched; without it paravirtual calls stay indirect. */
  readonly paravirt: ParavirtOperations | undefined;
}

export interface ParavirtOperations {
  /** The function pointer at `pv_ops + 8 * type`; 0 when there is none. */
  operation(type: number): Address;
  /** _paravirt_nop, which is patched to nothing. */
  readonly nop: Address;
  /** paravirt_BUG, called where there is no operation. */
  readonly bug: Address;
}

export const CALL_OPCODE = 0xe8;
export const JMP32_OPCODE = 0xe9;
export const JMP8_OPCODE = 0xeb;
export const RET_OPCODE = 0xc3;
export const INT3_OPCODE = 0xcc;
export const NOP_OPCODE = 0x90;

/** Nops of 1 to 8 bytes (arch/x86/include/asm/nops.h). */
const NOPS: readonly (readonly number[])[] = [
  [],
  [0x90],
  [0x66, 0x90],
  [0x0f, 0x1f, 0x00],
  [0x0f, 0x1f, 0x40, 0x00],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
  [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];

/** add_nops(): fills `code` with the longest nops first. */
export const fillNops = (code: Uint8Array): void => {
  for (let at = 0; at < code.length;) {
    const nop = NOPS[Math.min(code.length - at, 8)]!;
    code.set(nop, at);
    at += nop.length;
  }
};

export const nopOf = (length: 2 | 5): Uint8Array => Uint8Array.from(NOPS[length]!);

/** text_gen_insn(): `opcode` with a 32-bit displacement from `address` to `target`; 5 bytes. */
export const branch32 = (opcode: number, address: Address, target: Address): Uint8Array => {
  const code = new Uint8Array(5);
  code[0] = opcode;
  new DataView(code.buffer).setInt32(1, (target - (address + 5)) | 0, true);
  return code;
};

export const equalBytes = (a: Uint8Array, b: ArrayLike<number>): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
};

/** Bytes from `address` on, at most `limit`, fewer at the end of the module's area; a view. */
export const codeFrom = (image: ModuleImage, address: Address, limit: number): Uint8Array | undefined => {
  for (let length = limit; length > 0; length -= 1) {
    const code = imageBytes(image, address, length);
    if (code !== undefined) return code;
  }
  return undefined;
};

/** A signed 32-bit displacement at `offset` of a table at `address`: where it points. */
export const relativeTarget = (table: DataView, address: Address, offset: number): Address =>
  address + offset + table.getInt32(offset, true);
