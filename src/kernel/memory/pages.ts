import { type Address, PAGE_SIZE } from "../../base/address.ts";
import { outOfMemory } from "../../base/errors.ts";
import { type GuestFrames, MAX_ORDER } from "./buddy.ts";
import { type FrameTable, OWNER, type Owner } from "./frame-table.ts";
import { warnAlloc } from "./failure.ts";
import { GFP } from "./gfp.ts";
import { type Complaints, KERNEL_DATA, type MemoryHost } from "./host.ts";
import { DIRECT_MAP, PAGE_STRUCT, VMEMMAP, frameToPage, frameToVirt, orderOf, virtToPhys } from "./layout.ts";
import type { PageStructs } from "./page-structs.ts";
import type { MemoryFigures } from "./show-mem.ts";
import { SITES, SLOW_PATH } from "./sites.ts";
import type { WarnOnce } from "./warn-once.ts";

export interface PagePolicy {
  /** Freed pages vanish from the direct map, so that late accesses fault. The stock kernel keeps them. */
  readonly unmapFreed?: boolean;
}

/** The page allocator (mm/page_alloc.c). Blocks are zeroed: the kernel runs with init_on_alloc. */
export interface Pages {
  /** First frame of a block of 2^order frames, naturally aligned and in the direct map, or undefined. */
  allocate(order: number, gfp: number, owner?: Owner): number | undefined;
  /** alloc_pages: the `struct page *`, or 0. */
  allocPages(order: number, gfp: number): Address;
  /** __get_free_pages: the address, or 0. */
  getFreePages(order: number, gfp: number): Address;
  /** __free_pages: drops a reference, frees at the last one. */
  freePages(page: Address, order: number): void;
  /** free_pages: the same by address; 0 is ignored. */
  freeAddress(address: Address, order: number): void;
  /** put_page: drops a reference of the page's block, frees it at the last one. */
  putPage(page: Address): void;
  /** What put_page does when the last reference has gone (__folio_put). */
  freeFolio(page: Address): void;
  allocExact(size: number, gfp: number): Address;
  freeExact(address: Address, size: number): void;
  /** split_page: a block of 2^order becomes that many single pages. */
  split(page: Address, order: number): void;
  /** Gives frames back, whatever their reference counts say. */
  release(frame: number, order: number): void;
  /** `struct page *` of a direct-map (or image) address, as virt_to_page computes it. */
  virtToPage(address: Address): Address;
  pageToVirt(page: Address): Address;
  /** Gives a page of the kernel's image, which is there, its `struct page` and its place in the direct map. */
  exposeImage(address: Address): void;
  /** Bytes of the allocated block that a direct-map address lies in; 0 where none is. */
  blockSize(address: Address): number;
  /** Frame number of a `struct page *`; may be any number for a wild pointer. */
  pageToFrame(page: Address): number;
  figures(): MemoryFigures;
  /** pfn_valid: RAM of this machine, rounded up to a memory section. */
  isValidFrame(frame: number): boolean;
  /** Who has a frame; undefined for one that the allocators never had. */
  owner(frame: number): Owner | undefined;
}

/** Frames in a memory section: 128 MB (SECTION_SIZE_BITS 27). */
export const SECTION_FRAMES = 32768;

