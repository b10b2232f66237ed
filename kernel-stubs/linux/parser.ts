/** include/linux/parser.h: mount options, as lib/parser.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL, ERANGE } from "../../src/base/errno.ts";
import { type ByteString, bytesToByteString, byteStringToBytes } from "../../src/base/bytes.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { kstrtoUnsigned, simpleSigned } from "../../src/kernel/number.ts";
import { type OptionPart, matchOption, matchWildcard as matches } from "../../src/kernel/option-pattern.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

/** substring_t: from and to. */
const SUBSTRING = 16;
/** struct match_token: int token, const char *pattern. */
const TOKEN = 16;
const GFP_KERNEL = 0xcc0;

const substring = (k: Kernel, s: Address): ByteString => {
  const [from, to] = [k.memory.pointer(s), k.memory.pointer(s + 8)];
  return bytesToByteString(k.memory.bytes(from, Math.max(to - from, 0)));
};

/** The text as a C string sees it. */
const cText = (text: ByteString): ByteString => text.replace(/\0[^]*$/, "");

export const matchToken = stub(
  "int match_token(char *s, const struct match_token *table, substring_t *args)",
  (k, { s, table, args }) => {
    const text = k.memory.cstring(s);
    // The table ends with a pattern that is NULL and matches everything.
    for (let entry = table; ; entry += TOKEN) {
      const pattern = k.memory.pointer(entry + 8);
      if (pattern === 0) return k.memory.i32(entry);
      const { matched, parts } = matchOption(text, k.memory.cstring(pattern));
      parts.forEach((part, index) => storePart(k, s, args + index * SUBSTRING, part));
      if (matched) return k.memory.i32(entry);
    }
  },
);

const storePart = (k: Kernel, text: Address, slot: Address, part: OptionPart): void => {
  k.memory.setPointer(slot, text + part.from);
  if (part.to !== undefined) k.memory.setPointer(slot + 8, text + part.to);
};

const INT_MIN = -(2n ** 31n);
const INT_MAX = 2n ** 31n - 1n;

/** The long that simple_strtol reads must be an int. */
const number = (k: Kernel, s: Address, result: Address, base: number): number => {
  const text = cText(substring(k, s));
  const { value, end } = simpleSigned(text, 0, base);
  if (end === 0) throw new Errno(EINVAL);
  if (value < INT_MIN || value > INT_MAX) throw new Errno(ERANGE);
  k.memory.setU32(result, Number(BigInt.asUintN(32, value)));
  return 0;
};

type NumberPrototype = "int match_int(substring_t *s, int *result)";

const numberStub = (name: string, base: number): Stub =>
  stub(
    `int ${name}(substring_t *s, int *result)` as NumberPrototype,
    { fails: ["EINVAL", "ERANGE", "ENOMEM"], sleeps: true },
    (k, { s, result }) => number(k, s, result, base),
  );

export const matchNumbers = [
  numberStub("match_int", 0),
  numberStub("match_octal", 8),
  numberStub("match_hex", 16),
];

export const matchUint = stub(
  "int match_uint(substring_t *s, unsigned int *result)",
  { fails: ["EINVAL", "ERANGE", "ENOMEM"], sleeps: true },
  (k, { s, result }) => {
    k.memory.setU32(result, Number(kstrtoUnsigned(cText(substring(k, s)), 10, 32)));
    return 0;
  },
);

export const matchU64 = stub(
  "int match_u64(substring_t *s, u64 *result)",
  { fails: ["EINVAL", "ERANGE", "ENOMEM"], sleeps: true },
  (k, { s, result }) => {
    k.memory.setU64(result, kstrtoUnsigned(cText(substring(k, s)), 0, 64));
    return 0;
  },
);

export const matchWildcard = stub(
  "bool match_wildcard(const char *pattern, const char *str)",
  (k, { pattern, str }) => matches(k.memory.cstring(pattern), k.memory.cstring(str)),
);

export const matchStrlcpy = stub(
  "size_t match_strlcpy(char *dest, const substring_t *src, size_t size)",
  (k, { dest, src, size }) => {
    const text = substring(k, src);
    if (size > 0) k.memory.write(dest, byteStringToBytes(`${text.slice(0, size - 1)}\0`));
    return text.length;
  },
);

export const matchStrdup = stub(
  "char *match_strdup(const substring_t *s)",
  { fails: ["NULL"], sleeps: true, acquires: { slab: "return" } },
  (k, { s }) => {
    const bytes = byteStringToBytes(`${substring(k, s)}\0`);
    const copy = k.heap.kmalloc(bytes.length, GFP_KERNEL);
    if (copy !== 0) k.memory.write(copy, bytes);
    return copy;
  },
);
