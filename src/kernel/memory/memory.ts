import type { Address } from "../../base/address.ts";
import type { Outside } from "../devices/outside.ts";
import type { Journal } from "../journal.ts";
import { createGuestFrames } from "./buddy.ts";
import { createFrameTable } from "./frame-table.ts";
import { type Heap, createHeap } from "./heap.ts";
import type { Complaints, MemoryHost, OffsetOf } from "./host.ts";
import { type Io, createIo } from "./io.ts";
import { createMemSections } from "./mem-section.ts";
import { createPageStructs } from "./page-structs.ts";
import { type PagePolicy, type Pages, createPages } from "./pages.ts";
import { type Percpu, createPercpu } from "./percpu.ts";
import { createPrivateMemory } from "./private-memory.ts";
import { type Vmalloc, createVmalloc } from "./vmalloc.ts";
import { createWarnOnce } from "./warn-once.ts";

export interface MemoryOptions {
  readonly host: MemoryHost;
  readonly journal: Journal;
  readonly complaints: Complaints;
  readonly offsetOf: OffsetOf;
  /** Same seed, same addresses. */
  readonly seed: number;
  readonly policy?: PagePolicy;
  readonly outside: Outside;
}

/** The kernel's memory management: one allocator a property. */
export interface KernelMemory {
  readonly pages: Pages;
  readonly heap: Heap;
  readonly vmalloc: Vmalloc;
  readonly percpu: Percpu;
  readonly io: Io;
  /** Makes the table that the kernel variable `mem_section` points to. */
  memSections(): Address;
}

export const createKernelMemory = (options: MemoryOptions): KernelMemory => {
  const { host, complaints, journal, offsetOf } = options;
  const store = createPrivateMemory(host);
  const table = createFrameTable(store, host.frames.total);
  const structs = createPageStructs(host, offsetOf);
  const once = createWarnOnce(store);
  const guestFrames = createGuestFrames(host, table, store);
  const pages = createPages(host, table, guestFrames, structs, complaints, once, options.policy);
  const serial = store.allocate(64);
  const parts = {
    host,
    store,
    table,
    structs,
    pages,
    complaints,
    serial,
    orders: new Map<number, Uint16Array>(),
  };
  const heap = createHeap(parts, once, journal, offsetOf, options.seed);
  const vmalloc = createVmalloc(parts, once, heap);
  return {
    pages,
    heap,
    vmalloc,
    io: createIo({ host, pages, vmalloc, complaints, once, outside: options.outside }, journal),
    memSections: () => createMemSections(host, heap),
    percpu: createPercpu(host, store, complaints),
  };
};
