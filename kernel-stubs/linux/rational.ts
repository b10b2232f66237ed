/** include/linux/rational.h: lib/math/rational.c. */
import { stub } from "../../src/stub/declare.ts";

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
    k.memory.setU64(args.best_numerator, BigInt.asUintN(64, n1));
    k.memory.setU64(args.best_denominator, BigInt.asUintN(64, d1));
  },
);
