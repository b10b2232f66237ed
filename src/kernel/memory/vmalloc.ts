import { type Address, PAGE_SIZE } from "../../base/address.ts";
import type { Protection } from "../../machine/paging.ts";
import { type Area, type Areas, VM, createAreas } from "./areas.ts";
import { warnAlloc } from "./failure.ts";
import { OWNER } from "./frame-table.ts";
import { GFP, GFP_KERNEL, maySleep } from "./gfp.ts";
import type { Heap } from "./heap.ts";
import { KERNEL_DATA, mayTake } from "./host.ts";
import { frameToPage, isVmalloc } from "./layout.ts";
import { SITES, VMALLOC_PATH } from "./sites.ts";
import type { SlabParts } from "./slab-pages.ts";
import type { WarnOnce } from "./warn-once.ts";

/** The vmalloc area (mm/vmalloc.c). Addresses are 0 where the kernel answers NULL. */
export interface Vmalloc {
  /** Zeroed pages of any frames in one address range, an unmapped page behind it. */
  alloc(size: number, gfp?: number): Address;
  /** vfree; NULL is ignored, what is no area is complained about. */
  free(address: Address): void;
  /** vmap: `count` pages from the guest's array of `struct page *`. */
  map(pages: Address, count: number, flags: number, protection: bigint): Address;
  /** vunmap and vm_unmap_ram: the range goes, the pages stay. */
  unmap(address: Address): void;
  /** An address range onto physical memory; `mapPage` answers with the frame of each page. */
  mapFrames(count: number, flags: number, frameOf: (index: number) => number, extra: number): Address;
  /** kvmalloc_node: kmalloc if that works, vmalloc for what is large. */
  kvmalloc(size: number, gfp: number): Address;
  kvfree(address: Address): void;
  /** vmalloc_to_page: the `struct page *`, or 0 where nothing is mapped. */
  toPage(address: Address): Address;
  /** The area that `address` lies in (find_vm_area). */
  find(address: Address): Area | undefined;
  /** Areas in order of address, for listings. */
  live(): Generator<Area>;
}

export interface VmallocParts extends SlabParts {
  readonly once: WarnOnce;
  readonly heap: Heap;
  readonly areas: Areas;
}

export const createVmalloc = (parts: SlabParts, once: WarnOnce, heap: Heap): Vmalloc => {
  const areas = createAreas(parts.store);
  const vm: VmallocParts = { ...parts, once, heap, areas };
  return {
    alloc: (size, gfp = GFP_KERNEL) => allocate(vm, size, gfp),
    free: (address) => discard(vm, address, "free"),
    map: (pages, count, flags, protection) => mapPages(vm, pages, count, flags, protection),
    unmap: (address) => discard(vm, address, "keep"),
    mapFrames(count, flags, frameOf, extra) {
      const area = mayTake(vm.host, 0) ? areas.take(count * PAGE_SIZE, flags, extra) : undefined;
      if (area === undefined) return 0;
      for (let index = 0; index < count; index += 1) {
        vm.host.map(area.address + index * PAGE_SIZE, frameOf(index), 1, KERNEL_DATA);
      }
      return area.address;
    },
    kvmalloc: (size, gfp) => kvmalloc(vm, size, gfp),
    kvfree(address) {
      if (isVmalloc(address)) discard(vm, address, "free");
      else heap.kfree(address);
    },
    toPage: (address) => toPage(vm, address),
    find: (address) => areas.around(address),
    live: () => areas.all(),
  };
};

/** Unmaps the first `count` pages of an area; `free` also drops the references on them. */
const release = (vm: VmallocParts, area: Area, count: number, pages: "free" | "keep"): void => {
  const frames: number[] = [];
  const freed = pages === "free" ? count : 0;
  for (let index = 0; index < freed; index += 1) {
    const physical = vm.host.translate(area.address + index * PAGE_SIZE);
    if (physical !== undefined) frames.push(physical / PAGE_SIZE);
  }
  vm.host.unmap(area.address, count);
  for (const frame of frames) vm.pages.freePages(frameToPage(frame), 0);
};

const complain = (vm: VmallocParts, gfp: number, text: string): void => {
  warnAlloc(vm.complaints, gfp, text, vm.pages.figures(), VMALLOC_PATH);
};

/** %lu of a size that may have been rounded to 2^64. */
const sizeText = (size: number): string => {
  const exact = BigInt(size);
  return `${exact >> 64n === 0n ? exact : 2n ** 64n - 1n}`;
};

