import { type Address, PAGE_SIZE } from "../../base/address.ts";
import { VMALLOC_START } from "./layout.ts";
import { type PrivateMemory, createSparseTable } from "./private-memory.ts";

/** Why an address range of the vmalloc area is taken (vm_struct.flags, include/linux/vmalloc.h). */
export const VM = { IOREMAP: 1, ALLOC: 2, MAP: 4, USERMAP: 8, MAP_PUT_PAGES: 0x200 } as const;

/** A range of the vmalloc area; `record` is its place in private memory. */
export interface Area {
  readonly record: number;
  readonly address: Address;
  readonly pages: number;
  readonly flags: number;
  /** Bytes asked for. */
  readonly size: number;
  /** Physical address (ioremap), or the guest's array of pages that vfree releases (VM_MAP_PUT_PAGES). */
  readonly extra: number;
}

export interface Areas {
  /** A free range with an unmapped page behind it; undefined when there is none. */
  take(size: number, flags: number, extra?: number): Area | undefined;
  /** The area that `address` lies in. */
  around(address: Address): Area | undefined;
  drop(area: Area): void;
  setFlags(area: Area, flags: number): void;
  all(): Generator<Area>;
}

/** Where areas go: behind what the kernel's own stacks use, 16 GB wide. */
const FIRST: Address = VMALLOC_START + 2 ** 32;
const PAGES = 4 * 2 ** 20;
/** Table entry of the page behind an area. */
const GUARD = 1;
/** Entries that exist together. */
const LEAF = 1024;
const RECORD = { START: 0, PAGES: 1, FLAGS: 2, SIZE: 4, EXTRA: 6, BYTES: 64 } as const;

/**
 * Address ranges, found next-fit so that a freed one is not reused soon: a late access faults, as
 * with the kernel's lazily flushed ranges (mm/vmalloc.c).
 */
export const createAreas = (store: PrivateMemory): Areas => {
  const table = createSparseTable(store, PAGES, 1);
  const { words, doubles } = store;
  const next = store.allocate(64);

  const entry = (page: number): number => {
    const at = table.find(page);
    return at === 0 ? 0 : (words[at] ?? 0);
  };
  const mark = (page: number, value: number): boolean => {
    const at = value === 0 ? table.find(page) : table.make(page);
    if (at !== 0) store.set(at, value);
    return at !== 0;
  };
  /** First of `count` free pages in [from, to), or undefined. */
  const search = (from: number, to: number, count: number): number | undefined => {
    let start = from;
    let length = 0;
    for (let page = from; page < to; page += 1) {
      if (entry(page) === 0) {
        length += 1;
        if (length === count) return start;
      } else {
        start = page + 1;
        length = 0;
      }
    }
    return undefined;
  };
  const describe = (record: number): Area => ({
    record,
    address: FIRST + (words[record + RECORD.START] ?? 0) * PAGE_SIZE,
    pages: words[record + RECORD.PAGES] ?? 0,
    flags: words[record + RECORD.FLAGS] ?? 0,
    size: doubles[(record + RECORD.SIZE) >>> 1] ?? 0,
    extra: doubles[(record + RECORD.EXTRA) >>> 1] ?? 0,
  });
  const clear = (start: number, count: number): void => {
    for (let page = start; page < start + count; page += 1) mark(page, 0);
  };

  return {
    take(size, flags, extra = 0) {
      const pages = Math.ceil(size / PAGE_SIZE);
      if (pages + 1 > PAGES) return undefined;
      const hint = words[next] ?? 0;
      const start = search(hint, PAGES, pages + 1) ?? search(0, Math.min(PAGES, hint + pages), pages + 1);
      const record = start === undefined ? 0 : store.allocate(RECORD.BYTES);
      if (start === undefined || record === 0) return undefined;
      for (let page = 0; page <= pages; page += 1) {
        if (mark(start + page, page === pages ? GUARD : record)) continue;
        clear(start, page);
        store.release(record, RECORD.BYTES);
        return undefined;
      }
      store.set(record + RECORD.START, start);
      store.set(record + RECORD.PAGES, pages);
      store.set(record + RECORD.FLAGS, flags);
      store.setDouble(record + RECORD.SIZE, size);
      store.setDouble(record + RECORD.EXTRA, extra);
      store.set(next, start + pages + 1);
      return describe(record);
    },
    around(address) {
      const record = entry(Math.floor((address - FIRST) / PAGE_SIZE));
      return record <= GUARD ? undefined : describe(record);
    },
    drop(area) {
      clear((area.address - FIRST) / PAGE_SIZE, area.pages + 1);
      store.release(area.record, RECORD.BYTES);
    },
    setFlags: (area, flags) => store.set(area.record + RECORD.FLAGS, flags),
    *all() {
      for (let page = 0; page < PAGES; page += 1) {
        if (table.find(page) === 0) page |= LEAF - 1;
        const record = entry(page);
        if (record <= GUARD) continue;
        const area = describe(record);
        yield area;
        page += area.pages;
      }
    },
  };
};
