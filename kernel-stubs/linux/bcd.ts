/** include/linux/bcd.h: lib/bcd.c. */
import { stub } from "../../src/stub/declare.ts";

export const bcd2bin = stub(
  "unsigned int _bcd2bin(unsigned char val)",
  (_k, { val }) => (val & 0x0f) + (val >> 4) * 10,
);

export const bin2bcd = stub(
  "unsigned char _bin2bcd(unsigned int val)",
  (_k, { val }) => (Math.floor(val / 10) << 4) + (val % 10),
);
