/** include/linux/{gcd,lcm,math,math64,rational,reciprocal_div,bcd}.h, as lib/math and lib/bcd.c do it. */
import { stub } from "../../src/stub/declare.ts";
import { endless } from "../reports.ts";

const U64 = 64;
const wrap = (value: bigint): bigint => BigInt.asUintN(U64, value);

const greatestDivisor = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
};

export const gcd = stub("unsigned long gcd(unsigned long a, unsigned long b)", (_k, { a, b }) =>
  greatestDivisor(a, b),
);

const leastMultiple = (a: bigint, b: bigint): bigint =>
  a !== 0n && b !== 0n ? wrap((a / greatestDivisor(a, b)) * b) : 0n;

export const lcm = stub("unsigned long lcm(unsigned long a, unsigned long b)", (_k, { a, b }) =>
  leastMultiple(a, b),
);

export const lcmNotZero = stub(
  "unsigned long lcm_not_zero(unsigned long a, unsigned long b)",
  (_k, { a, b }) => leastMultiple(a, b) || b || a,
);

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

/** Divides by subtracting, so that dividing by zero never ends. */
export const iterDivU64Rem = stub(
  "u32 iter_div_u64_rem(u64 dividend, u32 divisor, u64 *remainder)",
  (k, { dividend, divisor, remainder }) => {
    if (divisor === 0) {
      endless(k, "iter_div_u64_rem");
      return 0;
    }
    k.memory.setU64(remainder, dividend % BigInt(divisor));
    return Number(BigInt.asUintN(32, dividend / BigInt(divisor)));
  },
);

const ULONG_MAX = 2n ** 64n - 1n;
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Continued fractions: the best fraction whose terms fit, not always a convergent. */
export const rationalBestApproximation = stub(
  "void rational_best_approximation(unsigned long given_numerator, unsigned long given_denominator, unsigned long max_numerator, unsigned long max_denominator, unsigned long *best_numerator, unsigned long *best_denominator)",
  (k, args) => {
    let [n, d] = [args.given_numerator, args.given_denominator];
    let [n0, d0, n1, d1] = [0n, 1n, 1n, 0n];
    while (d !== 0n) {
      const a = n / d;
      const before = d;
      [n, d] = [d, n % d];
      const [n2, d2] = [n0 + a * n1, d0 + a * d1];
      if (n2 > args.max_numerator || d2 > args.max_denominator) {
        const byDenominator = d1 === 0n ? ULONG_MAX : (args.max_denominator - d0) / d1;
        const t = n1 === 0n ? byDenominator : smaller(byDenominator, (args.max_numerator - n0) / n1);
        const better = d1 === 0n || 2n * t > a || (2n * t === a && d0 * before > d1 * d);
        if (better) [n1, d1] = [n0 + t * n1, d0 + t * d1];
        break;
      }
      [n0, n1, d0, d1] = [n1, n2, d1, d2];
    }
    k.memory.setU64(args.best_numerator, wrap(n1));
    k.memory.setU64(args.best_denominator, wrap(d1));
  },
);

export const bcd2bin = stub(
  "unsigned int _bcd2bin(unsigned char val)",
  (_k, { val }) => (val & 0x0f) + (val >> 4) * 10,
);

export const bin2bcd = stub(
  "unsigned char _bin2bcd(unsigned int val)",
  (_k, { val }) => (Math.floor(val / 10) << 4) + (val % 10),
);

const bitLength = (value: number): number => 32 - Math.clz32(value);

/** struct reciprocal_value { u32 m; u8 sh1, sh2; } */
export const reciprocalValue = stub("struct reciprocal_value reciprocal_value(u32 d)", (_k, { d }) => {
  const bits = bitLength((d - 1) >>> 0);
  const m = d === 0 ? 1n : ((2n ** BigInt(bits) - BigInt(d)) << 32n) / BigInt(d) + 1n;
  const shifts = Math.min(bits, 1) | (Math.max(bits - 1, 0) << 8);
  return BigInt.asUintN(32, m) | (BigInt(shifts) << 32n);
});