export const createPages = (
  host: MemoryHost,
  table: FrameTable,
  guestFrames: GuestFrames,
  structs: PageStructs,
  complaints: Complaints,
  once: WarnOnce,
  policy: PagePolicy = {},
): Pages => {
  const validFrames = Math.ceil(host.frames.total / SECTION_FRAMES) * SECTION_FRAMES;

  const mapBlock = (frame: number, count: number): void => {
    for (let index = frame; index < frame + count; index += 1) {
      const address = frameToVirt(index);
      if (host.translate(address) === undefined) host.map(address, index, 1, KERNEL_DATA);
    }
  };
  const releaseOne = (frame: number): void => {
    structs.clear(frame);
    table.disown(frame, 1);
    host.shadow.watch?.given(frameToVirt(frame), PAGE_SIZE);
    if (policy.unmapFreed === true) host.unmap(frameToVirt(frame), 1);
  };
  const release = (frame: number, order: number): void => {
    const count = 1 << order;
    const whole = table.base(frame) === frame && table.order(frame) === order;
    if (whole && table.owner(frame) !== OWNER.FREE) {
      for (let index = frame; index < frame + count; index += 1) releaseOne(index);
      guestFrames.give(frame, order);
      return;
    }
    for (let index = frame; index < frame + count; index += 1) {
      // Only what is allocated goes back: a second free must not hand a frame out twice.
      if (table.owner(index) === OWNER.FREE) continue;
      table.shatter(index);
      releaseOne(index);
      guestFrames.give(index, 0);
    }
  };
  const figures = (): MemoryFigures => ({
    free: guestFrames.free() + host.frames.free(),
    total: host.frames.total,
  });
  /** There is nothing: says so, the first time (the kernel: every ten seconds). */
  const failed = (order: number, gfp: number): undefined => {
    // The kernel would kill processes one by one and then panic.
    if ((gfp & GFP.NOFAIL) !== 0) throw outOfMemory(`an allocation that must not fail (order ${order})`);
    const quiet = (gfp & GFP.NOWARN) !== 0 || !once.first("warn_alloc");
    if (!quiet) warnAlloc(complaints, gfp, `page allocation failure: order:${order}`, figures(), SLOW_PATH);
  };
  const allocate = (order: number, gfp: number, owner: Owner = OWNER.PAGES): number | undefined => {
    // It is unsigned: a negative one is huge.
    if (order < 0 || order >= MAX_ORDER) {
      if ((gfp & GFP.NOWARN) === 0 && once.first("__alloc_pages")) complaints.warn(SITES.allocPagesOrder);
      return undefined;
    }
    const count = 1 << order;
    const frame = guestFrames.take(order, (gfp & GFP.DMA) === 0 ? "any" : "dma");
    if (frame === undefined) return failed(order, gfp);
    if (!structs.cover(frame, count)) {
      guestFrames.give(frame, order);
      return undefined;
    }
    table.claim(frame, order, owner);
    mapBlock(frame, count);
    host.shadow.watch?.taken(frameToVirt(frame), count * PAGE_SIZE);
    for (let index = frame; index < frame + count; index += 1) structs.init(index);
    if (order > 0 && (gfp & GFP.COMP) !== 0) structs.compound(frame, order);
    else for (let tail = frame + 1; tail < frame + count; tail += 1) structs.setRefcount(tail, 0);
    return frame;
  };
  const pageToFrame = (page: Address): number => Math.floor((page - VMEMMAP) / PAGE_STRUCT);
  const virtToPage = (address: Address): Address => frameToPage(Math.floor(virtToPhys(address) / PAGE_SIZE));

  const freePages = (page: Address, order: number): void => {
    const frame = pageToFrame(page);
    const references = structs.refcount(frame) - 1;
    structs.setRefcount(frame, references);
    if (references === 0) {
      release(frame, structs.isHead(frame) ? structs.order(frame) : Math.min(order, MAX_ORDER - 1));
    } else if (!structs.isHead(frame)) {
      // Someone holds the first page only: the rest of the block goes (mm/page_alloc.c, __free_pages).
      for (let part = Math.min(order, MAX_ORDER) - 1; part >= 0; part -= 1)
        release(frame + (1 << part), part);
    }
  };
  const split = (page: Address, order: number): void => {
    const frame = pageToFrame(page);
    const whole = table.owner(frame) === OWNER.PAGES && table.base(frame) === frame;
    if (!whole || order > table.order(frame)) return;
    for (let index = frame; index < frame + (1 << order); index += 1) {
      table.claim(index, 0, OWNER.PAGES);
      if (index !== frame) structs.setRefcount(index, 1);
    }
  };
  const getFreePages = (order: number, gfp: number): Address => {
    const frame = allocate(order, gfp & ~GFP.HIGHMEM);
    return frame === undefined ? 0 : frameToVirt(frame);
  };
  const freeAddress = (address: Address, order: number): void => {
    if (address !== 0) freePages(virtToPage(address), order);
  };

  return {
    allocate,
    allocPages(order, gfp) {
      const frame = allocate(order, gfp);
      return frame === undefined ? 0 : frameToPage(frame);
    },
    getFreePages,
    freePages,
    freeAddress,
    putPage(page) {
      const frame = table.base(pageToFrame(page));
      freePages(frameToPage(frame), structs.order(frame));
    },
    freeFolio(page) {
      const frame = pageToFrame(page);
      release(frame, structs.order(frame));
    },
    allocExact(size, gfp) {
      const order = orderOf(size);
      const address = getFreePages(order, gfp & ~GFP.COMP);
      if (address === 0) return 0;
      const frame = Math.floor((address - DIRECT_MAP) / PAGE_SIZE);
      split(frameToPage(frame), order);
      for (let used = Math.ceil(size / PAGE_SIZE); used < 1 << order; used += 1) release(frame + used, 0);
      return address;
    },
    freeExact(address, size) {
      for (let offset = 0; offset < size; offset += PAGE_SIZE) freeAddress(address + offset, 0);
    },
    split,
    release,
    virtToPage,
    exposeImage(address) {
      const frame = Math.floor(virtToPhys(address) / PAGE_SIZE);
      const backing = host.translate(address);
      if (backing === undefined || !structs.cover(frame, 1)) return;
      structs.reserve(frame);
      host.map(frameToVirt(frame), Math.floor(backing / PAGE_SIZE), 1, KERNEL_DATA);
    },
    blockSize(address) {
      const frame = Math.floor((address - DIRECT_MAP) / PAGE_SIZE);
      return table.find(frame) === 0 ? 0 : PAGE_SIZE << table.order(table.base(frame));
    },
    pageToVirt: (page) => frameToVirt(pageToFrame(page)),
    pageToFrame,
    figures,
    isValidFrame: (frame) => frame >= 0 && frame < validFrames,
    owner: (frame) => (table.find(frame) === 0 ? undefined : table.owner(frame)),
  };
};
