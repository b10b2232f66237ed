/** Pairs of functions that put something on a list of a subsystem that the sandbox does not play, and take it off. */
import type { Address } from "../src/base/address.ts";
import { errnoNumber } from "../src/base/errno.ts";
import { Errno } from "../src/base/errors.ts";
import type { Kernel } from "../src/kernel/kernel.ts";
import { type ErrnoName, type Stub, stub } from "../src/stub/declare.ts";

export interface Registration {
  /** What is registered, for the ledger. */
  readonly kind: string;
  readonly add: string;
  readonly remove: string;
  /** The arguments that name it. */
  readonly by: { readonly add: string; readonly remove: string };
  readonly fails: readonly ErrnoName[];
  /** How a second registration of the same thing fails, where it does. */
  readonly twice?: ErrnoName;
  /** The place that it takes, where there is one for each. */
  readonly slot?: (k: Kernel, args: Readonly<Record<string, number>>) => string;
  /** Places that the kernel itself has taken. */
  readonly taken?: readonly string[];
}

type Add = "int f(void *what)";

/** Things in an array that a function registers all or none of. */
export interface Several {
  readonly count: number;
  at(index: number): Address;
}

/** Registers one after the other; where one fails, those before it go again, last first. Answers 0. */
export const registerAll = (
  { count, at }: Several,
  one: { add(what: Address): void; remove(what: Address): void },
): number => {
  for (let index = 0; index < count; index += 1) {
    try {
      one.add(at(index));
    } catch (error) {
      for (let done = index - 1; done >= 0; done -= 1) one.remove(at(done));
      throw error;
    }
  }
  return 0;
};

/** Both stubs of each pair; `missing` tells what never comes of it. */
export const registrations = (missing: string, pairs: readonly Registration[]): Stub[] =>
  pairs.flatMap(({ kind, add, remove, by, fails, twice, slot, taken = [] }) => {
    const level = { partial: missing };
    /** A function of type void answers nothing. */
    const done = (prototype: string): number =>
      (prototype.startsWith("void ") ? undefined : 0) as unknown as number;
    const nameOf = (k: Kernel, args: unknown, argument: string): string => {
      const all = args as Readonly<Record<string, number>>;
      return `${kind} ${slot === undefined ? all[argument] : slot(k, all)}`;
    };
    const own = new Set(taken.map((one) => `${kind} ${one}`));
    return [
      stub(add as Add, { fails, sleeps: true, acquires: { [kind]: by.add } as never, level }, (k, args) => {
        const { registered } = k.driverCore;
        const name = nameOf(k, args, by.add);
        if (twice !== undefined && (own.has(name) || registered.has(name)))
          throw new Errno(errnoNumber(twice) ?? 0);
        registered.add(name);
        return done(add);
      }),
      stub(remove as Add, { sleeps: true, releases: { [kind]: by.remove } as never, level }, (k, args) => {
        k.driverCore.registered.delete(nameOf(k, args, by.remove));
        return done(remove);
      }),
    ];
  });
