import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { byteAt, isalpha } from "../ctype.ts";
import { hexByte } from "./bytes.ts";
import { type PointerConversion, withObject } from "./conversion.ts";
import { formatInteger } from "./integer.ts";
import { errorString, knownString } from "./text.ts";

/** `%pM`, `%pm` with `F` (dashes) and `R` (reversed). */
export const macAddress = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (address) => {
    const { env, spec, suffix } = conversion;
    const parts = Array.from(env.memory.bytes(address, 6), hexByte);
    if (suffix[1] === "R") parts.reverse();
    const separator = suffix[1] === "F" ? "-" : ":";
    return knownString(parts.join(suffix[0] === "M" ? separator : ""), spec);
  });

/** `%pI4`, `%pI6c`, `%pISpc` and their `i` forms. */
export const ipAddress = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (address) => {
    const { env, spec, suffix } = conversion;
    const raw = suffix[0] === "i";
    switch (suffix[1]) {
      case "6": {
        const bytes = env.memory.bytes(address, 16);
        return knownString(!raw && suffix[2] === "c" ? ip6Compressed(bytes) : ip6Full(bytes, raw), spec);
      }
      case "4":
        return knownString(ip4(env.memory.bytes(address, 4), raw, suffix[2] ?? ""), spec);
      case "S":
        return socketAddress(conversion, address);
      default:
        return errorString(raw ? "(%pi?)" : "(%pI?)", spec);
    }
  });

const AF_INET = 2;
const AF_INET6 = 10;

/** The kernel's option letters end at the first that is no letter. */
const optionsOf = (suffix: ByteString): string => {
  let end = 2;
  while (isalpha(byteAt(suffix, end))) end++;
  return suffix.slice(2, end);
};

const socketAddress = (conversion: PointerConversion, address: Address): ByteString => {
  const { env, spec, suffix } = conversion;
  const options = optionsOf(suffix);
  switch (env.memory.u16(address)) {
    case AF_INET:
      return knownString(socketAddress4(conversion, address, options), spec);
    case AF_INET6:
      return knownString(socketAddress6(conversion, address, options), spec);
    default:
      return errorString("(einval)", spec);
  }
};

const bigEndian = (bytes: Uint8Array): number => bytes.reduce((value, byte) => value * 256 + byte, 0);

const socketAddress4 = (conversion: PointerConversion, address: Address, options: string): ByteString => {
  const { env, spec, suffix } = conversion;
  const order = [...options].findLast((letter) => "hlnb".includes(letter)) ?? "";
  const host = ip4(env.memory.bytes(address + 4, 4), suffix[0] === "i", order);
  if (!options.includes("p")) return host;
  return `${host}:${formatInteger(bigEndian(env.memory.bytes(address + 2, 2)), spec)}`;
};

const socketAddress6 = (conversion: PointerConversion, address: Address, options: string): ByteString => {
  const { env, spec, suffix } = conversion;
  const raw = suffix[0] === "i";
  const bytes = env.memory.bytes(address + 8, 16);
  let text = !raw && options.includes("c") ? ip6Compressed(bytes) : ip6Full(bytes, raw);
  if (/[pfs]/.test(options)) text = `[${text}]`;
  if (options.includes("p")) {
    text += `:${formatInteger(bigEndian(env.memory.bytes(address + 2, 2)), spec)}`;
  }
  if (options.includes("f")) {
    const flow = bigEndian(env.memory.bytes(address + 4, 4)) & 0x0fffffff;
    text += `/${formatInteger(flow, spec)}`;
  }
  if (options.includes("s")) text += `%${formatInteger(env.memory.u32(address + 24), spec)}`;
  return text;
};

const ip4 = (bytes: Uint8Array, raw: boolean, order: string): ByteString => {
  const quads = Array.from(bytes, (byte) => (raw ? byte.toString().padStart(3, "0") : byte.toString()));
  if (order === "h" || order === "l") quads.reverse();
  return quads.join(".");
};

const ip6Full = (bytes: Uint8Array, raw: boolean): ByteString => {
  const digits = Array.from(bytes, hexByte).join("");
  return raw ? digits : (digits.match(/..../g) ?? []).join(":");
};

/** RFC 5952, with the IPv4 tail of mapped and ISATAP addresses (`ip6_compressed_string`). */
const ip6Compressed = (bytes: Uint8Array): ByteString => {
  const words = Array.from({ length: 8 }, (_, i) => bigEndian(bytes.subarray(i * 2, i * 2 + 2)));
  const hasIp4 = isMapped(words) || isIsatap(words);
  const shown = hasIp4 ? words.slice(0, 6) : words;
  const gap = longestZeros(shown);
  const hex = (part: readonly number[]): string => part.map((word) => word.toString(16)).join(":");
  const tail = hasIp4 ? ip4(bytes.subarray(12), false, "") : "";
  if (gap.length < 2) return hex(shown) + (hasIp4 ? `:${tail}` : "");
  const after = hex(shown.slice(gap.start + gap.length));
  const separator = after !== "" && hasIp4 ? ":" : "";
  return `${hex(shown.slice(0, gap.start))}::${after}${separator}${tail}`;
};

const isMapped = (words: readonly number[]): boolean =>
  words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff;

const isIsatap = (words: readonly number[]): boolean =>
  ((words[4] ?? 0) | 0x0200) === 0x0200 && words[5] === 0x5efe;

const longestZeros = (words: readonly number[]): { start: number; length: number } => {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < words.length; start++) {
    let length = 0;
    while (words[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
};