/** mm/vmalloc.c, __vmalloc_node_range */
const allocate = (vm: VmallocParts, size: number, gfp: number): Address => {
  if (size === 0) {
    if (vm.once.first("vmalloc")) vm.complaints.warn(SITES.vmallocZero);
    return 0;
  }
  if (size < 0 || size / PAGE_SIZE > vm.host.frames.total) {
    complain(vm, gfp, `vmalloc error: size ${sizeText(size)}, exceeds total pages`);
    return 0;
  }
  const area = vm.areas.take(size, VM.ALLOC);
  if (area === undefined) return 0;
  for (let index = 0; index < area.pages; index += 1) {
    const frame = vm.pages.allocate(0, (gfp | GFP.NOWARN) & ~GFP.COMP, OWNER.VMALLOC);
    if (frame === undefined) {
      release(vm, area, index, "free");
      vm.areas.drop(area);
      complain(vm, gfp, `vmalloc error: size ${size}, page order 0, failed to allocate pages`);
      return 0;
    }
    vm.host.map(area.address + index * PAGE_SIZE, frame, 1, KERNEL_DATA);
  }
  return area.address;
};

/** mm/vmalloc.c, __vunmap */
const discard = (vm: VmallocParts, address: Address, pages: "free" | "keep"): void => {
  if (address === 0) return;
  const { complaints } = vm;
  if (address % PAGE_SIZE !== 0) {
    complaints.warn(SITES.vfreeAddress, `Trying to vfree() bad address (${complaints.hashed(address)})`);
    return;
  }
  // Any page of the area will do (find_vmap_area).
  const area = vm.areas.around(address);
  if (area === undefined) {
    const text = `Trying to vfree() nonexistent vm area (${complaints.hashed(address)})`;
    complaints.warn(SITES.vfreeNothing, text, 3);
    return;
  }
  const owns = (area.flags & (VM.ALLOC | VM.MAP_PUT_PAGES)) !== 0;
  release(vm, area, area.pages, owns ? pages : "keep");
  if (pages === "free" && area.extra !== 0 && (area.flags & VM.MAP_PUT_PAGES) !== 0)
    vm.heap.kfree(area.extra);
  vm.areas.drop(area);
};

const PTE_WRITE = 2n;
const PTE_NX = 1n << 63n;

const protectionOf = (bits: bigint): Protection => ({
  write: (bits & PTE_WRITE) !== 0n,
  execute: (bits & PTE_NX) === 0n,
});

const mapPages = (
  vm: VmallocParts,
  pages: Address,
  count: number,
  flags: number,
  protection: bigint,
): Address => {
  if (count <= 0 || count > vm.host.frames.total || !mayTake(vm.host, 0)) return 0;
  const putPages = (flags & VM.MAP_PUT_PAGES) !== 0;
  const frames = Array.from({ length: count }, (_, index) =>
    vm.pages.pageToFrame(vm.host.memory.pointer(pages + index * 8)),
  );
  if (frames.some((frame) => frame <= 0 || frame >= vm.host.frames.total)) return 0;
  const area = vm.areas.take(count * PAGE_SIZE, flags, putPages ? pages : 0);
  if (area === undefined) return 0;
  frames.forEach((frame, index) =>
    vm.host.map(area.address + index * PAGE_SIZE, frame, 1, protectionOf(protection)),
  );
  return area.address;
};

const INT_MAX = 0x7fffffff;

/** mm/util.c, kvmalloc_node */
const kvmalloc = (vm: VmallocParts, size: number, gfp: number): Address => {
  const large = size > PAGE_SIZE;
  const small = vm.heap.kmalloc(size, large ? (gfp | GFP.NOWARN | GFP.NORETRY) & ~GFP.NOFAIL : gfp);
  if (small !== 0 || !large || !maySleep(gfp)) return small;
  if (size > INT_MAX) {
    if ((gfp & GFP.NOWARN) === 0 && vm.once.first("kvmalloc")) vm.complaints.warn(SITES.kvmallocHuge);
    return 0;
  }
  return allocate(vm, size, gfp);
};

const toPage = (vm: VmallocParts, address: Address): Address => {
  const physical = vm.host.translate(address);
  if (physical === undefined) return 0;
  const frame = Math.floor(physical / PAGE_SIZE);
  // Stacks and module text have frames that the page allocator never described.
  return vm.structs.cover(frame, 1) ? frameToPage(frame) : 0;
};
