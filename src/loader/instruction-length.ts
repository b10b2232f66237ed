/**
 * Lengths of x86-64 instructions, as the kernel's decoder finds them (arch/x86/lib/insn.c): what
 * walking over code for nops needs, and nothing of what the instructions do.
 *
 * One letter an opcode. No operand bytes: `.`; ModRM: `m`; immediate of 1, 2, 4 (2 after 0x66)
 * bytes: `b`, `w`, `z`; branch of 4: `j`; register-sized immediate: `v`; absolute address: `o`;
 * ENTER: `e`; ModRM with 1 or 4 immediate bytes: `M`, `Z`; ModRM with an immediate for TEST only:
 * `t`, `T`; prefix: `p`; escape: `x`; not in 64-bit mode: `-`.
 */
const ONE_BYTE =
  "mmmmbz--mmmmbz-xmmmmbz--mmmmbz--mmmmbzp-mmmmbzp-mmmmbzp-mmmmbzp-" +
  "pppppppppppppppp................--xmppppzZbM....bbbbbbbbbbbbbbbb" +
  "MZ-Mmmmmmmmmmmmm..........-.....oooo....bz......bbbbbbbbvvvvvvvv" +
  "MMw.xxMZe.w..b-.mmmm---.mmmmmmmmbbbbbbbbjj-b....p.pp..tT......mm";

const TWO_BYTE =
  "mmmm-.....-.-m.Mmmmmmmmmmmmmmmmmmmmm----mmmmmmmm........x-x-----" +
  "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmMMMMmmm.mmmmmmmm" +
  "jjjjjjjjjjjjjjjjmmmmmmmmmmmmmmmm...mMm--...mMmmmmmmmmmmmmmMmmmmm" +
  "mmMmMMMm........mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm";

const MAX_LENGTH = 15;

export interface InstructionShape {
  readonly length: number;
  /** Where the opcode begins, after the prefixes. */
  readonly opcodeAt: number;
  /** Where a displacement from the next instruction lies, in those that address memory so. */
  readonly relativeAt: number | undefined;
}

interface Prefixes {
  readonly at: number;
  readonly operand16: boolean;
  readonly address32: boolean;
  readonly wide: boolean;
}

const readPrefixes = (code: Uint8Array, start: number): Prefixes => {
  let at = start;
  let operand16 = false;
  let address32 = false;
  let wide = false;
  for (; at < code.length; at += 1) {
    const byte = code[at]!;
    if (ONE_BYTE[byte] !== "p") break;
    if (byte === 0x66) operand16 = true;
    if (byte === 0x67) address32 = true;
    // REX counts only right before the opcode.
    wide = (byte & 0xf8) === 0x48;
  }
  return { at, operand16, address32, wide };
};

/** Bytes of ModRM, SIB and displacement. */
const modrmLength = (code: Uint8Array, at: number): number => {
  const modrm = code[at] ?? 0;
  const mod = modrm >> 6;
  const rm = modrm & 7;
  if (mod === 3) return 1;
  const sib = rm === 4 ? 1 : 0;
  const base = sib === 1 ? (code[at + 1] ?? 0) & 7 : rm;
  if (mod === 1) return 2 + sib;
  return 1 + sib + (mod === 2 || base === 5 ? 4 : 0);
};

/** Bytes after the opcode, which ends at `at`; undefined for what is no instruction. */
const operandLength = (
  letter: string | undefined,
  code: Uint8Array,
  at: number,
  prefixes: Prefixes,
): number | undefined => {
  const word = prefixes.operand16 && !prefixes.wide ? 2 : 4;
  const isTest = ((code[at] ?? 0) & 0x30) === 0;
  switch (letter) {
    case ".":
      return 0;
    case "b":
      return 1;
    case "w":
      return 2;
    case "e":
      return 3;
    case "z":
      return word;
    case "j":
      return 4;
    case "v":
      return prefixes.wide ? 8 : word;
    case "o":
      return prefixes.address32 ? 4 : 8;
    case "m":
      return modrmLength(code, at);
    case "M":
      return modrmLength(code, at) + 1;
    case "Z":
      return modrmLength(code, at) + word;
    case "t":
      return modrmLength(code, at) + (isTest ? 1 : 0);
    case "T":
      return modrmLength(code, at) + (isTest ? word : 0);
    default:
      return undefined;
  }
};

/** Where the opcode byte is and which letter it has: maps 0F, 0F38, 0F3A, VEX and EVEX. */
const resolveOpcode = (code: Uint8Array, at: number): { end: number; letter: string | undefined } => {
  const first = code[at] ?? 0;
  const inMap = (map: number, opcodeAt: number) => {
    if (map === 1) return { end: opcodeAt + 1, letter: TWO_BYTE[code[opcodeAt] ?? 0] };
    return { end: opcodeAt + 1, letter: map === 2 ? "m" : map === 3 ? "M" : undefined };
  };
  if (first === 0x0f) {
    if (code[at + 1] === 0x38) return inMap(2, at + 2);
    if (code[at + 1] === 0x3a) return inMap(3, at + 2);
    return inMap(1, at + 1);
  }
  if (first === 0xc5) return inMap(1, at + 2);
  if (first === 0xc4) return inMap((code[at + 1] ?? 0) & 0x1f, at + 3);
  if (first === 0x62) return inMap((code[at + 1] ?? 0) & 7, at + 4);
  return { end: at + 1, letter: ONE_BYTE[first] };
};

/** The instruction at `start`; undefined when it is none or does not end inside `code`. */
export const instructionAt = (code: Uint8Array, start: number): InstructionShape | undefined => {
  const prefixes = readPrefixes(code, start);
  const { end, letter } = resolveOpcode(code, prefixes.at);
  const operands = operandLength(letter, code, end, prefixes);
  if (operands === undefined) return undefined;
  const length = end + operands - start;
  if (length > MAX_LENGTH || start + length > code.length) return undefined;
  const hasModrm = /[mMZtT]/.test(letter ?? "");
  const isRelative = hasModrm && ((code[end] ?? 0) & 0xc7) === 5;
  return { length, opcodeAt: prefixes.at, relativeAt: isRelative ? end + 1 - start : undefined };
};
