/** include/linux/math.h: lib/math. */
import { stub } from "../../src/stub/declare.ts";

const U64 = 64;
const wrap = (value: bigint): bigint => BigInt.asUintN(U64, value);

export const intPow = stub("u64 int_pow(u64 base, unsigned int exp)", (_k, { base, exp }) => {
  let result = 1n;
  let square = base;
  for (let left = exp; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = wrap(result * square);
    square = wrap(square * square);
  }
  return result;
});

/** The largest number whose square is not above `x`. */
const rootOf = (x: bigint): bigint => {
  let root = BigInt(Math.floor(Math.sqrt(Number(x))));
  while (root * root > x) root -= 1n;
  while ((root + 1n) * (root + 1n) <= x) root += 1n;
  return root;
};

export const intSqrt = stub("unsigned long int_sqrt(unsigned long x)", (_k, { x }) => rootOf(x));
