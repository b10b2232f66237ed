/** include/linux/refcount.h: lib/refcount.c. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { warnOnceAt } from "../reports.ts";

const REFCOUNT_SATURATED = 0xc000_0000;

/** enum refcount_saturation_type: the line that warns, and what it says. */
const SATURATIONS: readonly (readonly [line: number, text: string])[] = [
  [19, "saturated; leaking memory"],
  [22, "saturated; leaking memory"],
  [25, "addition on 0; use-after-free"],
  [28, "underflow; use-after-free"],
  [31, "decrement hit 0; leaking memory"],
];

export const refcountWarnSaturate = stub(
  "void refcount_warn_saturate(refcount_t *r, enum refcount_saturation_type t)",
  (k, { r, t }) => {
    k.memory.setU32(r, REFCOUNT_SATURATED);
    const [line, text] = SATURATIONS[t] ?? [34, "unknown saturation event!?"];
    warnOnceAt(k, `refcount_warn_saturate:${line}`, `refcount_t: ${text}.`);
  },
);

export const refcountDecIfOne = stub("bool refcount_dec_if_one(refcount_t *r)", (k, { r }) => {
  if (k.memory.u32(r) !== 1) return false;
  k.memory.setU32(r, 0);
  return true;
});

/** False when the count was 1; a saturated one stays as it is. */
export const decNotOne = (k: Kernel, r: Address): boolean => {
  const value = k.memory.u32(r);
  if (value === REFCOUNT_SATURATED) return true;
  if (value === 1) return false;
  if (value === 0) warnOnceAt(k, "refcount_dec_not_one:87", "refcount_t: underflow; use-after-free.");
  else k.memory.setU32(r, value - 1);
  return true;
};

export const refcountDecNotOne = stub("bool refcount_dec_not_one(refcount_t *r)", (k, { r }) =>
  decNotOne(k, r),
);
