import type { Address } from "../../base/address.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { ArgumentRecord, Binder, BoundStub } from "../../stub/bind.ts";
import { listen } from "../../stub/listen.ts";
import {
  type Books,
  type Held,
  type Released,
  askerOf,
  enterGiven,
  enterTaken,
  idOf,
  isGone,
  mapOf,
  openBooks,
} from "./books.ts";
import { canonical, isNothing, kindOf } from "./kinds.ts";
import { createMisuse } from "./misuse.ts";
import { type Plan, keysOf, planOf } from "./plan.ts";
import { type Stacks, createStacks } from "./stacks.ts";

/** Everything that guest code took from the kernel and gave back. */
export interface Ledger {
  /** What is held, as far as the kernel still knows of it, in the order it was taken. */
  held(): Held[];
  /** The kernel itself has taken it away since (or an object was freed by somebody else). */
  isGone(held: Held): boolean;
  /** The last release of that key. */
  released(kind: string, key: Address): Released | undefined;
  /** The last release of each key, in no order. */
  releases(): Released[];
  /** Says no more about these. */
  forget(held: readonly Held[]): void;
  readonly stacks: Stacks;
}

/** What the parts of plans name in calls. */
interface Named {
  readonly kind: string;
  readonly key: Address;
  /** The call makes it. */
  readonly made: boolean;
}

/** Called for each call of a stub: plain loops. */
const named = (k: Kernel, parts: Plan["acquires"], args: ArgumentRecord, rax: bigint): Named[] => {
  const all: Named[] = [];
  for (const part of parts) {
    const result = part.key === "return" || typeof part.key === "function";
    for (const address of keysOf(k, part, args, rax)) {
      if (isNothing(part.kind, address)) continue;
      const { kind, key } = canonical(k, part.kind, address);
      all.push({ kind, key, made: result || kindOf(kind).family === "memory" });
    }
  }
  return all;
};

const planner = (): ((bound: BoundStub) => Plan | undefined) => {
  const plans = new WeakMap<BoundStub, { readonly plan: Plan | undefined }>();
  return (bound) => {
    let known = plans.get(bound);
    if (known === undefined) plans.set(bound, (known = { plan: planOf(bound) }));
    return known.plan;
  };
};

const NONE: Plan["acquires"] = [];

/** Keeps the books as calls come. */
const keepBooks = (k: Kernel, binder: Binder, books: Books, stacks: Stacks): void => {
  const planFor = planner();
  const misuse = createMisuse(k, stacks, books);
  const give = ({ name: by }: BoundStub, given: readonly Named[]): void => {
    for (const { kind, key } of given) enterGiven(k, books, stacks, { kind, key, by });
  };
  listen(binder.hooks, {
    call(bound, args) {
      const plan = planFor(bound);
      misuse.checkArguments(bound, args, plan);
      for (const { kind } of plan?.acquires ?? NONE)
        if (kindOf(kind).strict === "asked") books.asked.add(askerOf(stacks, kind));
      if (plan === undefined || plan.releases.length === 0) return;
      const given = named(k, plan.releases, args, 0n);
      for (const { kind, key } of given) misuse.checkRelease(kind, key, bound.name);
      if (!plan.late) give(bound, given);
    },
    result(bound, args, rax) {
      const plan = planFor(bound);
      if (plan === undefined) return;
      const succeeded = plan.succeeded(rax);
      if (succeeded && plan.late) give(bound, named(k, plan.releases, args, rax));
      for (const what of named(k, succeeded ? plan.acquires : plan.kept, args, rax))
        enterTaken(k, books, stacks, { ...what, by: bound.name });
    },
  });
};

/** Begins to listen. */
export const openLedger = (k: Kernel, binder: Binder): Ledger => {
  const books = openBooks(k);
  const stacks = createStacks(k);
  keepBooks(k, binder, books, stacks);
  return {
    held: () => [...books.memory.values(), ...books.others.values()].filter((each) => !isGone(k, each)),
    isGone: (held) => isGone(k, held),
    released: (kind, key) => books.gone.get(idOf(kind, key)),
    releases: () => [...books.gone.values()],
    forget(all) {
      for (const { kind, key } of all) mapOf(books, kind).delete(idOf(kind, key));
    },
    stacks,
  };
};
