import { bytesToByteString, type ByteString } from "../../base/bytes.ts";
import { isascii, isprint } from "../ctype.ts";
import { hexText, listText } from "../data/bitmap-text.ts";
import { wordsAt } from "../data/bits.ts";
import { type PointerConversion, withObject } from "./conversion.ts";
import { ESCAPE, escapeText } from "./escape.ts";
import { specialHex } from "./integer.ts";
import { errorString, guestString, knownString } from "./text.ts";

export const hexByte = (byte: number): ByteString => byte.toString(16).padStart(2, "0");

const HEX_SEPARATORS: Readonly<Record<string, string>> = { C: ":", D: "-", N: "" };
const HEX_MAX = 64;

/** `%*ph`: the width is the number of bytes. */
export const hexString = (conversion: PointerConversion): ByteString => {
  const { env, spec, suffix } = conversion;
  if (spec.width === 0) return "";
  return withObject(conversion, (address) => {
    const length = spec.width > 0 ? Math.min(spec.width, HEX_MAX) : 1;
    const separator = HEX_SEPARATORS[suffix[1] ?? ""] ?? " ";
    return Array.from(env.memory.bytes(address, length), hexByte).join(separator);
  });
};

const ESCAPES: Readonly<Record<string, number>> = {
  a: ESCAPE.ANY,
  c: ESCAPE.SPECIAL,
  h: ESCAPE.HEX,
  n: ESCAPE.NULL,
  o: ESCAPE.OCTAL,
  p: ESCAPE.NP,
  s: ESCAPE.SPACE,
};

/** `%*pE`: the width is the number of bytes. */
export const escapedString = (conversion: PointerConversion): ByteString => {
  const { env, spec, suffix } = conversion;
  if (spec.width === 0) return "";
  return withObject(conversion, (address) => {
    let flags = 0;
    for (let i = 1; ESCAPES[suffix[i] ?? ""] !== undefined; i++) flags |= ESCAPES[suffix[i] ?? ""] ?? 0;
    const length = spec.width < 0 ? 1 : spec.width;
    const text = bytesToByteString(env.memory.bytes(address, length));
    return escapeText(text, flags === 0 ? ESCAPE.ANY_NP : flags);
  });
};

/** `%*pb`. */
export const bitmapString = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (address) =>
    hexText(wordsAt(conversion.env.memory, address), Math.max(conversion.spec.width, 0)),
  );

/** `%*pbl`. Whole words are read, as find_next_bit does. */
export const bitmapList = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (address) => {
    const { env, spec } = conversion;
    const bits = Math.max(spec.width, 0);
    const bytes = env.memory.bytes(address, Math.ceil(bits / 64) * 8);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return listText((index) => view.getUint32(index * 4, true), bits);
  });

const UUID_ORDER = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** `%pU[bBlL]`. */
export const uuidString = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (address) => {
    const { env, spec, suffix } = conversion;
    const kind = suffix[1] ?? "b";
    const bytes = env.memory.bytes(address, 16);
    const order = kind === "l" || kind === "L" ? GUID_ORDER : UUID_ORDER;
    const digits = order.map((index) => hexByte(bytes[index] ?? 0)).join("");
    const text = digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    return knownString(kind === "L" || kind === "B" ? text.toUpperCase() : text, spec);
  });

/** `%p4cc`: a V4L2 or DRM pixel format. */
export const fourccString = (conversion: PointerConversion): ByteString => {
  const { env, spec, suffix } = conversion;
  if (!suffix.startsWith("4cc")) return errorString("(%p4?)", spec);
  return withObject(conversion, (address) => {
    const value = env.memory.u32(address);
    const chars = [0, 8, 16, 24].map((shift) => {
      const byte = ((value & 0x7fffffff) >>> shift) & 0xff;
      return isascii(byte) && isprint(byte) ? String.fromCharCode(byte) : ".";
    });
    const endian = value >>> 31 === 1 ? "big-endian" : "little-endian";
    const text = `${chars.join("")} ${endian} (${specialHex(value, 4)})`;
    // string() checks its own stack buffer's address, which always passes.
    return knownString(text, spec);
  });
};

/** `%pa`, `%pad`: a physical or DMA address by reference; both have 64 bits. */
export const addressValue = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (address) => specialHex(conversion.env.memory.u64(address), 8));

/** `%pNF`: network device features. */
export const netdevBits = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (address) =>
    conversion.suffix[1] === "F"
      ? specialHex(conversion.env.memory.u64(address), 8)
      : errorString("(%pN?)", conversion.spec),
  );

/** `%pks`, `%pus`: a plain string here; only BPF tells kernel and user memory apart. */
export const probeString = (conversion: PointerConversion): ByteString => {
  const { env, spec, suffix, pointer } = conversion;
  return suffix[1] === "s" ? guestString(env.memory, pointer, spec) : errorString("(einval)", spec);
};
