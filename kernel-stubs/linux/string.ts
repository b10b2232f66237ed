/** include/linux/string.h: memory, length, copying and joining, as lib/string.c and fs/libfs.c do them. */
import type { Address } from "../../src/base/address.ts";
import { byteStringToBytes } from "../../src/base/bytes.ts";
import { E2BIG, EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { compareBytes, copyForward, findByte, moveBytes } from "../../src/kernel/data/guest-bytes.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { bugAt, warnOnceAt } from "../reports.ts";

const INT_MAX = 0x7fff_ffff;

export const memcpy = stub(
  "void *memcpy(void *to, const void *from, size_t len)",
  { aliases: ["__memcpy"], faultsAt: { to: "memcpy_erms+0x6", from: "memcpy_erms+0x6" } },
  (k, { to, from, len }) => {
    copyForward(k.memory, to, from, len);
    return to;
  },
);

export const memmove = stub(
  "void *memmove(void *to, const void *from, size_t len)",
  { aliases: ["__memmove"] },
  (k, { to, from, len }) => {
    moveBytes(k.memory, to, from, len);
    return to;
  },
);

export const memset = stub(
  "void *memset(void *s, int c, size_t n)",
  { aliases: ["__memset"], faultsAt: { s: "memset_erms+0x9" } },
  (k, { s, c, n }) => {
    k.memory.fill(s, c & 0xff, n);
    return s;
  },
);

export const memcmp = stub(
  "int memcmp(const void *const p, const void *const q, __kernel_size_t size)",
  { faultsAt: { q: "memcmp+0x2", p: "memcmp+0x5" } },
  (k, { p, q, size }) => compareBytes(k.memory, p, q, size),
);

export const bcmp = stub("int bcmp(const void *a, const void *b, size_t len)", (k, { a, b, len }) =>
  compareBytes(k.memory, a, b, len),
);

export const memscan = stub(
  "void *memscan(void *addr, int c, size_t size)",
  (k, { addr, c, size }) => findByte(k.memory, addr, size, (byte) => byte === (c & 0xff)) ?? addr + size,
);

export const memchr = stub(
  "void *memchr(const void *const p, int c, __kernel_size_t size)",
  (k, { p, c, size }) => findByte(k.memory, p, size, (byte) => byte === (c & 0xff)) ?? 0,
);

export const memchrInv = stub(
  "void *memchr_inv(const void *const p, int c, size_t size)",
  (k, { p, c, size }) => findByte(k.memory, p, size, (byte) => byte !== (c & 0xff)) ?? 0,
);

export const strlen = stub("size_t strlen(const char *s)", (k, { s }) => k.memory.cstring(s).length);

export const strnlen = stub(
  "__kernel_size_t strnlen(const char *const p, __kernel_size_t maxlen)",
  { faultsAt: { p: "strnlen+0x17" } },
  (k, { p, maxlen }) => k.memory.cstring(p, maxlen).length,
);

/** Copies a string with its NUL, byte by byte where it could fault halfway. */
const copyString = (k: Kernel, to: Address, from: Address): number => {
  const text = k.memory.cstring(from);
  k.memory.setCstring(to, text);
  return text.length;
};

export const strcpy = stub(
  "char *strcpy(char *const p, const char *const q)",
  { faultsAt: { q: "strcpy+0x5", p: "strcpy+0x9" } },
  (k, { p, q }) => {
    copyString(k, p, q);
    return p;
  },
);

export const stpcpy = stub(
  "char *stpcpy(char *restrict dest, const char *restrict src)",
  (k, { dest, src }) => dest + copyString(k, dest, src),
);

export const strcat = stub("char *strcat(char *const p, const char *q)", (k, { p, q }) => {
  copyString(k, p + k.memory.cstring(p).length, q);
  return p;
});

/** Fills up with NULs, and leaves none when the source is too long. */
export const strncpy = stub(
  "char *strncpy(char *const p, const char *q, __kernel_size_t size)",
  { faultsAt: { q: "strncpy+0xe", p: "strncpy+0x16" } },
  (k, { p, q, size }) => {
    const text = k.memory.cstring(q, size);
    k.memory.write(p, byteStringToBytes(text));
    k.memory.fill(p + text.length, 0, size - text.length);
    return p;
  },
);

export const strncat = stub(
  "char *strncat(char *dest, const char *src, size_t count)",
  (k, { dest, src, count }) => {
    if (count > 0) {
      const end = dest + k.memory.cstring(dest).length;
      k.memory.setCstring(end, k.memory.cstring(src, count));
    }
    return dest;
  },
);

export const strlcpy = stub(
  "size_t strlcpy(char *const p, const char *const q, size_t size)",
  (k, { p, q, size }) => {
    const text = k.memory.cstring(q);
    if (size > 0) k.memory.setCstring(p, text.slice(0, size - 1));
    return text.length;
  },
);

export const strlcat = stub(
  "size_t strlcat(char *dest, const char *src, size_t count)",
  (k, { dest, src, count }) => {
    const start = k.memory.cstring(dest).length;
    const text = k.memory.cstring(src);
    if (start >= count) bugAt(k, "strlcat:337");
    k.memory.setCstring(dest + start, text.slice(0, count - start - 1));
    return start + text.length;
  },
);

/**
 * Copies eight bytes at a time while there is room for eight, and the last word with zeros behind
 * its NUL: targets see up to seven zero bytes more than the string.
 */
const copyBounded = (k: Kernel, to: Address, from: Address, count: number): number => {
  if (count > INT_MAX) warnOnceAt(k, "strscpy:181");
  if (count === 0 || count > INT_MAX) throw new Errno(E2BIG);
  const text = k.memory.cstring(from, count);
  const whole = Math.floor(count / 8) * 8;
  if (text.length === count) {
    k.memory.setCstring(to, text.slice(0, count - 1));
    throw new Errno(E2BIG);
  }
  const padded = text.length < whole ? Math.floor(text.length / 8) * 8 + 8 : text.length + 1;
  k.memory.write(to, byteStringToBytes(text.padEnd(padded, "\0")));
  return text.length;
};

export const strscpy = stub(
  "ssize_t strscpy(char *const p, const char *const q, size_t size)",
  (k, { p, q, size }) => copyBounded(k, p, q, size),
);

export const strscpyPad = stub(
  "ssize_t strscpy_pad(char *dest, const char *src, size_t count)",
  (k, { dest, src, count }) => {
    const written = copyBounded(k, dest, src, count);
    k.memory.fill(dest + written, 0, count - written);
    return written;
  },
);

export const memcpyAndPad = stub(
  "void memcpy_and_pad(void *dest, size_t dest_len, const void *src, size_t count, int pad)",
  (k, args) => {
    const size = Math.min(args.count, args.dest_len);
    copyForward(k.memory, args.dest, args.src, size);
    k.memory.fill(args.dest + size, args.pad & 0xff, args.dest_len - size);
  },
);

export const memoryReadFromBuffer = stub(
  "ssize_t memory_read_from_buffer(void *to, size_t count, loff_t *ppos, const void *from, size_t available)",
  { fails: ["EINVAL"] },
  (k, { to, count, ppos, from, available }) => {
    const position = Number(BigInt.asIntN(64, k.memory.u64(ppos)));
    if (position < 0) throw new Errno(EINVAL);
    if (position >= available) return 0;
    const size = Math.min(count, available - position);
    k.memory.write(to, k.memory.bytes(from + position, size));
    k.memory.setU64(ppos, BigInt(position + size));
    return size;
  },
);
