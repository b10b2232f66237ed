/** include/linux/sort.h: lib/sort.c, comparing in the same order. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";
import { guestFunction } from "../../src/stub/guest-function.ts";

const compare = guestFunction("int (*)(const void *, const void *)");
const compareWith = guestFunction("int (*)(const void *, const void *, const void *)");
const swap = guestFunction("void (*)(void *, void *, int)");
const swapWith = guestFunction("void (*)(void *, void *, int, const void *)");

/** An array in guest memory, by index. */
interface Elements {
  readonly num: number;
  order(a: number, b: number): Routine<number>;
  exchange(a: number, b: number): Routine<void>;
}

const exchangeBytes = (k: Kernel, a: Address, b: Address, size: number): void => {
  const left = k.memory.bytes(a, size);
  k.memory.write(a, k.memory.bytes(b, size));
  k.memory.write(b, left);
};

const parent = (index: number): number => (index - 1) >> 1;

/**
 * Bottom-up heapsort: goes down to a leaf with one comparison a level, then back up to where the
 * element belongs. Never stable.
 */
function* heapsort(elements: Elements): Routine<void> {
  let end = elements.num;
  for (let top = Math.floor(end / 2); ;) {
    if (top > 0) top -= 1;
    else if (--end > 0) yield* elements.exchange(0, end);
    else return;
    yield* siftDown(elements, top, end);
  }
}

function* siftDown(elements: Elements, top: number, end: number): Routine<void> {
  let at = top;
  while (2 * at + 2 < end) {
    const child = 2 * at + 1;
    at = (yield* elements.order(child, child + 1)) >= 0 ? child : child + 1;
  }
  if (2 * at + 2 === end) at = 2 * at + 1;
  while (at !== top && (yield* elements.order(top, at)) >= 0) at = parent(at);
  const home = at;
  while (at !== top) {
    at = parent(at);
    yield* elements.exchange(at, home);
  }
}

export const sort = stub(
  "void sort(void *base, size_t num, size_t size, cmp_func_t cmp_func, swap_func_t swap_func)",
  function* (k, { base, num, size, cmp_func, swap_func }) {
    if (num < 2 || size === 0) return;
    yield* heapsort({
      num,
      order: (a, b) => compare(k, cmp_func, base + a * size, base + b * size),
      *exchange(a, b) {
        if (swap_func === 0) exchangeBytes(k, base + a * size, base + b * size, size);
        else yield* swap(k, swap_func, base + a * size, base + b * size, size);
      },
    });
  },
);

export const sortR = stub(
  "void sort_r(void *base, size_t num, size_t size, cmp_r_func_t cmp_func, swap_r_func_t swap_func, const void *priv)",
  function* (k, { base, num, size, cmp_func, swap_func, priv }) {
    if (num < 2 || size === 0) return;
    yield* heapsort({
      num,
      order: (a, b) => compareWith(k, cmp_func, base + a * size, base + b * size, priv),
      *exchange(a, b) {
        if (swap_func === 0) exchangeBytes(k, base + a * size, base + b * size, size);
        else yield* swapWith(k, swap_func, base + a * size, base + b * size, size, priv);
      },
    });
  },
);
