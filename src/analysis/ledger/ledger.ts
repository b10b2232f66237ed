import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { JournalMap } from "../../kernel/journal.ts";
import type { ArgumentRecord, Binder, BoundStub } from "../../stub/bind.ts";
import { listen } from "../../stub/listen.ts";
import { canonical, isNothing, kindOf } from "./kinds.ts";
import { createMisuse } from "./misuse.ts";
import { type Plan, keysOf, planOf } from "./plan.ts";
import { type StackFrame, type Stacks, createStacks } from "./stacks.ts";

/** Something that happened to a resource: by which function, from where, in which task. */
export interface Moment {
  /** Function of the kernel that was called. */
  readonly by: string;
  readonly stack: readonly StackFrame[];
  readonly task: ByteString;
  readonly pid: number;
  /** Instructions that the guest had executed: what happened earlier has the smaller number. */
  readonly at: number;
}

/** A resource that was taken and not given back. */
export interface Held {
  readonly kind: string;
  readonly key: Address;
  readonly acquired: Moment;
  /** Module whose code took it. */
  readonly module: ByteString | undefined;
  /** Bytes, for memory of the heap; and which allocation since boot it is. */
  readonly size: number | undefined;
  readonly serial: number | undefined;
  /** How often it was taken. */
  count: number;
}

export interface Released {
  readonly held: Held;
  readonly released: Moment;
}

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

/** Which release of a key is remembered: so many keys at most. */
const REMEMBERED = 20_000;

const idOf = (kind: string, key: Address): string => `${kind} ${key}`;

/** Begins to listen. State is journalled: it goes back with the kernel's. */
export const openLedger = (k: Kernel, binder: Binder): Ledger => {
  const memory: JournalMap<string, Held> = k.journal.map();
  const others: JournalMap<string, Held> = k.journal.map();
  const gone: JournalMap<string, Released> = k.journal.map();
  const plans = new Map<BoundStub, Plan | undefined>();
  const stacks = createStacks(k);
  const mapOf = (kind: string): JournalMap<string, Held> =>
    kindOf(kind).family === "memory" ? memory : others;

  const momentOf = (by: string): Moment => {
    const task = k.executor.current();
    const [at = 0] = k.machine.engine.counters;
    return { by, stack: stacks.capture(), task: task?.comm ?? "", pid: task?.pid ?? 0, at };
  };
  const isGone = ({ kind, key, serial }: Held): boolean => {
    if (serial !== undefined) {
      const object = k.heap.objectAt(key);
      if (object === undefined || object.state === "freed" || object.serial !== serial) return true;
    }
    return kindOf(kind).held?.(k, key) === false;
  };
  const misuse = createMisuse(k, stacks, { memory, others, gone, isGone });

  const acquire = (kind: string, key: Address, made: "made" | "given", by: string): void => {
    const map = mapOf(kind);
    const id = idOf(kind, key);
    const known = map.get(id);
    if (known !== undefined && kindOf(kind).counted === true && !isGone(known)) {
      k.journal.touch(known).count += 1;
      return;
    }
    const acquired = momentOf(by);
    const object = made === "made" ? k.heap.objectAt(key) : undefined;
    const own = object?.base === key && object.state === "allocated" ? object : undefined;
    map.delete(id);
    map.set(id, {
      kind,
      key,
      acquired,
      module: acquired.stack.find(({ module }) => module !== undefined)?.module?.name,
      size: own?.size,
      serial: own?.serial,
      count: 1,
    });
  };
  const release = (kind: string, key: Address, by: string): void => {
    const map = mapOf(kind);
    const id = idOf(kind, key);
    const known = map.get(id);
    if (known === undefined) return;
    if (known.count > 1) {
      k.journal.touch(known).count -= 1;
      return;
    }
    map.delete(id);
    if (gone.size < REMEMBERED || gone.has(id)) gone.set(id, { held: known, released: momentOf(by) });
  };
  const planFor = (bound: BoundStub): Plan | undefined => {
    if (plans.has(bound)) return plans.get(bound);
    const plan = planOf(bound);
    plans.set(bound, plan);
    return plan;
  };
  /** What those parts of a plan name in a call. */
  const named = (
    parts: Plan["acquires"],
    args: ArgumentRecord,
    rax: bigint,
  ): { part: Plan["acquires"][number]; kind: string; key: Address }[] =>
    parts.flatMap((part) =>
      keysOf(k, part, args, rax)
        .filter((key) => !isNothing(part.kind, key))
        .map((key) => ({ part, ...canonical(k, part.kind, key) })),
    );
  const releaseAll = (bound: BoundStub, plan: Plan, args: ArgumentRecord, rax: bigint): void => {
    for (const { kind, key } of named(plan.releases, args, rax)) release(kind, key, bound.name);
  };

  listen(binder.hooks, {
    call(bound, args) {
      const plan = planFor(bound);
      misuse.checkArguments(bound, args, plan);
      if (plan === undefined || plan.releases.length === 0) return;
      for (const { kind, key } of named(plan.releases, args, 0n))
        misuse.checkRelease(kind, key, bound.name, idOf(kind, key));
      if (!plan.late) releaseAll(bound, plan, args, 0n);
    },
    result(bound, args, rax) {
      const plan = planFor(bound);
      if (plan === undefined || !plan.succeeded(rax)) return;
      if (plan.late) releaseAll(bound, plan, args, rax);
      for (const { part, kind, key } of named(plan.acquires, args, rax)) {
        const made = part.key === "return" || typeof part.key === "function";
        acquire(kind, key, made || kindOf(kind).family === "memory" ? "made" : "given", bound.name);
      }
    },
  });

  return {
    held: () => [...memory.values(), ...others.values()].filter((each) => !isGone(each)),
    isGone,
    released: (kind, key) => gone.get(idOf(kind, key)),
    releases: () => [...gone.values()],
    forget(all) {
      for (const { kind, key } of all) mapOf(kind).delete(idOf(kind, key));
    },
    stacks,
  };
};
