/** include/linux/crc32.h, crc-ccitt.h, bitrev.h: lib/crc32.c, lib/crc-ccitt.c, lib/bitrev.c. */
import {
  crcOf,
  plainCrc,
  plainTable,
  reflectedCrc,
  reflectedTable,
  shiftByZeros,
} from "../../src/kernel/data/crc.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub, type Symbol, variable } from "../../src/stub/declare.ts";

const ccittTable = reflectedTable(0x8408);
const ccittFalseTable = plainTable(0x1021, 16);

const le = reflectedCrc(reflectedTable(0xedb8_8320));
const castagnoli = reflectedCrc(reflectedTable(0x82f6_3b78));
const be = plainCrc(plainTable(0x04c1_1db7, 32), 32);
const ccitt = reflectedCrc(ccittTable);
const ccittFalse = plainCrc(ccittFalseTable, 16);

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

export const crcCcitt = stub(
  "u16 crc_ccitt(u16 crc, const u8 *buffer, size_t len)",
  (k, { crc, buffer, len }) => crcOf(k.memory, ccitt, crc, buffer, len),
);

export const crcCcittFalse = stub(
  "u16 crc_ccitt_false(u16 crc, const u8 *buffer, size_t len)",
  (k, { crc, buffer, len }) => crcOf(k.memory, ccittFalse, crc, buffer, len),
);

const write16 =
  (entries: () => Uint32Array) =>
  (k: Kernel, { address }: Symbol): void =>
    entries().forEach((value, index) => k.memory.setU16(address + index * 2, value));

/** Read inline by crc_ccitt_byte(). */
export const crcCcittTable = variable("u16 const crc_ccitt_table[256]", write16(ccittTable));
export const crcCcittFalseTable = variable("u16 const crc_ccitt_false_table[256]", write16(ccittFalseTable));

const reverse = (byte: number): number => {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) result |= 0x80 >> bit;
  return result;
};

export const byteRevTable = variable("const u8 byte_rev_table[256]", (k, { address }) =>
  k.memory.write(
    address,
    Uint8Array.from({ length: 256 }, (_, byte) => reverse(byte)),
  ),
);
