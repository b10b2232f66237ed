/** include/linux/list_sort.h: the stable merge sort of lib/list_sort.c, comparing in the same order. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";
import { guestFunction } from "../../src/stub/guest-function.ts";
import { endless } from "../reports.ts";

const compare = guestFunction("int (*)(void *, const struct list_head *, const struct list_head *)");

const PREV = 8;
/** Longer than any list that fits into a guest's memory. */
const LONGEST = 2 ** 24;

type Run = readonly Address[];
type Order = (a: Address, b: Address) => Routine<number>;

/** Entries in list order; undefined when the list never comes back to its head. */
const entriesOf = (k: Kernel, head: Address): Address[] | undefined => {
  const entries: Address[] = [];
  for (let at = k.memory.pointer(head); at !== head; at = k.memory.pointer(at)) {
    if (entries.push(at) > LONGEST) return undefined;
  }
  return entries;
};

/** `a` came first in the input and wins ties. */
function* merge(order: Order, a: Run, b: Run): Routine<{ readonly merged: Address[]; readonly rest: Run }> {
  const merged: Address[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [left = 0, right = 0] = [a[i], b[j]];
    if ((yield* order(left, right)) <= 0) {
      merged.push(left);
      i += 1;
    } else {
      merged.push(right);
      j += 1;
    }
  }
  return { merged, rest: i < a.length ? a.slice(i) : b.slice(j) };
}

function* merged(order: Order, a: Run, b: Run): Routine<Run> {
  const result = yield* merge(order, a, b);
  return [...result.merged, ...result.rest];
}

/** Runs still to be merged, newest first; which two are next follows from the bits of the count. */
function* collectRuns(order: Order, entries: Run): Routine<Run[]> {
  const pending: Run[] = [];
  for (const [count, entry] of entries.entries()) {
    let skip = 0;
    let bits = count;
    for (; (bits & 1) === 1; bits >>= 1) skip += 1;
    if (bits !== 0) {
      const [newer = [], older = []] = pending.slice(skip);
      pending.splice(skip, 2, yield* merged(order, older, newer));
    }
    pending.unshift([entry]);
  }
  return pending;
}

/** The last merge; the kernel goes on calling cmp now and then, so that it may give way. */
function* finalMerge(order: Order, a: Run, b: Run): Routine<Run> {
  const result = yield* merge(order, a, b);
  for (const [index, entry] of result.rest.entries()) {
    if ((index + 1) % 256 === 0) yield* order(entry, entry);
  }
  return [...result.merged, ...result.rest];
}

const relink = (k: Kernel, head: Address, entries: Run): void => {
  let last = head;
  for (const entry of entries) {
    k.memory.setPointer(last, entry);
    k.memory.setPointer(entry + PREV, last);
    last = entry;
  }
  k.memory.setPointer(last, head);
  k.memory.setPointer(head + PREV, last);
};

export const listSort = stub(
  "void list_sort(void *priv, struct list_head *head, list_cmp_func_t cmp)",
  function* (k, { priv, head, cmp }) {
    if (k.memory.pointer(head) === k.memory.pointer(head + PREV)) return;
    const entries = entriesOf(k, head);
    if (entries === undefined) return endless(k, "list_sort");
    const order: Order = (a, b) => compare(k, cmp, priv, a, b);
    const [newest = [], ...older] = yield* collectRuns(order, entries);
    let list: Run = newest;
    while (older.length > 1) list = yield* merged(order, older.shift() ?? [], list);
    relink(k, head, yield* finalMerge(order, older[0] ?? [], list));
  },
);
