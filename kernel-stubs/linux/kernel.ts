/** include/linux/kernel.h, as lib/cmdline.c and lib/hexdump.c do it. */
import { EINVAL } from "../../src/base/errno.ts";
import { byteStringToBytes } from "../../src/base/bytes.ts";
import { Errno } from "../../src/base/errors.ts";
import { OPTION_RESULT, getOption, getOptions } from "../../src/kernel/cmdline.ts";
import { faultsAt } from "../../src/kernel/printf/fault-places.ts";
import { memparse as parseSize } from "../../src/kernel/number.ts";
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
