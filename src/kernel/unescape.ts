import type { ByteString } from "../base/bytes.ts";

/** Flags of `string_unescape` (include/linux/string_helpers.h). */
export const UNESCAPE = { SPACE: 1, OCTAL: 2, HEX: 4, SPECIAL: 8 } as const;

const SPACES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", v: "\v", f: "\f" };
const SPECIALS: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", a: "\x07", e: "\x1b" };

/** What an escape stands for and how many characters it has after the backslash. */
interface Unescaped {
  readonly text: string;
  readonly used: number;
}

/**
 * `string_unescape` (lib/string_helpers.c): undoes the escapes that `flags` name, into a buffer of
 * `size` bytes with its NUL. Each source character counts against the size, but of an escape only
 * the backslash and what it stands for.
 */
export const unescapeText = (source: ByteString, size: number, flags: number): ByteString => {
  let out = "";
  let room = size;
  let at = 0;
  while (at < source.length && --room > 0) {
    if (source[at] === "\\" && at + 1 < source.length && room > 1) {
      at++;
      room--;
      const escape = readEscape(source.slice(at, at + 3), flags);
      if (escape !== undefined) {
        out += escape.text;
        at += escape.used;
        continue;
      }
      out += "\\";
    }
    out += source[at++] ?? "";
  }
  return out;
};

const readEscape = (text: string, flags: number): Unescaped | undefined => {
  const [first = ""] = text;
  const space = SPACES[first];
  if ((flags & UNESCAPE.SPACE) !== 0 && space !== undefined) return { text: space, used: 1 };
  const octal = (flags & UNESCAPE.OCTAL) === 0 ? undefined : readOctal(text);
  if (octal !== undefined) return octal;
  const hex = (flags & UNESCAPE.HEX) === 0 ? null : /^x[\da-f]{1,2}/i.exec(text);
  if (hex !== null) return { text: byte(parseInt(hex[0].slice(1), 16)), used: hex[0].length };
  const special = SPECIALS[first];
  return (flags & UNESCAPE.SPECIAL) !== 0 && special !== undefined ? { text: special, used: 1 } : undefined;
};

const byte = (value: number): string => String.fromCharCode(value & 0xff);

/** Up to three digits, as long as the value stays a byte. */
const readOctal = (text: string): Unescaped | undefined => {
  let value = 0;
  let used = 0;
  while (used < 3 && value < 32 && /[0-7]/.test(text[used] ?? "")) value = value * 8 + Number(text[used++]);
  return used === 0 ? undefined : { text: byte(value), used };
};
