import { byteAt, isdigit } from "../ctype.ts";

/** Flag bits of a conversion (lib/vsprintf.c). */
export const SIGN = 1;
export const LEFT = 2;
export const PLUS = 4;
export const SPACE = 8;
export const ZEROPAD = 16;
export const SMALL = 32;
export const SPECIAL = 64;

export type ConversionType =
  | "none"
  | "width"
  | "precision"
  | "char"
  | "string"
  | "pointer"
  | "percent"
  | "invalid"
  | "integer";

/** Size of an integer argument: `int`, its narrowings, and the 64-bit types. */
export type IntegerSize = "char" | "short" | "int" | "long";

export interface PrintfSpec {
  type: ConversionType;
  size: IntegerSize;
  flags: number;
  /** -1 when not given. */
  width: number;
  /** -1 when not given. */
  precision: number;
  base: number;
}

export const WIDTH_MAX = (1 << 23) - 1;
export const PRECISION_MAX = (1 << 15) - 1;

export const newSpec = (parts: Partial<PrintfSpec> = {}): PrintfSpec => ({
  type: "none",
  size: "int",
  flags: 0,
  width: -1,
  precision: -1,
  base: 10,
  ...parts,
});

const FLAG_OF: Readonly<Record<string, number>> = {
  "-": LEFT,
  "+": PLUS,
  " ": SPACE,
  "#": SPECIAL,
  "0": ZEROPAD,
};

/** Reads decimal digits as C `int` arithmetic does, wrapping. */
export const skipDigits = (text: string, at: number): { value: number; next: number } => {
  let value = 0;
  let next = at;
  for (; isdigit(byteAt(text, next)); next++) {
    value = (Math.imul(value, 10) + byteAt(text, next) - 0x30) | 0;
  }
  return { value, next };
};

/**
 * Decodes the next piece of a format from `at` into `spec` and returns where it ends. A `*` ends a
 * piece: the caller supplies the number and calls again (`format_decode` in lib/vsprintf.c).
 * A NUL does not occur: formats are C strings.
 */
export const decode = (format: string, at: number, spec: PrintfSpec): number => {
  if (spec.type === "width") {
    if (spec.width < 0) {
      spec.width = -spec.width;
      spec.flags |= LEFT;
    }
    return decodePrecision(format, at, spec);
  }
  if (spec.type === "precision") {
    if (spec.precision < 0) spec.precision = 0;
    return decodeConversion(format, at, spec);
  }
  spec.type = "none";
  const percent = format.indexOf("%", at);
  if (percent !== at) return percent < 0 ? format.length : percent;

  spec.flags = 0;
  let next = at + 1;
  for (let flag = FLAG_OF[format[next] ?? ""]; flag !== undefined; flag = FLAG_OF[format[next] ?? ""]) {
    spec.flags |= flag;
    next++;
  }
  spec.width = -1;
  if (format[next] === "*") {
    spec.type = "width";
    return next + 1;
  }
  if (isdigit(byteAt(format, next))) {
    const digits = skipDigits(format, next);
    // A 24-bit signed bit field.
    spec.width = (digits.value << 8) >> 8;
    next = digits.next;
  }
  return decodePrecision(format, next, spec);
};

const decodePrecision = (format: string, at: number, spec: PrintfSpec): number => {
  spec.precision = -1;
  if (format[at] !== ".") return decodeConversion(format, at, spec);
  const next = at + 1;
  if (format[next] === "*") {
    spec.type = "precision";
    return next + 1;
  }
  if (!isdigit(byteAt(format, next))) return decodeConversion(format, next, spec);
  const digits = skipDigits(format, next);
  // A 16-bit signed bit field.
  spec.precision = Math.max((digits.value << 16) >> 16, 0);
  return decodeConversion(format, digits.next, spec);
};

const QUALIFIERS = "hlLzt";

const decodeConversion = (format: string, at: number, spec: PrintfSpec): number => {
  let next = at;
  let qualifier = "";
  const first = format[next] ?? "";
  if (first !== "" && QUALIFIERS.includes(first)) {
    qualifier = first;
    next++;
    if (format[next] === first && (first === "h" || first === "l")) {
      qualifier += first;
      next++;
    }
  }
  spec.base = 10;
  spec.type = conversionType(format[next] ?? "", spec);
  if (spec.type === "invalid") return next;
  if (spec.type === "integer") spec.size = integerSize(qualifier);
  return next + 1;
};

const conversionType = (letter: string, spec: PrintfSpec): ConversionType => {
  switch (letter) {
    case "c":
      return "char";
    case "s":
      return "string";
    case "p":
      return "pointer";
    case "%":
      return "percent";
    case "o":
      spec.base = 8;
      return "integer";
    case "x":
      spec.flags |= SMALL;
      spec.base = 16;
      return "integer";
    case "X":
      spec.base = 16;
      return "integer";
    case "d":
    case "i":
      spec.flags |= SIGN;
      return "integer";
    case "u":
      return "integer";
    default:
      return "invalid";
  }
};

/** `L` is `long long` here, for integers too. */
const integerSize = (qualifier: string): IntegerSize => {
  switch (qualifier) {
    case "hh":
      return "char";
    case "h":
      return "short";
    case "l":
    case "ll":
    case "L":
    case "z":
    case "t":
      return "long";
    default:
      return "int";
  }
};
