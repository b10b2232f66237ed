/** include/linux/reciprocal_div.h: lib/math/reciprocal_div.c. */
import { stub } from "../../src/stub/declare.ts";

const bitLength = (value: number): number => 32 - Math.clz32(value);

/** struct reciprocal_value { u32 m; u8 sh1, sh2; } */
export const reciprocalValue = stub("struct reciprocal_value reciprocal_value(u32 d)", (_k, { d }) => {
  const bits = bitLength((d - 1) >>> 0);
  const m = d === 0 ? 1n : ((2n ** BigInt(bits) - BigInt(d)) << 32n) / BigInt(d) + 1n;
  const shifts = Math.min(bits, 1) | (Math.max(bits - 1, 0) << 8);
  return BigInt.asUintN(32, m) | (BigInt(shifts) << 32n);
});
