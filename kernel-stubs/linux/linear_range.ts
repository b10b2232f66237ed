/** include/linux/linear_range.h, as lib/linear_ranges.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { StructTypes } from "../../src/profile/struct-types.ts";
import { stub } from "../../src/stub/declare.ts";

type Range = Pick<StructTypes["linear_range"], "min" | "min_sel" | "max_sel" | "step">;

/** No table has more. */
const MOST_RANGES = 65_536;

const rangeAt = (k: Kernel, at: Address): Range => k.struct("linear_range", at);
function* rangesAt(k: Kernel, at: Address, count: number): Generator<Range> {
  const size = k.sizeOf("linear_range");
  for (let index = 0; index < Math.min(count, MOST_RANGES); index++) yield rangeAt(k, at + index * size);
}

/** Unsigned 32-bit arithmetic, as in C. */
const valueOf = ({ min, min_sel, step }: Range, selector: number): number =>
  (min + Math.imul(selector - min_sel, step)) >>> 0;
const highest = (range: Range): number => valueOf(range, range.max_sel);
const values = ({ min_sel, max_sel }: Range): number => (max_sel - min_sel + 1) >>> 0;
const holds = ({ min_sel, max_sel }: Range, selector: number): boolean =>
  min_sel <= selector && selector <= max_sel;

interface Selected {
  readonly selector: number;
  /** The value lies in the range. */
  readonly found: boolean;
}

/** The selector of the largest value that is not above `value`; undefined where all are. */
const selectLow = (range: Range, value: number): Selected | undefined => {
  if (range.min > value) return undefined;
  if (highest(range) < value) return { selector: range.max_sel, found: false };
  const steps = range.step === 0 ? 0 : Math.floor((value - range.min) / range.step);
  return { selector: (steps + range.min_sel) >>> 0, found: true };
};
/** The selector of the smallest value that is not below `value`; undefined where all are. */
const selectHigh = (range: Range, value: number): Selected | undefined => {
  if (highest(range) < value) return undefined;
  if (range.min > value) return { selector: range.min_sel, found: false };
  if (range.step === 0) return { selector: range.max_sel, found: true };
  return { selector: (Math.ceil((value - range.min) / range.step) + range.min_sel) >>> 0, found: true };
};

/** Writes down what was selected. EINVAL. */
const answer = (k: Kernel, selected: Selected | undefined, selector: Address, found: Address): number => {
  k.memory.setU8(found, selected?.found === true ? 1 : 0);
  if (selected === undefined) throw new Errno(EINVAL);
  k.memory.setU32(selector, selected.selector);
  return 0;
};

export const linearRangeValuesInRange = stub(
  "unsigned int linear_range_values_in_range(const struct linear_range *r)",
  (k, { r }) => (r === 0 ? 0 : values(rangeAt(k, r))),
);

/** 0 when one of them has no values. */
export const linearRangeValuesInRangeArray = stub(
  "unsigned int linear_range_values_in_range_array(const struct linear_range *r, int ranges)",
  (k, { r, ranges }) => {
    let sum = 0;
    for (const range of rangesAt(k, r, ranges)) {
      if (values(range) === 0) return 0;
      sum = (sum + values(range)) >>> 0;
    }
    return sum;
  },
);

export const linearRangeGetMaxValue = stub(
  "unsigned int linear_range_get_max_value(const struct linear_range *r)",
  (k, { r }) => highest(rangeAt(k, r)),
);

export const linearRangeGetValue = stub(
  "int linear_range_get_value(const struct linear_range *r, unsigned int selector, unsigned int *val)",
  { fails: ["EINVAL"] },
  (k, { r, selector, val }) => {
    const range = rangeAt(k, r);
    if (!holds(range, selector)) throw new Errno(EINVAL);
    k.memory.setU32(val, valueOf(range, selector));
    return 0;
  },
);

export const linearRangeGetValueArray = stub(
  "int linear_range_get_value_array(const struct linear_range *r, int ranges, unsigned int selector, unsigned int *val)",
  { fails: ["EINVAL"] },
  (k, { r, ranges, selector, val }) => {
    for (const range of rangesAt(k, r, ranges)) {
      if (!holds(range, selector)) continue;
      k.memory.setU32(val, valueOf(range, selector));
      return 0;
    }
    throw new Errno(EINVAL);
  },
);

export const linearRangeGetSelectorLow = stub(
  "int linear_range_get_selector_low(const struct linear_range *r, unsigned int val, unsigned int *selector, bool *found)",
  { fails: ["EINVAL"] },
  (k, { r, val, selector, found }) => answer(k, selectLow(rangeAt(k, r), val), selector, found),
);

/** The range that has the value, or the last one that lies below it. */
export const linearRangeGetSelectorLowArray = stub(
  "int linear_range_get_selector_low_array(const struct linear_range *r, int ranges, unsigned int val, unsigned int *selector, bool *found)",
  { fails: ["EINVAL"] },
  (k, { r, ranges, val, selector, found }) => {
    let best: Selected | undefined;
    for (const range of rangesAt(k, r, ranges)) {
      best = selectLow(range, val) ?? best;
      if (best?.found === true) break;
    }
    return answer(k, best, selector, found);
  },
);

export const linearRangeGetSelectorHigh = stub(
  "int linear_range_get_selector_high(const struct linear_range *r, unsigned int val, unsigned int *selector, bool *found)",
  { fails: ["EINVAL"] },
  (k, { r, val, selector, found }) => answer(k, selectHigh(rangeAt(k, r), val), selector, found),
);

export const linearRangeGetSelectorWithin = stub(
  "void linear_range_get_selector_within(const struct linear_range *r, unsigned int val, unsigned int *selector)",
  (k, { r, val, selector }) => {
    const range = rangeAt(k, r);
    k.memory.setU32(selector, selectLow(range, val)?.selector ?? range.min_sel);
  },
);
