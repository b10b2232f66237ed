/** include/linux/math64.h: lib/math/div64.c. */
import { stub } from "../../src/stub/declare.ts";
import { endless } from "../reports.ts";

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
