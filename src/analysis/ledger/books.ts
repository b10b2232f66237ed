import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { JournalMap, JournalSet } from "../../kernel/journal.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { kindOf, sizeOfMemory } from "./kinds.ts";
import type { StackFrame, Stacks } from "./stacks.ts";

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
  /** Bytes, for memory. */
  readonly size: number | undefined;
  /** Of the heap: which allocation since boot it is. */
  readonly serial: number | undefined;
  /** How often it was taken. */
  count: number;
}

export interface Released {
  readonly held: Held;
  readonly released: Moment;
}

/** What is held and what was given back, by kind and key. Journalled: it goes back with the kernel. */
export interface Books {
  readonly memory: JournalMap<string, Held>;
  readonly others: JournalMap<string, Held>;
  readonly gone: JournalMap<string, Released>;
  /** Which modules have asked for something of a kind where that counts (`strict: "asked"`). */
  readonly asked: JournalSet<string>;
}

/** Which release of a key is remembered: so many keys at most. */
const REMEMBERED = 20_000;

export const openBooks = (k: Kernel): Books => ({
  memory: k.journal.map(),
  others: k.journal.map(),
  gone: k.journal.map(),
  asked: k.journal.set(),
});

export const idOf = (kind: string, key: Address): string => `${kind} ${key}`;

/** The kind, and the module that calls the kernel. */
export const askerOf = (stacks: Stacks, kind: string): string =>
  `${kind} ${stacks.capture().find(({ module }) => module !== undefined)?.module?.name ?? ""}`;

export const mapOf = (books: Books, kind: string): JournalMap<string, Held> =>
  kindOf(kind).family === "memory" ? books.memory : books.others;

/** The kernel itself has taken it away since (or an object was freed by somebody else). */
export const isGone = (k: Kernel, { kind, key, serial }: Held): boolean => {
  if (serial !== undefined) {
    const object = k.heap.objectAt(key);
    if (object === undefined || object.state === "freed" || object.serial !== serial) return true;
  }
  return kindOf(kind).held?.(k, key) === false;
};

const momentOf = (k: Kernel, stacks: Stacks, by: string): Moment => {
  const task = k.executor.current();
  const [at = 0] = k.machine.engine.counters;
  return { by, stack: stacks.capture(), task: task?.comm ?? "", pid: task?.pid ?? 0, at };
};

/** `made`: the call has made what it gives, which may be a new object of the heap. */
export const enterTaken = (
  k: Kernel,
  books: Books,
  stacks: Stacks,
  { kind, key, made, by }: { kind: string; key: Address; made: boolean; by: string },
): void => {
  const map = mapOf(books, kind);
  const id = idOf(kind, key);
  const known = map.get(id);
  if (known !== undefined && kindOf(kind).counted === true && !isGone(k, known)) {
    k.journal.touch(known).count += 1;
    return;
  }
  const acquired = momentOf(k, stacks, by);
  const object = made ? k.heap.objectAt(key) : undefined;
  const own = object?.base === key && object.state === "allocated" ? object : undefined;
  map.delete(id);
  map.set(id, {
    kind,
    key,
    acquired,
    module: acquired.stack.find(({ module }) => module !== undefined)?.module?.name,
    size: own?.size ?? sizeOfMemory(k, kind, key),
    serial: own?.serial,
    count: 1,
  });
};

export const enterGiven = (
  k: Kernel,
  books: Books,
  stacks: Stacks,
  { kind, key, by }: { kind: string; key: Address; by: string },
): void => {
  const map = mapOf(books, kind);
  const id = idOf(kind, key);
  const known = map.get(id);
  if (known === undefined) return;
  if (known.count > 1) {
    k.journal.touch(known).count -= 1;
    return;
  }
  map.delete(id);
  const { gone } = books;
  if (gone.size < REMEMBERED || gone.has(id))
    gone.set(id, { held: known, released: momentOf(k, stacks, by) });
};
