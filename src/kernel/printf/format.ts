import { type VarArgs, copiedVaList } from "../../abi/varargs.ts";
import { toAddress } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { GuestFault } from "../../base/errors.ts";
import { byteAt, isalnum } from "../ctype.ts";
import type { PointerConversion } from "./conversion.ts";
import type { FormatEnv } from "./env.ts";
import { NESTED, below, conversionFault, place } from "./fault-places.ts";
import { formatInteger } from "./integer.ts";
import { pointerText } from "./pointer.ts";
import { type Formatted, type Sink, createSink } from "./sink.ts";
import { LEFT, PRECISION_MAX, type PrintfSpec, SIGN, WIDTH_MAX, decode, newSpec } from "./spec.ts";
import { errorString, guestString, pointerMessage } from "./text.ts";

/** Most bytes that one call keeps; `sprintf` has no limit of its own. */
const KEPT_MAX = 1 << 25;

/**
 * Formats as `vsnprintf` does (lib/vsprintf.c), taking arguments from `args` as it goes. At most
 * `limit` bytes of text are kept; the length says how many there would have been. Throws
 * GuestFault where the kernel would fault.
 */
export const format = (
  fmt: ByteString,
  args: VarArgs,
  env: FormatEnv,
  limit: number = KEPT_MAX,
): Formatted => {
  const sink = createSink(Math.min(limit, KEPT_MAX));
  try {
    formatInto(sink, fmt, args, { env, depth: 0 });
  } catch (error) {
    below(error, env.callers());
    throw error;
  }
  return sink.finish();
};

/** What a format without conversions comes to; undefined for others. */
export const plainText = (fmt: ByteString, limit: number = KEPT_MAX): Formatted | undefined => {
  if (fmt.includes("%")) return undefined;
  return { text: fmt.length <= limit ? fmt : fmt.slice(0, limit), length: fmt.length };
};

/** What nested formats (`%pV`) share; `depth` bounds their nesting. */
interface FormatContext {
  readonly env: FormatEnv;
  readonly depth: number;
}

/** Where decoding stands. */
interface Position {
  at: number;
  /** The pointer that the conversion follows. */
  pointer: bigint | undefined;
}

const formatInto = (sink: Sink, fmt: ByteString, args: VarArgs, context: FormatContext): void => {
  const spec = newSpec();
  const position: Position = { at: 0, pointer: undefined };
  try {
    while (position.at < fmt.length) {
      const start = position.at;
      position.at = decode(fmt, start, spec);
      if (spec.type === "none") sink.append(fmt.slice(start, position.at));
      else if (!formatPiece(sink, fmt, spec, position, args, context)) return;
    }
  } catch (error) {
    place(error, conversionFault(spec.type, fmt.slice(position.at)), position.pointer);
    throw error;
  }
};

/** One conversion; false ends the format. */
const formatPiece = (
  sink: Sink,
  fmt: ByteString,
  spec: PrintfSpec,
  position: Position,
  args: VarArgs,
  context: FormatContext,
): boolean => {
  const { env } = context;
  switch (spec.type) {
    case "width":
      setWidth(spec, args.nextI32(), context);
      return true;
    case "precision":
      setPrecision(spec, args.nextI32(), context);
      return true;
    case "char":
      sink.append(formatChar(args.nextI32(), spec));
      return true;
    case "string":
      position.pointer = args.next();
      sink.append(guestString(env.memory, position.pointer, spec));
      return true;
    case "pointer": {
      position.pointer = args.next();
      const conversion = { ...context, spec, suffix: fmt.slice(position.at), pointer: position.pointer };
      if (conversion.suffix.startsWith("V")) formatNested(sink, conversion, context);
      else sink.append(pointerText(conversion));
      while (isalnum(byteAt(fmt, position.at))) position.at++;
      return true;
    }
    case "percent":
      sink.append("%");
      return true;
    case "integer":
      sink.append(formatInteger(nextInteger(args, spec), spec));
      return true;
    default:
      warnUnsupported(fmt[position.at] ?? "\0", context);
      return false;
  }
};

/** Each level takes a few hundred bytes of the guest's 16 KiB stack; then the guard page is hit. */
const NESTING_MAX = 40;

/** `%pV`: the format and va_list behind a struct va_format, which stay as they are. */
const formatNested = (sink: Sink, conversion: PointerConversion, { env, depth }: FormatContext): void => {
  const { pointer, spec } = conversion;
  const message = pointerMessage(pointer);
  if (message !== undefined) {
    sink.append(errorString(message, spec));
    return;
  }
  const address = toAddress(pointer);
  if (depth >= NESTING_MAX) throw new GuestFault(address, { write: true, present: false });
  // The list is copied before the format is read.
  const args = copiedVaList(env.memory, env.memory.pointer(address + 8));
  const fmt = env.memory.cstring(env.memory.pointer(address));
  try {
    formatInto(sink, fmt, args, { env, depth: depth + 1 });
  } catch (error) {
    below(error, NESTED);
    throw error;
  }
};

/** The rest of the format is not looked at: its arguments would be out of step. */
const warnUnsupported = (letter: string, { env, depth }: FormatContext): void =>
  env.warnOnce("unsupported", `Please remove unsupported %${letter} in format string\n`, depth);

const setWidth = (spec: PrintfSpec, width: number, { env, depth }: FormatContext): void => {
  spec.width = width;
  if ((width << 8) >> 8 === width) return;
  env.warnOnce("width", `field width ${width} too large`, depth);
  spec.width = Math.min(Math.max(width, -WIDTH_MAX), WIDTH_MAX);
};

const setPrecision = (spec: PrintfSpec, precision: number, { env, depth }: FormatContext): void => {
  spec.precision = precision;
  if ((precision << 16) >> 16 === precision) return;
  env.warnOnce("precision", `precision ${precision} too large`, depth);
  spec.precision = Math.min(Math.max(precision, 0), PRECISION_MAX);
};

const formatChar = (value: number, spec: PrintfSpec): ByteString => {
  const char = String.fromCharCode(value & 0xff);
  if (spec.width <= 1) return char;
  return (spec.flags & LEFT) !== 0 ? char.padEnd(spec.width) : char.padStart(spec.width);
};

const nextInteger = (args: VarArgs, spec: PrintfSpec): number | bigint => {
  const signed = (spec.flags & SIGN) !== 0;
  if (spec.size === "long") {
    const slot = args.next();
    return signed ? BigInt.asIntN(64, slot) : slot;
  }
  const value = args.nextI32();
  switch (spec.size) {
    case "char":
      return signed ? (value << 24) >> 24 : value & 0xff;
    case "short":
      return signed ? (value << 16) >> 16 : value & 0xffff;
    case "int":
      return signed ? value : value >>> 0;
  }
};
