import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";

/** Locks that follow the same rules (kernel/locking/lockdep.c): those of one variable, or of one place that makes them ready. */
export interface LockClass {
  readonly id: number;
  readonly name: ByteString;
}

export interface LockClasses {
  /** A function made the lock ready: `site` is who called it, `name` the lock as the source has it ("&dev->lock"). */
  initialised(lock: Address, site: Address, name: ByteString): void;
  /** Undefined once there are too many. */
  of(lock: Address): LockClass | undefined;
  /** Some lock lies on that page or the next. */
  near(address: Address): boolean;
  /** Memory goes back: what comes there next is another lock. */
  forget(base: Address, size: number): void;
}

/** MAX_LOCKDEP_KEYS */
const MOST_CLASSES = 8191;
const PAGE_SHIFT = 4096;

/** A page that no lock is in is looked at no further. */
const pageOf = (address: Address): number => Math.floor(address / PAGE_SHIFT);

/** "lock [mod]", "table+0x40 [mod]", or the address of what is no variable. */
export const variableName = (k: Pick<Kernel, "symbols">, address: Address): ByteString => {
  const symbol = k.symbols.lookup(address);
  if (symbol === undefined) return k.symbols.format(address);
  const offset = symbol.offset === 0 ? "" : `+0x${symbol.offset.toString(16)}`;
  return `${symbol.name}${offset}${symbol.module === undefined ? "" : ` [${symbol.module}]`}`;
};

export const createLockClasses = (k: Pick<Kernel, "journal" | "symbols">): LockClasses => {
  const bySite: JournalMap<Address, LockClass> = k.journal.map();
  const byLock: JournalMap<Address, LockClass> = k.journal.map();
  const pages: JournalMap<number, readonly Address[]> = k.journal.map();
  const state = { made: 0 };

  const make = (name: ByteString): LockClass | undefined => {
    if (state.made >= MOST_CLASSES) return undefined;
    return { id: (k.journal.touch(state).made += 1), name };
  };
  const note = (lock: Address, lockClass: LockClass): LockClass => {
    if (!byLock.has(lock)) pages.set(pageOf(lock), [...(pages.get(pageOf(lock)) ?? []), lock]);
    byLock.set(lock, lockClass);
    return lockClass;
  };
  const forgetPage = (page: number, base: Address, size: number): void => {
    const locks = pages.get(page);
    if (locks === undefined) return;
    const gone = locks.filter((lock) => lock >= base && lock < base + size);
    if (gone.length === 0) return;
    for (const lock of gone) byLock.delete(lock);
    const left = locks.filter((lock) => lock < base || lock >= base + size);
    if (left.length === 0) pages.delete(page);
    else pages.set(page, left);
  };

  return {
    initialised(lock, site, name) {
      const lockClass = bySite.get(site) ?? make(name === "" ? variableName(k, lock) : name);
      if (lockClass === undefined) return;
      bySite.set(site, lockClass);
      note(lock, lockClass);
    },
    of(lock) {
      const known = byLock.get(lock);
      if (known !== undefined) return known;
      // A variable of a module; or one whose initialisation is inline, which tells us nothing: a class of its own.
      const lockClass = make(variableName(k, lock));
      return lockClass === undefined ? undefined : note(lock, lockClass);
    },
    near: (address) => pages.has(pageOf(address)) || pages.has(pageOf(address) + 1),
    forget(base, size) {
      if (pages.size === 0 || size <= 0) return;
      const [first, last] = [pageOf(base), pageOf(base + size - 1)];
      if (last - first < pages.size) {
        for (let page = first; page <= last; page += 1) forgetPage(page, base, size);
      } else {
        for (const page of pages.keys()) forgetPage(page, base, size);
      }
    },
  };
};
