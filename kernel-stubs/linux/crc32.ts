/** include/linux/crc32.h: lib/crc32.c. */
import {
  crcOf,
  plainCrc,
  plainTable,
  reflectedCrc,
  reflectedTable,
  shiftByZeros,
} from "../../src/kernel/data/crc.ts";
import { stub } from "../../src/stub/declare.ts";

const le = reflectedCrc(reflectedTable(0xedb8_8320));
const castagnoli = reflectedCrc(reflectedTable(0x82f6_3b78));
const be = plainCrc(plainTable(0x04c1_1db7, 32), 32);
export const crc32Le = stub(
  "u32 crc32_le(u32 crc, const unsigned char *p, size_t len)",
  (k, { crc, p, len }) => crcOf(k.memory, le, crc, p, len),
);

export const crc32cLe = stub(
  "u32 __crc32c_le(u32 crc, const unsigned char *p, size_t len)",
  (k, { crc, p, len }) => crcOf(k.memory, castagnoli, crc, p, len),
);

export const crc32Be = stub(
  "u32 crc32_be(u32 crc, const unsigned char *p, size_t len)",
  (k, { crc, p, len }) => crcOf(k.memory, be, crc, p, len),
);

export const crc32LeShift = stub("u32 crc32_le_shift(u32 crc, size_t len)", (_k, { crc, len }) =>
  shiftByZeros(le, crc, len),
);

export const crc32cLeShift = stub("u32 __crc32c_le_shift(u32 crc, size_t len)", (_k, { crc, len }) =>
  shiftByZeros(castagnoli, crc, len),
);
