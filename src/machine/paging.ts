import { type Address, highHalf, lowHalf } from "../base/address.ts";
import { outOfMemory } from "../base/errors.ts";
import type { Frames } from "./frames.ts";
import type { Ram } from "./ram.ts";

/** Page-table entry bits (Intel SDM vol. 3, 4.5). */
export const PTE = { PRESENT: 1, WRITE: 2, USER: 4, ACCESSED: 0x20, DIRTY: 0x40, GLOBAL: 0x100 } as const;
/** Bit 63, in the entry's upper word. */
const NO_EXECUTE = 0x80000000;

export interface Protection {
  readonly write: boolean;
  readonly execute: boolean;
  readonly user?: boolean;
}

/** Four-level page tables in guest RAM. Tables are never freed: addresses tend to come back. */
export interface PageTables {
  /** Physical address of the top table, for CR3. */
  readonly root: number;
  /** Index in `ram.words` of the entry for `address`, or -1 where no table covers it. */
  find(address: Address): number;
  set(address: Address, frame: number, protection: Protection): void;
  /** Entries on the way to `address`, top first; the last is the first that is not present, or the page's. */
  walk(address: Address): bigint[];
  /** RAM may be put back to how it is now. */
  settle(): void;
  /** RAM has been put back: the tables made meanwhile are gone. */
  goBack(): void;
}

const CACHE = 4096;

export const createPageTables = (ram: Ram, frames: Frames): PageTables => {
  const { words } = ram;
  const newTable = (): number => {
    const frame = frames.allocate(1);
    if (frame === undefined) throw outOfMemory("the page tables");
    return frame;
  };
  const rootFrame = newTable();
  const since = { grown: true };
  const tags = new Float64Array(CACHE).fill(Number.NaN);
  const entries = new Int32Array(CACHE);

  /** One level down; `create` is the protection of a table made on the way, or undefined. */
  const descend = (table: number, index: number, create: Protection | undefined): number => {
    const entry = table * 1024 + index * 2;
    const low = words[entry] ?? 0;
    if ((low & PTE.PRESENT) !== 0) {
      if (create?.user === true && (low & PTE.USER) === 0) {
        words[entry] = low | PTE.USER;
        ram.touch(table);
      }
      return low >>> 12;
    }
    if (create === undefined) return -1;
    const frame = newTable();
    since.grown = true;
    words[entry] = ((frame << 12) | PTE.PRESENT | PTE.WRITE | (create.user === true ? PTE.USER : 0)) >>> 0;
    ram.touch(table);
    return frame;
  };

  const walk = (address: Address, create: Protection | undefined): number => {
    const low = lowHalf(address);
    const high = highHalf(address);
    // Not canonical: no table covers it.
    if (high >>> 15 !== 0 && high >>> 15 !== 0x1ffff) return -1;
    const directory = descend(rootFrame, (high >>> 7) & 0x1ff, create);
    if (directory < 0) return -1;
    const middle = descend(directory, ((high & 0x7f) << 2) | (low >>> 30), create);
    if (middle < 0) return -1;
    const table = descend(middle, (low >>> 21) & 0x1ff, create);
    return table < 0 ? -1 : table * 1024 + ((low >>> 12) & 0x1ff) * 2;
  };

  return {
    root: rootFrame * 4096,
    find(address) {
      const page = Math.floor(address / 4096);
      const slot = page & (CACHE - 1);
      if (tags[slot] === page) return entries[slot] ?? -1;
      const entry = walk(address, undefined);
      if (entry >= 0) {
        tags[slot] = page;
        entries[slot] = entry;
      }
      return entry;
    },
    set(address, frame, protection) {
      const entry = walk(address, protection);
      const old = words[entry] ?? 0;
      // The dirty bit goes with the old entry: keep the fact that the page was written.
      if ((old & PTE.DIRTY) !== 0) ram.touch(old >>> 12);
      const bits =
        PTE.PRESENT | (protection.write ? PTE.WRITE : 0) | (protection.user === true ? PTE.USER : 0);
      words[entry] = ((frame << 12) | bits) >>> 0;
      words[entry + 1] = protection.execute ? 0 : NO_EXECUTE;
      ram.touch(entry >>> 10);
    },
    walk(address) {
      const [low, high] = [lowHalf(address), highHalf(address)];
      const indices = [(high >>> 7) & 0x1ff, ((high & 0x7f) << 2) | (low >>> 30), low >>> 21, low >>> 12];
      const path: bigint[] = [];
      let table = rootFrame;
      for (const index of indices) {
        const value = ram.view.getBigUint64(table * 4096 + (index & 0x1ff) * 8, true);
        path.push(value);
        if ((value & 1n) === 0n) break;
        table = Number((value >> 12n) & 0xfffffn);
      }
      return path;
    },
    settle() {
      since.grown = false;
    },
    goBack() {
      if (!since.grown) return;
      tags.fill(Number.NaN);
      since.grown = false;
    },
  };
};
