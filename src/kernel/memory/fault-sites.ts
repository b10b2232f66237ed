import type { FaultPlace, GuestFault } from "../../base/errors.ts";
import type { Complaints } from "./host.ts";

/** Where Debian's 6.1.0-56-amd64 faults in these functions, by the stub that the module called. */
type FaultSites = Readonly<Record<string, FaultPlace>>;

const here = (at: string): FaultPlace => ({ at, via: [] });

/** Following a free pointer that a write to freed memory has spoilt. */
const inNode = (...via: readonly string[]): FaultPlace => ({
  at: "__kmem_cache_alloc_node+0x12e/0x2a0",
  via,
});
const TRACK_CALLER = "__kmalloc_node_track_caller+0x4a/0x150";

export const FAULTS = {
  freelist: {
    kmalloc_trace: inNode("kmalloc_trace+0x26/0x90"),
    kmalloc_node_trace: inNode("kmalloc_node_trace+0x23/0x90"),
    __kmalloc: inNode("__kmalloc+0x49/0x150"),
    __kmalloc_node: inNode("__kmalloc_node+0x4c/0x150"),
    __kmalloc_node_track_caller: inNode(TRACK_CALLER),
    krealloc: inNode(TRACK_CALLER, "krealloc+0x49/0xe0"),
    kstrdup: inNode(TRACK_CALLER, "kstrdup+0x32/0x60"),
    kmemdup: inNode(TRACK_CALLER, "kmemdup+0x1c/0x40"),
    kmem_cache_alloc: here("kmem_cache_alloc+0xbf/0x300"),
    kmem_cache_alloc_node: here("kmem_cache_alloc_node+0xc8/0x310"),
    kmem_cache_alloc_lru: here("kmem_cache_alloc_lru+0x112/0x400"),
  },
  /** No cache: its object size is read first. */
  cache: {
    kmem_cache_alloc: here("kmem_cache_alloc+0x1f/0x300"),
    kmem_cache_alloc_node: here("kmem_cache_alloc_node+0x22/0x310"),
    kmem_cache_alloc_lru: here("kmem_cache_alloc_lru+0x30/0x400"),
  },
  /** An address without a struct page. */
  page: { kfree: here("kfree+0x4b/0x110") },
  /** A per-CPU pointer into no chunk. */
  chunk: { free_percpu: here("free_percpu+0x285/0x3a0") },
} as const satisfies Record<string, FaultSites>;

/** Names the place of a fault that is about to be thrown; what is already named keeps its name. */
export const placed = (complaints: Complaints, sites: FaultSites, fault: GuestFault): GuestFault => {
  fault.place ??= sites[complaints.stub()];
  return fault;
};
