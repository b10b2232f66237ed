import type { Address } from "../../base/address.ts";
import { toAddress } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { FormatEnv } from "./env.ts";
import type { PrintfSpec } from "./spec.ts";
import { errorString, pointerMessage } from "./text.ts";

/** One `%p` conversion. */
export interface PointerConversion {
  readonly env: FormatEnv;
  /** Enclosing `%pV`s. */
  readonly depth: number;
  readonly spec: PrintfSpec;
  /** The rest of the format after the `p`. */
  readonly suffix: ByteString;
  /** The argument, an unsigned 64-bit pattern. */
  readonly pointer: bigint;
}

/** Prints the object behind the pointer with `print`, or `(null)` and `(efault)`. */
export const withObject = (
  conversion: PointerConversion,
  print: (address: Address) => ByteString,
): ByteString => {
  const message = pointerMessage(conversion.pointer);
  if (message !== undefined) return errorString(message, conversion.spec);
  return print(toAddress(conversion.pointer));
};

/** A member of a kernel structure as an unsigned number of its own size. */
export const readField = (env: FormatEnv, struct: string, member: string, base: Address): bigint => {
  const { offset, size } = env.field(struct, member);
  const at = base + offset;
  switch (size) {
    case 1:
      return BigInt(env.memory.u8(at));
    case 2:
      return BigInt(env.memory.u16(at));
    case 4:
      return BigInt(env.memory.u32(at));
    default:
      return env.memory.u64(at);
  }
};

/** A pointer member. */
export const readPointer = (env: FormatEnv, struct: string, member: string, base: Address): Address =>
  env.memory.pointer(base + env.field(struct, member).offset);
