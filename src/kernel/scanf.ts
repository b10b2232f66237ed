import type { VarArgs } from "../abi/varargs.ts";
import { type Address, toAddress } from "../base/address.ts";
import { type ByteString, byteStringToBytes } from "../base/bytes.ts";
import type { GuestMemory } from "../machine/memory.ts";
import { byteAt, isdigit, isspace, isxdigit } from "./ctype.ts";
import { simpleSigned, simpleUnsigned } from "./number.ts";
import { faultsAt } from "./printf/fault-places.ts";
import { skipDigits } from "./printf/spec.ts";

/** Where reading stands: positions in text and format, and conversions done. */
interface Scan {
  readonly text: ByteString;
  readonly fmt: ByteString;
  readonly args: VarArgs;
  readonly memory: GuestMemory;
  at: number;
  format: number;
  done: number;
}

/** "stop" ends the scan. */
type Step = "go on" | "stop";

/**
 * `vsscanf` (lib/vsprintf.c): reads `text` by `fmt`, storing through the pointers in `args`, and
 * returns the number of conversions. The kernel's dialect: `%[` needs a width and knows no ranges,
 * an unknown conversion ends the scan.
 */
export const scanText = (text: ByteString, fmt: ByteString, args: VarArgs, memory: GuestMemory): number => {
  const scan: Scan = { text, fmt, args, memory, at: 0, format: 0, done: 0 };
  while (scan.format < fmt.length && scanPiece(scan) === "go on");
  return scan.done;
};

const skipSpaces = (text: ByteString, at: number): number => {
  let next = at;
  while (isspace(byteAt(text, next))) next++;
  return next;
};

const scanPiece = (scan: Scan): Step => {
  const { text, fmt } = scan;
  if (isspace(byteAt(fmt, scan.format))) {
    scan.format = skipSpaces(fmt, scan.format);
    scan.at = skipSpaces(text, scan.at);
  }
  if (scan.format >= fmt.length) return "stop";
  if (fmt[scan.format] !== "%") {
    // The terminating NUL of the text matches nothing.
    return fmt[scan.format++] === text[scan.at++] ? "go on" : "stop";
  }
  scan.format++;
  return fmt[scan.format] === "*" ? skipField(scan) : scanConversion(scan);
};

/** `%*`: both sides go on at the next white space. */
const skipField = (scan: Scan): Step => {
  const { text, fmt } = scan;
  if (scan.at >= text.length) return "stop";
  for (; scan.format < fmt.length; scan.format++) {
    const char = byteAt(fmt, scan.format);
    if (isspace(char) || char === 0x25) break;
    if (char === 0x5b) return "stop";
  }
  while (scan.at < text.length && !isspace(byteAt(text, scan.at))) scan.at++;
  return "go on";
};

interface Field {
  /** -1 when not given. */
  readonly width: number;
  readonly qualifier: string;
}

const readField = (scan: Scan): Field | undefined => {
  const { fmt } = scan;
  let width = -1;
  if (isdigit(byteAt(fmt, scan.format))) {
    const digits = skipDigits(fmt, scan.format);
    scan.format = digits.next;
    // A 16-bit variable.
    width = (digits.value << 16) >> 16;
    if (width <= 0) return undefined;
  }
  const first = fmt[scan.format] ?? "";
  if (first === "" || !"hlLz".includes(first)) return { width, qualifier: "" };
  scan.format++;
  if (fmt[scan.format] !== first || first === "L" || first === "z") return { width, qualifier: first };
  scan.format++;
  return { width, qualifier: first + first };
};

const scanConversion = (scan: Scan): Step => {
  const field = readField(scan);
  const letter = scan.fmt[scan.format] ?? "";
  if (field === undefined || letter === "") return "stop";
  if (letter === "n") {
    scan.format++;
    scan.memory.setU32(nextPointer(scan), scan.at);
    return "go on";
  }
  if (scan.at >= scan.text.length) return "stop";
  scan.format++;
  switch (letter) {
    case "c":
      return scanChars(scan, field);
    case "s":
      return scanWord(scan, field);
    case "[":
      return scanSet(scan, field);
    case "%":
      return scan.text[scan.at++] === "%" ? "go on" : "stop";
    default:
      return scanInteger(scan, field, letter);
  }
};

const nextPointer = ({ args }: Scan): Address => toAddress(args.next());

const scanChars = (scan: Scan, { width }: Field): Step => {
  const chars = scan.text.slice(scan.at, scan.at + (width === -1 ? 1 : width));
  scan.memory.write(nextPointer(scan), byteStringToBytes(chars));
  scan.at += chars.length;
  scan.done++;
  return "go on";
};

const LONGEST = 32767;

const scanWord = (scan: Scan, { width }: Field): Step => {
  const { text } = scan;
  const start = skipSpaces(text, scan.at);
  const limit = Math.min(text.length, start + (width === -1 ? LONGEST : width));
  let end = start;
  while (end < limit && !isspace(byteAt(text, end))) end++;
  const target = nextPointer(scan);
  faultsAt(["vsscanf+0x4a7/0x7e0"], () => scan.memory.setCstring(target, text.slice(start, end)));
  scan.at = end;
  scan.done++;
  return "go on";
};

const scanSet = (scan: Scan, { width }: Field): Step => {
  const { text, fmt } = scan;
  const target = nextPointer(scan);
  if (width === -1) return "stop";
  const negated = fmt[scan.format] === "^";
  const start = negated ? scan.format + 1 : scan.format;
  const close = fmt.indexOf("]", start);
  if (close <= start) return "stop";
  const members = fmt.slice(start, close);
  scan.format = close + 1;
  const matches = (at: number): boolean => at < text.length && members.includes(text[at] ?? "") !== negated;
  let end = scan.at;
  while (end - scan.at < width && matches(end)) end++;
  if (end === scan.at) return "stop";
  scan.memory.setCstring(target, text.slice(scan.at, end));
  scan.at = end;
  scan.done++;
  return "go on";
};

const BASES: Readonly<Record<string, number>> = { o: 8, x: 16, X: 16, i: 0, d: 10, u: 10 };

const scanInteger = (scan: Scan, field: Field, letter: string): Step => {
  const { text } = scan;
  const base = BASES[letter];
  if (base === undefined) return "stop";
  const signed = letter === "i" || letter === "d";
  const start = skipSpaces(text, scan.at);
  const minus = signed && text[start] === "-";
  if (minus && field.width === 1) return "stop";
  if (!beginsNumber(byteAt(text, minus ? start + 1 : start), base)) return "stop";
  const max = field.width >= 0 ? field.width : Infinity;
  const { value, end } = signed
    ? simpleSigned(text, start, base, max)
    : simpleUnsigned(text, start, base, max);
  storeInteger(scan, field.qualifier, value);
  scan.at = end;
  scan.done++;
  return "go on";
};

const beginsNumber = (char: number, base: number): boolean => {
  if (base === 16) return isxdigit(char);
  return isdigit(char) && (base !== 8 || char < 0x38);
};

const storeInteger = (scan: Scan, qualifier: string, value: bigint): void => {
  const { memory } = scan;
  const target = nextPointer(scan);
  switch (qualifier) {
    case "hh":
      memory.setU8(target, Number(BigInt.asUintN(8, value)));
      break;
    case "h":
      memory.setU16(target, Number(BigInt.asUintN(16, value)));
      break;
    case "":
      memory.setU32(target, Number(BigInt.asUintN(32, value)));
      break;
    default:
      memory.setU64(target, BigInt.asUintN(64, value));
  }
};
