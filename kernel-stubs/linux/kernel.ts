/** include/linux/kernel.h, as lib/cmdline.c and lib/hexdump.c do it. */
import type { Address } from "../../src/base/address.ts";
import { byteStringToBytes } from "../../src/base/bytes.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { OPTION_RESULT, getOption, getOptions } from "../../src/kernel/cmdline.ts";
import { byteAt, isspace } from "../../src/kernel/ctype.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { memparse as parseSize } from "../../src/kernel/number.ts";
import { faultsAt } from "../../src/kernel/printf/fault-places.ts";
import { stub, variable } from "../../src/stub/declare.ts";

export const memparse = stub(
  "unsigned long long memparse(const char *ptr, char **retptr)",
  (k, { ptr, retptr }) => {
    const text = faultsAt(
      ["_parse_integer_fixup_radix+0x6/0x70", "simple_strntoull+0x3a/0xa0", "memparse+0x2a/0xd0"],
      () => k.memory.cstring(ptr),
    );
    const { value, end } = parseSize(text);
    if (retptr !== 0) k.memory.setPointer(retptr, ptr + end);
    return value;
  },
);

export const getOptionStub = stub("int get_option(char **str, int *pint)", (k, { str, pint }) => {
  const text = k.memory.pointer(str);
  if (text === 0) return 0;
  const option = getOption(k.memory.cstring(text), 0);
  if (option.value === undefined) return 0;
  k.memory.setPointer(str, text + option.end);
  if (pint !== 0) k.memory.setU32(pint, option.value);
  return OPTION_RESULT[option.kind];
});

export const getOptionsStub = stub(
  "char *get_options(const char *str, int nints, int *ints)",
  (k, { str, nints, ints }) => {
    const { writes, end } = getOptions(str === 0 ? "" : k.memory.cstring(str), nints);
    for (const [index, value] of writes) k.memory.setU32(ints + index * 4, value);
    return str + end;
  },
);

const digitOf = (char: number): number => {
  if (char >= 0x30 && char <= 0x39) return char - 0x30;
  const upper = char & 0xdf;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x41 + 10 : -1;
};

export const hexToBin = stub("int hex_to_bin(unsigned char ch)", (_k, { ch }) => digitOf(ch));

export const hex2bin = stub(
  "int hex2bin(u8 *dst, const char *src, size_t count)",
  { fails: ["EINVAL"] },
  (k, { dst, src, count }) => {
    // Bytes before a bad digit are written.
    for (let i = 0; i < count; i++) {
      const high = digitOf(k.memory.u8(src + i * 2));
      if (high < 0) throw new Errno(EINVAL);
      const low = digitOf(k.memory.u8(src + i * 2 + 1));
      if (low < 0) throw new Errno(EINVAL);
      k.memory.setU8(dst + i, high * 16 + low);
    }
    return 0;
  },
);

export const bin2hex = stub(
  "char *bin2hex(char *dst, const void *src, size_t count)",
  (k, { dst, src, count }) => {
    const text = Buffer.from(k.memory.bytes(src, count)).toString("hex");
    k.memory.write(dst, byteStringToBytes(text));
    return dst + text.length;
  },
);

export const hexAsc = variable("const char hex_asc[17]", (k, { address }) =>
  k.memory.setCstring(address, "0123456789abcdef"),
);

export const hexAscUpper = variable("const char hex_asc_upper[17]", (k, { address }) =>
  k.memory.setCstring(address, "0123456789ABCDEF"),
);

const SYSTEM_RUNNING = 3;
export const systemState = variable("enum system_states system_state", (k, { address }) =>
  k.memory.setU32(address, SYSTEM_RUNNING),
);

const QUOTE = 0x22;

/** Where the argument ends, and its first '=' (0 for none), quotes keeping spaces in. */
const scanArgument = (text: string, quoted: number): { end: number; equals: number } => {
  let inQuote = quoted;
  let equals = 0;
  let end = 0;
  for (; end < text.length; end++) {
    const char = byteAt(text, end);
    if (isspace(char) && inQuote === 0) break;
    if (equals === 0 && char === 0x3d) equals = end;
    if (char === QUOTE) inQuote = 1 - inQuote;
  }
  return { end, equals };
};

/** One "name=value" of a command line; writes NULs into it and answers where the next begins. */
const nextArgument = (k: Kernel, start: Address, param: Address, val: Address): Address => {
  const { memory } = k;
  const quoted = memory.u8(start) === QUOTE ? 1 : 0;
  const args = start + quoted;
  const text = memory.cstring(args);
  const { end, equals } = scanArgument(text, quoted);
  const lastIsQuote = end > 0 && byteAt(text, end - 1) === QUOTE;
  memory.setPointer(param, args);
  if (equals === 0) memory.setPointer(val, 0);
  else {
    memory.setU8(args + equals, 0);
    const opens = byteAt(text, equals + 1) === QUOTE;
    memory.setPointer(val, args + equals + (opens ? 2 : 1));
    if (opens && lastIsQuote) memory.setU8(args + end - 1, 0);
  }
  if (quoted === 1 && lastIsQuote) memory.setU8(args + end - 1, 0);
  if (end < text.length) memory.setU8(args + end, 0);
  let next = end < text.length ? end + 1 : end;
  while (isspace(byteAt(text, next))) next++;
  return args + next;
};

export const nextArg = stub(
  "char *next_arg(char *args, char **param, char **val)",
  (k, { args, param, val }) => nextArgument(k, args, param, val),
);
