import type { Address } from "../../base/address.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { DIRECT_MAP, DIRECT_MAP_END } from "../../kernel/memory/layout.ts";
import type { HeapObject } from "../../kernel/memory/heap-view.ts";
import type { ArgumentRecord, BoundStub } from "../../stub/bind.ts";
import { type Books, type Held, type Released, askerOf, idOf, isGone } from "./books.ts";
import { kindOf } from "./kinds.ts";
import type { Plan } from "./plan.ts";
import type { Related } from "../../kernel/events.ts";
import type { Stacks } from "./stacks.ts";
import { acquiredPlace, freedPlace } from "./wording.ts";

/** Mistakes that show at the call itself: found before the kernel acts, which may not survive them. */
export interface Misuse {
  /** Something is about to be given back. */
  checkRelease(kind: string, key: Address, by: string): void;
  /** A function is about to be called with pointers that may lead to freed memory. */
  checkArguments(bound: BoundStub, args: ArgumentRecord, plan: Plan | undefined): void;
}

/** What lies in memory of the heap that is freed with it. */
const IN_HEAP = ["slab", "class", "device", "kobject", "kset", "cdev_object", "platform_device", "workqueue"];

interface Parts {
  readonly k: Kernel;
  readonly stacks: Stacks;
  readonly books: Books;
}

const report = ({ k, stacks }: Parts, kind: string, message: string, related: readonly Related[]): void => {
  const stack = stacks.text(stacks.capture());
  k.findings.add({ kind, severity: "error", message, where: stack[0], stack, related });
};

const size = ({ size }: Held): string => (size === undefined ? "" : ` (${size} bytes)`);

const otherKind = ({ k, books }: Parts, kind: string, key: Address): Held | undefined => {
  for (const held of books.memory.values())
    if (held.key === key && held.kind !== kind && !isGone(k, held)) return held;
  return undefined;
};

/** Freeing what is no memory of that kind, or no longer. */
const checkFree = (parts: Parts, kind: string, key: Address, by: string): void => {
  const { k, stacks, books } = parts;
  const other = otherKind(parts, kind, key);
  if (other !== undefined) {
    const what = `${by}() of ${kindOf(other.kind).noun}${size(other)}, which ${other.acquired.by}() gave`;
    return report(parts, "wrong-free", what, [acquiredPlace(stacks, other)]);
  }
  const before = books.gone.get(idOf(kind, key));
  const object = k.heap.objectAt(key);
  const allocated = object?.state === "allocated" && object.base === key;
  if (before !== undefined && !allocated) {
    const what = `${by}() of memory that ${before.released.by}() has freed already${size(before.held)}`;
    return report(parts, "double-free", what, related(stacks, before));
  }
  if (kind === "slab" && object !== undefined && object.base !== key && object.state === "allocated") {
    const what = `${by}() of an address ${key - object.base} bytes into an object of ${object.size}`;
    report(parts, "invalid-free", what, []);
  }
};

/** Kernel objects inside memory that is about to be freed. */
const checkInside = (parts: Parts, key: Address, by: string): void => {
  const { k, stacks, books } = parts;
  const object = k.heap.objectAt(key);
  if (object === undefined || books.others.size === 0) return;
  for (const held of books.others.values()) {
    const inside =
      held.serial === undefined && held.key >= object.base && held.key < object.base + object.capacity;
    const { family, noun } = kindOf(held.kind);
    if (!inside || family === "reference" || held.kind === "kobject" || isGone(k, held)) continue;
    const what = `${by}() of memory with ${noun} in it, which the kernel still uses`;
    report(parts, "freed-while-in-use", what, [acquiredPlace(stacks, held)]);
  }
};

const checkRelease = (parts: Parts, kind: string, key: Address, by: string): void => {
  const { k, stacks, books } = parts;
  const { family, strict, held, noun } = kindOf(kind);
  const id = idOf(kind, key);
  if (family === "memory") {
    const known = books.memory.get(id);
    if (known === undefined || isGone(k, known)) checkFree(parts, kind, key, by);
    else if (kind === "slab") checkInside(parts, key, by);
    return;
  }
  if (strict === undefined || books.others.has(id) || held?.(k, key) === true) return;
  const before = books.gone.get(id);
  if (before === undefined) {
    if (strict === true || books.asked.has(askerOf(stacks, kind)))
      report(parts, "unbalanced-release", `${by}() of ${noun} that was never taken`, []);
  } else report(parts, "double-release", `${by}() of ${noun} that is gone already`, related(stacks, before));
};

/** How a freed object of the heap came to be freed: by the module, or with what it gave back. */
const freedAs = (books: Books, { base, serial }: HeapObject): Released | undefined => {
  for (const kind of IN_HEAP) {
    const before = books.gone.get(idOf(kind, base));
    if (before?.held.serial === serial) return before;
  }
  return undefined;
};

const checkArguments = (
  parts: Parts,
  bound: BoundStub,
  args: ArgumentRecord,
  plan: Plan | undefined,
): void => {
  const { k, stacks, books } = parts;
  if (books.gone.size === 0) return;
  // A plain record, looked at for each call of a stub: no list of its entries is made.
  for (const name in args) {
    const value = args[name];
    if (typeof value !== "number" || value < DIRECT_MAP || value >= DIRECT_MAP_END) continue;
    const object = k.heap.objectAt(value);
    if (object === undefined || object.state !== "freed") continue;
    if (plan?.releases.some(({ key }) => key === name) === true) continue;
    const before = freedAs(books, object);
    if (before === undefined) continue;
    const { held } = before;
    const noun = held.kind === "slab" ? "memory" : kindOf(held.kind).noun;
    const what = `${bound.name}() is given ${noun} that ${before.released.by}() has freed${size(held)}`;
    report(parts, "use-after-free", what, related(stacks, before));
  }
};

export const createMisuse = (k: Kernel, stacks: Stacks, books: Books): Misuse => {
  const parts: Parts = { k, stacks, books };
  return {
    checkRelease: (kind, key, by) => checkRelease(parts, kind, key, by),
    checkArguments: (bound, args, plan) => checkArguments(parts, bound, args, plan),
  };
};

const related = (stacks: Stacks, before: Released): Related[] => [
  freedPlace(stacks, before),
  acquiredPlace(stacks, before.held),
];
