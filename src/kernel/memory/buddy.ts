import { LOW_FRAMES } from "../../machine/frames.ts";
import { type FrameTable, OWNER } from "./frame-table.ts";
import { type MemoryHost, mayTake } from "./host.ts";
import type { PrivateMemory } from "./private-memory.ts";

/** Largest order plus one (MAX_ORDER of 6.1). */
export const MAX_ORDER = 11;

export type Reach = "any" | "dma";

/**
 * Frames that guests have had: a buddy allocator (mm/page_alloc.c). Freed frames stay mapped, so a
 * frame never goes from here to a page table or to the allocators' own records: what a module writes
 * to memory it has freed may hurt other modules' memory, as in the kernel, but never the host's.
 */
export interface GuestFrames {
  /** A block of 2^order frames, naturally aligned, zeroed; undefined when there is none. */
  take(order: number, reach: Reach): number | undefined;
  give(frame: number, order: number): void;
  /** Frames in free blocks. */
  free(): number;
}

/** Words of a free block's table entry, after the first. */
const NEXT = 1;
const PREVIOUS = 2;
/** Words of the root: a list head for each order of zone DMA, then of the other, then the count. */
const ZONE_WORDS = 16;
const COUNT = 32;

export const createGuestFrames = (host: MemoryHost, table: FrameTable, store: PrivateMemory): GuestFrames => {
  const root = store.allocate(256);
  const { words } = store;
  const headOf = (frame: number, order: number): number =>
    root + (frame < LOW_FRAMES ? 0 : ZONE_WORDS) + order;
  const freeTag = (order: number): number => OWNER.POOL | (order << 4);
  const isFree = (frame: number, order: number): boolean => {
    const entry = table.find(frame);
    return entry !== 0 && words[entry] === freeTag(order);
  };
  const count = (by: number): void => store.set(root + COUNT, (words[root + COUNT] ?? 0) + by);

  const link = (frame: number, order: number): void => {
    const entry = table.find(frame);
    const head = headOf(frame, order);
    const next = words[head] ?? 0;
    store.set(entry, freeTag(order));
    store.set(entry + NEXT, next);
    store.set(entry + PREVIOUS, 0);
    if (next !== 0) store.set(table.find(next) + PREVIOUS, frame);
    store.set(head, frame);
  };
  const unlink = (frame: number, order: number): void => {
    const entry = table.find(frame);
    const next = words[entry + NEXT] ?? 0;
    const previous = words[entry + PREVIOUS] ?? 0;
    store.set(previous === 0 ? headOf(frame, order) : table.find(previous) + NEXT, next);
    if (next !== 0) store.set(table.find(next) + PREVIOUS, previous);
    store.set(entry, OWNER.FREE);
  };
  /** From the free blocks of a zone: 0 is DMA. */
  const reuse = (order: number, zone: 0 | 1): number | undefined => {
    for (let larger = order; larger < MAX_ORDER; larger += 1) {
      const frame = words[root + zone * ZONE_WORDS + larger] ?? 0;
      if (frame === 0) continue;
      unlink(frame, larger);
      for (let half = larger - 1; half >= order; half -= 1) link(frame + (1 << half), half);
      count(-(1 << order));
      host.ram.zero(frame, 1 << order);
      return frame;
    }
    return undefined;
  };
  const fresh = (order: number, reach: Reach): number | undefined => {
    const size = 1 << order;
    if (!mayTake(host, size)) return undefined;
    const frame = host.frames.allocate(size, size, reach === "dma" ? LOW_FRAMES : undefined);
    if (frame !== undefined && table.claim(frame, order, OWNER.FREE)) return frame;
    if (frame !== undefined) host.frames.release(frame, size);
    return undefined;
  };

  return {
    take: (order, reach) =>
      reach === "dma"
        ? (reuse(order, 0) ?? fresh(order, reach))
        : host.shadow.watch === undefined
          ? (reuse(order, 1) ?? fresh(order, reach) ?? reuse(order, 0))
          : // Whoever goes on using freed pages is found as long as nobody else has them.
            (fresh(order, reach) ?? reuse(order, 1) ?? reuse(order, 0)),
    give(frame, order) {
      let [start, size] = [frame, order];
      count(1 << order);
      while (size < MAX_ORDER - 1) {
        const buddy = start ^ (1 << size);
        if (!isFree(buddy, size) || headOf(buddy, size) !== headOf(start, size)) break;
        unlink(buddy, size);
        start = Math.min(start, buddy);
        size += 1;
      }
      link(start, size);
    },
    free: () => words[root + COUNT] ?? 0,
  };
};
