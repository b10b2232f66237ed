/** include/linux/string.h: comparing, searching and splitting, as lib/string.c does them. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { findByte } from "../../src/kernel/data/guest-bytes.ts";
import { isspace } from "../../src/kernel/ctype.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const NEWLINE = 0x0a;
const ENDLESS = Infinity;

/** Compares without reading past the first difference: what lies behind it may not be mapped. */
const compare = (
  k: Kernel,
  a: Address,
  b: Address,
  count: number,
  fold: (byte: number) => number,
): number => {
  for (let index = 0; index < count; index++) {
    const left = fold(k.memory.u8(a + index));
    const right = fold(k.memory.u8(b + index));
    if (left !== right || left === 0) return left - right;
  }
  return 0;
};

const same = (byte: number): number => byte;

/** tolower() of lib/ctype.c: Latin-1, where 0xd7 and 0xf7 are no letters. */
const toLower = (byte: number): number => {
  const upper = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0xc0 && byte <= 0xde && byte !== 0xd7);
  return upper ? byte + 0x20 : byte;
};

export const strcmp = stub(
  "int strcmp(const char *cs, const char *ct)",
  { faultsAt: { cs: "strcmp+0xc", ct: "strcmp+0x10" } },
  (k, { cs, ct }) => Math.sign(compare(k, cs, ct, ENDLESS, same)),
);

export const strncmp = stub(
  "int strncmp(const char *cs, const char *ct, size_t count)",
  { faultsAt: { cs: "strncmp+0x16", ct: "strncmp+0x1a" } },
  (k, { cs, ct, count }) => Math.sign(compare(k, cs, ct, count, same)),
);

export const strcasecmp = stub("int strcasecmp(const char *s1, const char *s2)", (k, { s1, s2 }) =>
  compare(k, s1, s2, ENDLESS, toLower),
);

export const strncasecmp = stub(
  "int strncasecmp(const char *s1, const char *s2, size_t len)",
  (k, { s1, s2, len }) => compare(k, s1, s2, len, toLower),
);

/** Where `c` or the terminating NUL is. */
const charOrEnd = (k: Kernel, s: Address, c: number): Address =>
  findByte(k.memory, s, ENDLESS, (byte) => byte === (c & 0xff) || byte === 0) ?? s;

export const strchr = stub("char *strchr(const char *s, int c)", (k, { s, c }) => {
  const at = charOrEnd(k, s, c);
  return k.memory.u8(at) === (c & 0xff) ? at : 0;
});

export const strchrnul = stub("char *strchrnul(const char *s, int c)", (k, { s, c }) => charOrEnd(k, s, c));

export const strrchr = stub("char *strrchr(const char *s, int c)", (k, { s, c }) => {
  const at = `${k.memory.cstring(s)}\0`.lastIndexOf(String.fromCharCode(c & 0xff));
  return at < 0 ? 0 : s + at;
});

export const strnchr = stub("char *strnchr(const char *s, size_t count, int c)", (k, { s, count, c }) => {
  const at = findByte(k.memory, s, count, (byte) => byte === (c & 0xff) || byte === 0);
  return at !== undefined && k.memory.u8(at) === (c & 0xff) ? at : 0;
});

/** How many leading bytes of `text` are as wanted. */
const span = (text: string, wanted: (char: string) => boolean): number => {
  const end = [...text].findIndex((char) => !wanted(char));
  return end < 0 ? text.length : end;
};

export const strspn = stub(
  "__kernel_size_t strspn(const char *s, const char *accept)",
  (k, { s, accept }) => {
    const set = k.memory.cstring(accept);
    return span(k.memory.cstring(s), (char) => set.includes(char));
  },
);

export const strcspn = stub(
  "__kernel_size_t strcspn(const char *s, const char *reject)",
  (k, { s, reject }) => {
    const set = k.memory.cstring(reject);
    return span(k.memory.cstring(s), (char) => !set.includes(char));
  },
);

/** The first byte of `s` that is in the set, or NULL. */
const breakAt = (k: Kernel, s: Address, reject: Address): Address => {
  const text = k.memory.cstring(s);
  const set = k.memory.cstring(reject);
  const at = span(text, (char) => !set.includes(char));
  return at < text.length ? s + at : 0;
};

