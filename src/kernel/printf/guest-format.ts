import { type VarArgs, type VariadicCall, vaListArgs, variadicArgs } from "../../abi/varargs.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { GuestMemory } from "../../machine/memory.ts";
import type { FormatEnv } from "./env.ts";
import { FORMAT_FAULT, below, place, storeFault } from "./fault-places.ts";
import { format, plainText } from "./format.ts";
import type { Formatted } from "./sink.ts";

/** What formatting for the guest needs of the kernel. */
export interface Formatter {
  readonly memory: GuestMemory;
  readonly format: FormatEnv;
}

/** Where a function's format arguments come from: its own `...`, or a `va_list` of the guest. */
export type ArgumentSource = VariadicCall | { readonly list: Address };

const argsOf = ({ memory }: Formatter, source: ArgumentSource): VarArgs =>
  "list" in source ? vaListArgs(memory, source.list) : variadicArgs(memory, source);

/** Formats the guest's format string at `fmt`, keeping at most `limit` bytes. */
export const formatGuest = (
  k: Formatter,
  fmt: Address,
  source: ArgumentSource,
  limit?: number,
): Formatted => {
  const text = readFormat(k, fmt);
  return plainText(text, limit) ?? format(text, argsOf(k, source), k.format, limit);
};

const readFormat = (k: Formatter, fmt: Address): ByteString => {
  try {
    return k.memory.cstring(fmt);
  } catch (error) {
    place(error, FORMAT_FAULT);
    below(error, k.format.callers());
    throw error;
  }
};

/** `text` in front of what was formatted. */
export const prepend = (text: ByteString, { text: rest, length }: Formatted): Formatted => ({
  text: text + rest,
  length: text.length + length,
});

const INT_MAX = 0x7fffffff;

/**
 * `vsnprintf` into `size` bytes at `buffer`, terminated when there is any room; returns the length
 * there would have been. `sprintf` passes INT_MAX.
 */
export const formatInto = (
  k: Formatter,
  buffer: Address,
  size: number,
  fmt: Address,
  source: ArgumentSource,
): number => {
  if (size > INT_MAX) {
    k.format.warnOnce("size", "", 0);
    return 0;
  }
  const { text, length } = formatGuest(k, fmt, source, Math.max(size - 1, 0));
  if (size === 0) return length;
  try {
    k.memory.setCstring(buffer, text);
  } catch (error) {
    place(error, storeFault(k.memory.cstring(fmt)));
    below(error, k.format.callers());
    throw error;
  }
  return length;
};

/** What `scnprintf` makes of `snprintf`'s length: the bytes really written, without the NUL. */
export const writtenLength = (length: number, size: number): number =>
  size === 0 ? 0 : Math.min(length, size - 1);

export { INT_MAX };
