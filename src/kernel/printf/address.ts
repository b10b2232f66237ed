import { toAddress } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { PointerConversion } from "./conversion.ts";
import { errorName } from "./errname.ts";
import type { FormatEnv, HashKey } from "./env.ts";
import { formatInteger, prefixedHex, unsigned64 } from "./integer.ts";
import { siphash1u64 } from "./siphash.ts";
import { SIGN, SMALL, ZEROPAD } from "./spec.ts";
import { isErrorPointer, knownString } from "./text.ts";

/** `%px`: the value itself, 16 digits unless a width says otherwise. */
export const plainPointer = ({ pointer, spec }: PointerConversion): ByteString =>
  formatInteger(
    pointer,
    spec.width === -1
      ? { ...spec, base: 16, flags: spec.flags | SMALL | ZEROPAD, width: 16 }
      : { ...spec, base: 16, flags: spec.flags | SMALL },
  );

/** The 32-bit identifier printed for an address (`ptr_to_hashval` in lib/vsprintf.c). */
export const hashPointer = (pointer: bigint, key: HashKey): bigint =>
  BigInt.asUintN(32, siphash1u64(pointer, key));

/** `%p`: hashed, so that no address leaks; NULL and error pointers are not addresses. */
export const hashedPointer = (conversion: PointerConversion): ByteString => {
  const { pointer, env } = conversion;
  if (pointer === 0n || isErrorPointer(pointer)) return plainPointer(conversion);
  return plainPointer({ ...conversion, pointer: hashPointer(pointer, env.hashKey) });
};

/** `%pe`: an error by name, anything else as `%p`. */
export const errorPointer = (conversion: PointerConversion): ByteString => {
  const { pointer, spec } = conversion;
  if (!isErrorPointer(pointer)) return hashedPointer(conversion);
  const error = Number(BigInt.asIntN(32, pointer));
  const name = errorName(-error);
  if (name !== undefined) return knownString(`-${name}`, spec);
  return formatInteger(error, { ...spec, flags: spec.flags | SIGN, base: 10 });
};

/** `%pS`, `%ps`, `%pB` (`__sprint_symbol` in kernel/kallsyms.c). */
export const symbolPointer = ({ env, pointer, spec, suffix }: PointerConversion): ByteString => {
  const letter = suffix[0];
  if (letter === "s") return knownString(symbolText(env, pointer), spec);
  // A return address may lie just behind its function: look up the call instead.
  const back = letter === "B" ? 1 : 0;
  return knownString(symbolWithOffset(env, pointer, back), spec);
};

/** "name [module]", or the address in hexadecimal. */
export const symbolText = (env: FormatEnv, pointer: bigint): ByteString => {
  const symbol = env.symbolize(toAddress(pointer));
  return symbol === undefined ? prefixedHex(pointer) : symbol.name + inModule(symbol.module);
};

/** "name+0x1/0x2 [module]", looking up the address `back` bytes earlier. */
export const symbolWithOffset = (env: FormatEnv, pointer: bigint, back: 0 | 1): ByteString => {
  const symbol = env.symbolize(toAddress(unsigned64(pointer - BigInt(back))));
  if (symbol === undefined) return prefixedHex(pointer);
  const place = `+${prefixedHex(symbol.offset + back)}/${prefixedHex(symbol.size)}`;
  return symbol.name + place + inModule(symbol.module);
};

const inModule = (module: ByteString | undefined): ByteString => (module === undefined ? "" : ` [${module}]`);
