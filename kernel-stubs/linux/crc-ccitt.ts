/** include/linux/crc-ccitt.h: lib/crc-ccitt.c. */
import { crcOf, plainCrc, plainTable, reflectedCrc, reflectedTable } from "../../src/kernel/data/crc.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub, type Symbol, variable } from "../../src/stub/declare.ts";

const ccittTable = reflectedTable(0x8408);
const ccittFalseTable = plainTable(0x1021, 16);

const ccitt = reflectedCrc(ccittTable);
const ccittFalse = plainCrc(ccittFalseTable, 16);

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
