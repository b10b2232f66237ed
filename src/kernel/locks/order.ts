import type { ByteString } from "../../base/bytes.ts";
import type { Journal, JournalMap } from "../journal.ts";
import type { LockClass } from "./classes.ts";
import type { Holding } from "./held.ts";

/** `second` was taken while `first` was held. */
export interface Dependency {
  readonly first: LockClass;
  readonly second: LockClass;
  /** Where `second` was taken, and where `first` had been. */
  readonly stack: readonly ByteString[];
  readonly firstStack: readonly ByteString[];
  /** The two locks themselves, at that time. */
  readonly locks: readonly [number, number];
  /** Both were only read-locked: two readers do not wait for each other. */
  readonly readers: boolean;
}

/** Which lock class was taken while which other was held: a small lockdep. */
export interface LockOrder {
  /**
   * Notes that `wanted` is being taken while `held` is; answers with the chain of dependencies from
   * `wanted` back to `held`, if there is one: the order is not the same everywhere.
   */
  note(held: Holding, wanted: Holding): readonly Dependency[] | undefined;
}

export const createLockOrder = (journal: Journal): LockOrder => {
  /** By the first class' id, then the second's. */
  const after: JournalMap<number, ReadonlyMap<number, Dependency>> = journal.map();

  /** Shortest chain from one class to another. */
  const chain = (from: number, to: number): readonly Dependency[] | undefined => {
    const seen = new Set([from]);
    let paths: (readonly Dependency[])[] = [[]];
    while (paths.length > 0) {
      const longer: (readonly Dependency[])[] = [];
      for (const path of paths) {
        for (const edge of after.get(path.at(-1)?.second.id ?? from)?.values() ?? []) {
          if (seen.has(edge.second.id)) continue;
          seen.add(edge.second.id);
          if (edge.second.id === to) return [...path, edge];
          longer.push([...path, edge]);
        }
      }
      paths = longer;
    }
    return undefined;
  };

  return {
    note(held, wanted) {
      const [first, second] = [held.lockClass, wanted.lockClass];
      const known = after.get(first.id);
      if (first.id === second.id || known?.has(second.id) === true) return undefined;
      const dependency: Dependency = {
        first,
        second,
        stack: wanted.stack,
        firstStack: held.stack,
        locks: [held.lock, wanted.lock],
        readers: held.shared && wanted.shared && held.kind === "rwlock" && wanted.kind === "rwlock",
      };
      after.set(first.id, new Map(known).set(second.id, dependency));
      const back = chain(second.id, first.id);
      if (back === undefined || dependency.readers || back.every(({ readers }) => readers)) return undefined;
      return back;
    },
  };
};
