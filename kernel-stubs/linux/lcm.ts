/** include/linux/lcm.h: lib/math/lcm.c. */
import { stub } from "../../src/stub/declare.ts";
import { greatestDivisor } from "./gcd.ts";

const leastMultiple = (a: bigint, b: bigint): bigint =>
  a !== 0n && b !== 0n ? BigInt.asUintN(64, (a / greatestDivisor(a, b)) * b) : 0n;

export const lcm = stub("unsigned long lcm(unsigned long a, unsigned long b)", (_k, { a, b }) =>
  leastMultiple(a, b),
);

export const lcmNotZero = stub(
  "unsigned long lcm_not_zero(unsigned long a, unsigned long b)",
  (_k, { a, b }) => leastMultiple(a, b) || b || a,
);
