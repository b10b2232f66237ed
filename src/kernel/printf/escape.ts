import type { ByteString } from "../../base/bytes.ts";
import { isascii, isprint } from "../ctype.ts";

/** Flags of `string_escape_mem` (include/linux/string_helpers.h). */
export const ESCAPE = {
  SPACE: 0x01,
  SPECIAL: 0x02,
  NULL: 0x04,
  OCTAL: 0x08,
  ANY: 0x0f,
  NP: 0x10,
  ANY_NP: 0x1f,
  HEX: 0x20,
  NA: 0x40,
  NAP: 0x80,
  APPEND: 0x100,
} as const;

const SPACES: Readonly<Record<string, string>> = { "\n": "n", "\r": "r", "\t": "t", "\v": "v", "\f": "f" };
const SPECIALS: Readonly<Record<string, string>> = { "\\": "\\", "\x07": "a", "\x1b": "e", '"': '"' };

/**
 * Escapes every byte of `text` by `flags`; `only` limits the escaping to its bytes, or with APPEND
 * adds them (`string_escape_mem` in lib/string_helpers.c). The caller truncates.
 */
export const escapeText = (text: ByteString, flags: number, only: ByteString = ""): ByteString => {
  const append = (flags & ESCAPE.APPEND) !== 0;
  let out = "";
  for (const char of text) {
    // strchr finds the terminating NUL too.
    const listed = only !== "" && (char === "\0" || only.includes(char));
    const untouched = only !== "" && !append && !listed;
    out += untouched || (!(append && listed) && passes(char, flags)) ? char : escapeChar(char, flags);
  }
  return out;
};

const passes = (char: string, flags: number): boolean => {
  const code = char.charCodeAt(0);
  return (
    ((flags & ESCAPE.NAP) !== 0 && isascii(code) && isprint(code)) ||
    ((flags & ESCAPE.NP) !== 0 && isprint(code)) ||
    ((flags & ESCAPE.NA) !== 0 && isascii(code))
  );
};

const escapeChar = (char: string, flags: number): string => {
  const space = SPACES[char];
  if ((flags & ESCAPE.SPACE) !== 0 && space !== undefined) return `\\${space}`;
  const special = SPECIALS[char];
  if ((flags & ESCAPE.SPECIAL) !== 0 && special !== undefined) return `\\${special}`;
  if ((flags & ESCAPE.NULL) !== 0 && char === "\0") return "\\0";
  const code = char.charCodeAt(0);
  if ((flags & ESCAPE.OCTAL) !== 0) return `\\${code.toString(8).padStart(3, "0")}`;
  if ((flags & ESCAPE.HEX) !== 0) return `\\x${code.toString(16).padStart(2, "0")}`;
  return char;
};
