/** include/linux/bsearch.h, comparing in the order of lib/bsearch.c. */
import { stub } from "../../src/stub/declare.ts";
import { guestFunction } from "../../src/stub/guest-function.ts";

const compare = guestFunction("int (*)(const void *, const void *)");

export const bsearch = stub(
  "void *bsearch(const void *key, const void *base, size_t num, size_t size, cmp_func_t cmp)",
  function* (k, { key, base, num, size, cmp }) {
    let start = base;
    let left = num;
    while (left > 0) {
      const pivot = start + Math.floor(left / 2) * size;
      const order = yield* compare(k, cmp, key, pivot);
      if (order === 0) return pivot;
      if (order > 0) {
        start = pivot + size;
        left -= 1;
      }
      left = Math.floor(left / 2);
    }
    return 0;
  },
);
