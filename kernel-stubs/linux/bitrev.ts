/** include/linux/bitrev.h: lib/bitrev.c. */
import { variable } from "../../src/stub/declare.ts";

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
