import type { Address } from "../../base/address.ts";
import { LOW_FRAMES } from "../../machine/frames.ts";
import { MAX_ORDER } from "./buddy.ts";
import { KERNEL_DATA, type MemoryHost, type OffsetOf } from "./host.ts";
import { PAGE_STRUCT, VMEMMAP, frameToPage } from "./layout.ts";

/** Bit numbers in page->flags of this configuration (include/linux/page-flags.h). */
const PG = { LOCKED: 0, SLAB: 9, RESERVED: 12, HEAD: 16 } as const;
/** Upper word of page->flags: zone at bit 51, last CPU at bits 30..50 all ones. */
const FLAGS_HIGH = { dma: 0x0007ffff, dma32: 0x000fffff } as const;
const FLAGS_LOW = 0xc0000000;
/** page->mapping of a compound tail: TAIL_MAPPING with the kernel's poison offset. */
const TAIL_MAPPING = { low: 0x400, high: 0xdead0000 } as const;
/** compound_dtor of an ordinary compound page. */
const COMPOUND_PAGE_DTOR = 1;

/** The guest's array of struct page, mapped where it describes frames that were allocated once. */
export interface PageStructs {
  /** Makes the array cover `count` frames from `frame` on; false when RAM is used up. */
  cover(frame: number, count: number): boolean;
  /** As prep_new_page leaves an order-0 page: one reference, no mapping. */
  init(frame: number): void;
  /** One reference, and PG_reserved: the image's own. */
  reserve(frame: number): void;
  /** Marks a block as compound: head flag, order, tails pointing at the head (prep_compound_page). */
  compound(frame: number, order: number): void;
  /** Sets or clears PG_slab of a block's head and its slab_cache. */
  slab(frame: number, cache: Address): void;
  /** As free_pages_prepare leaves a page: no references, no flags. */
  clear(frame: number): void;
  refcount(frame: number): number;
  setRefcount(frame: number, value: number): void;
  isHead(frame: number): boolean;
  /** compound_order of a head page, 0 of others. */
  order(frame: number): number;
}

export const createPageStructs = (host: MemoryHost, offsetOf: OffsetOf): PageStructs => {
  const { memory, frames, ram } = host;
  const { words } = ram;
  const at = {
    head: offsetOf("page", "compound_head"),
    mapping: offsetOf("page", "mapping") / 4,
    mapcount: offsetOf("page", "_mapcount") / 4,
    refcount: offsetOf("page", "_refcount"),
    dtor: offsetOf("page", "compound_dtor"),
    order: offsetOf("page", "compound_order"),
    compoundMapcount: offsetOf("page", "compound_mapcount"),
    nr: offsetOf("page", "compound_nr"),
    slabCache: offsetOf("slab", "slab_cache"),
  };
  /** Word index in RAM of a struct page that is covered. */
  const locate = (frame: number): number => (host.translate(frameToPage(frame)) ?? 0) / 4;

  const zoneOf = (frame: number): number => (frame < LOW_FRAMES ? FLAGS_HIGH.dma : FLAGS_HIGH.dma32);
  const blank = (index: number, frame: number, references: number): void => {
    words.fill(0, index, index + 16);
    words[index] = FLAGS_LOW;
    words[index + 1] = zoneOf(frame);
    words[index + at.mapcount] = 0xffffffff;
    words[index + at.refcount / 4] = references;
    ram.touch(index >>> 10);
  };
  /** Maps the page of the array that holds `group`, which is 64 struct pages. */
  const coverGroup = (group: number): boolean => {
    const address = VMEMMAP + group * 4096;
    if (host.translate(address) !== undefined) return true;
    const backing = frames.free() > 4 ? frames.allocate(1) : undefined;
    if (backing === undefined) return false;
    host.map(address, backing, 1, KERNEL_DATA);
    // A fresh frame is zero.
    const high = zoneOf(group * 64);
    for (let index = backing * 1024; index < (backing + 1) * 1024; index += 16) {
      words[index] = FLAGS_LOW;
      words[index + 1] = high;
      words[index + at.mapcount] = 0xffffffff;
    }
    ram.touch(backing);
    return true;
  };

  return {
    cover(frame, count) {
      for (let group = frame >>> 6; group <= (frame + count - 1) >>> 6; group += 1) {
        if (!coverGroup(group)) return false;
      }
      return true;
    },
    init: (frame) => blank(locate(frame), frame, 1),
    reserve(frame) {
      blank(locate(frame), frame, 1);
      const page = frameToPage(frame);
      memory.setU32(page, memory.u32(page) | (1 << PG.RESERVED));
    },
    compound(frame, order) {
      const head = frameToPage(frame);
      memory.setU32(head, memory.u32(head) | (1 << PG.HEAD));
      for (let tail = 1; tail < 1 << order; tail += 1) {
        const index = locate(frame + tail);
        blank(index, frame + tail, 0);
        words[index + at.mapping] = TAIL_MAPPING.low;
        words[index + at.mapping + 1] = TAIL_MAPPING.high;
        memory.setPointer(head + tail * PAGE_STRUCT + at.head, head + 1);
      }
      const first = head + PAGE_STRUCT;
      memory.setU8(first + at.dtor, COMPOUND_PAGE_DTOR);
      memory.setU8(first + at.order, order);
      memory.setU32(first + at.compoundMapcount, 0xffffffff);
      memory.setU32(first + at.nr, 1 << order);
    },
    slab(frame, cache) {
      const page = frameToPage(frame);
      const flags = memory.u32(page);
      memory.setU32(page, cache === 0 ? flags & ~(1 << PG.SLAB) : flags | (1 << PG.SLAB));
      memory.setPointer(page + at.slabCache, cache);
    },
    clear: (frame) => blank(locate(frame), frame, 0),
    refcount: (frame) => memory.i32(frameToPage(frame) + at.refcount),
    setRefcount: (frame, value) => memory.setU32(frameToPage(frame) + at.refcount, value >>> 0),
    isHead: (frame) => (memory.u32(frameToPage(frame)) & (1 << PG.HEAD)) !== 0,
    order(frame) {
      const page = frameToPage(frame);
      if ((memory.u32(page) & (1 << PG.HEAD)) === 0) return 0;
      // The guest can write there: no order is larger.
      return Math.min(memory.u8(page + PAGE_STRUCT + at.order), MAX_ORDER - 1);
    },
  };
};