export const strpbrk = stub("char *strpbrk(const char *cs, const char *ct)", (k, { cs, ct }) =>
  breakAt(k, cs, ct),
);

export const strsep = stub("char *strsep(char **s, const char *ct)", (k, { s, ct }) => {
  const start = k.memory.pointer(s);
  if (start === 0) return 0;
  const end = breakAt(k, start, ct);
  if (end !== 0) k.memory.setU8(end, 0);
  k.memory.setPointer(s, end === 0 ? 0 : end + 1);
  return start;
});

export const strstr = stub("char *strstr(const char *s1, const char *s2)", (k, { s1, s2 }) => {
  const wanted = k.memory.cstring(s2);
  if (wanted === "") return s1;
  const at = k.memory.cstring(s1).indexOf(wanted);
  return at < 0 ? 0 : s1 + at;
});

/** Looks at `len` bytes, a NUL among them or not. */
export const strnstr = stub(
  "char *strnstr(const char *s1, const char *s2, size_t len)",
  (k, { s1, s2, len }) => {
    const wanted = k.memory.cstring(s2);
    for (let at = 0; at + wanted.length <= len; at++) {
      const matches = [...wanted].every((char, i) => k.memory.u8(s1 + at + i) === char.charCodeAt(0));
      if (matches) return s1 + at;
    }
    return 0;
  },
);

export const skipSpaces = stub(
  "char *skip_spaces(const char *str)",
  (k, { str }) => findByte(k.memory, str, ENDLESS, (byte) => !isspace(byte)) ?? str,
);

export const strim = stub("char *strim(char *s)", (k, { s }) => {
  const text = k.memory.cstring(s);
  if (text === "") return s;
  let end = text.length;
  while (end > 0 && isspace(text.charCodeAt(end - 1))) end--;
  k.memory.setU8(s + end, 0);
  let start = 0;
  while (start < end && isspace(text.charCodeAt(start))) start++;
  return s + start;
});

export const strreplace = stub(
  // 6.1 returns the end of the string; later versions its start.
  "char *strreplace(char *s, char old, char new)",
  (k, args) => {
    const text = k.memory.cstring(args.s);
    [...text].forEach((char, index) => {
      if (char.charCodeAt(0) === (args.old & 0xff)) k.memory.setU8(args.s + index, args.new);
    });
    return args.s + text.length;
  },
);

/** Equal, a newline at the end of either not counted. */
const sysfsEqual = (k: Kernel, s1: Address, s2: Address): boolean => {
  let index = 0;
  for (; k.memory.u8(s1 + index) !== 0; index++) {
    if (k.memory.u8(s1 + index) !== k.memory.u8(s2 + index)) break;
  }
  const left = k.memory.u8(s1 + index);
  const right = k.memory.u8(s2 + index);
  if (left === right) return true;
  if (left === 0) return right === NEWLINE && k.memory.u8(s2 + index + 1) === 0;
  return right === 0 && left === NEWLINE && k.memory.u8(s1 + index + 1) === 0;
};

export const sysfsStreq = stub("bool sysfs_streq(const char *s1, const char *s2)", (k, { s1, s2 }) =>
  sysfsEqual(k, s1, s2),
);

/** Index of the entry that `equal` accepts; a NULL entry ends the array. */
const matchIn = (k: Kernel, array: Address, n: number, equal: (entry: Address) => boolean): number => {
  for (let index = 0; index < n; index++) {
    const entry = k.memory.pointer(array + index * 8);
    if (entry === 0) break;
    if (equal(entry)) return index;
  }
  throw new Errno(EINVAL);
};

export const matchString = stub(
  "int match_string(const char *const *array, size_t n, const char *string)",
  { fails: ["EINVAL"] },
  (k, args) => matchIn(k, args.array, args.n, (entry) => compare(k, entry, args.string, ENDLESS, same) === 0),
);

export const sysfsMatchString = stub(
  "int __sysfs_match_string(const char *const *array, size_t n, const char *str)",
  { fails: ["EINVAL"] },
  (k, args) => matchIn(k, args.array, args.n, (entry) => sysfsEqual(k, entry, args.str)),
);
