/** include/linux/gcd.h: lib/math/gcd.c. */
import { stub } from "../../src/stub/declare.ts";

export const greatestDivisor = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
};

export const gcd = stub("unsigned long gcd(unsigned long a, unsigned long b)", (_k, { a, b }) =>
  greatestDivisor(a, b),
);
