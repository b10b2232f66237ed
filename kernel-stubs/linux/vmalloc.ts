/** include/linux/vmalloc.h, as mm/vmalloc.c does it. */
import { type Address, PAGE_SIZE } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { VM } from "../../src/kernel/memory/areas.ts";
import { GFP, GFP_KERNEL, maySleep } from "../../src/kernel/memory/gfp.ts";
import { VM as VMA } from "../../src/kernel/vfs/mappings.ts";
import { stub } from "../../src/stub/declare.ts";
import { insertPage, mappingOf, vmaView } from "./mm-map.ts";

const ALLOCATES = { fails: ["NULL"], sleeps: true, acquires: { vmalloc: "return" } } as const;
const WITH_GFP = {
  fails: ["NULL"],
  sleeps: ({ gfp_mask }: { readonly gfp_mask: number }): boolean => maySleep(gfp_mask),
  acquires: { vmalloc: "return" },
} as const;
const ZEROED = GFP_KERNEL | GFP.ZERO;
/** PAGE_KERNEL */
const PAGE_KERNEL = 0x8000_0000_0000_0163n;

export const vmalloc = stub("void *vmalloc(unsigned long size)", ALLOCATES, (k, { size }) =>
  k.vmalloc.alloc(Number(size)),
);
export const vzalloc = stub("void *vzalloc(unsigned long size)", ALLOCATES, (k, { size }) =>
  k.vmalloc.alloc(Number(size), ZEROED),
);
export const vmallocUser = stub("void *vmalloc_user(unsigned long size)", ALLOCATES, (k, { size }) =>
  k.vmalloc.alloc(Number(size), ZEROED),
);
export const vmallocNode = stub(
  "void *vmalloc_node(unsigned long size, int node)",
  ALLOCATES,
  (k, { size }) => k.vmalloc.alloc(Number(size)),
);
export const vzallocNode = stub(
  "void *vzalloc_node(unsigned long size, int node)",
  ALLOCATES,
  (k, { size }) => k.vmalloc.alloc(Number(size), ZEROED),
);
export const vmalloc32 = stub("void *vmalloc_32(unsigned long size)", ALLOCATES, (k, { size }) =>
  k.vmalloc.alloc(Number(size)),
);
export const vmalloc32User = stub("void *vmalloc_32_user(unsigned long size)", ALLOCATES, (k, { size }) =>
  k.vmalloc.alloc(Number(size), ZEROED),
);
export const vmallocGfp = stub(
  "void *__vmalloc(unsigned long size, gfp_t gfp_mask)",
  WITH_GFP,
  (k, { size, gfp_mask }) => k.vmalloc.alloc(Number(size), gfp_mask),
);
export const vmallocHuge = stub(
  "void *vmalloc_huge(unsigned long size, gfp_t gfp_mask)",
  WITH_GFP,
  (k, { size, gfp_mask }) => k.vmalloc.alloc(Number(size), gfp_mask),
);

export const vfree = stub(
  "void vfree(const void *addr)",
  { sleeps: true, releases: { vmalloc: "addr" } },
  (k, { addr }) => k.vmalloc.free(addr),
);

export const vmap = stub(
  "void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)",
  { fails: ["NULL"], sleeps: true, acquires: { vmap: "return" } },
  (k, { pages, count, flags, prot }) => k.vmalloc.map(pages, count, Number(flags & 0xffffffffn), prot),
);

export const vunmap = stub(
  "void vunmap(const void *addr)",
  { sleeps: true, releases: { vmap: "addr" } },
  (k, { addr }) => k.vmalloc.unmap(addr),
);

export const vmMapRam = stub(
  "void *vm_map_ram(struct page **pages, unsigned int count, int node)",
  { fails: ["NULL"], sleeps: true, acquires: { vm_map_ram: "return" } },
  (k, { pages, count }) => k.vmalloc.map(pages, count, VM.MAP, PAGE_KERNEL),
);

export const vmUnmapRam = stub(
  "void vm_unmap_ram(const void *mem, unsigned int count)",
  { sleeps: true, releases: { vm_map_ram: "mem" } },
  (k, { mem }) => k.vmalloc.unmap(mem),
);

/** Unmapped ranges are gone at once here. */
export const vmUnmapAliases = stub("void vm_unmap_aliases(void)", { sleeps: true }, () => {});

const remapVmalloc = (k: Kernel, vma: Address, at: Address, kernel: Address, offset: bigint): void => {
  const mapping = mappingOf(k, vma);
  const size = mapping.end - mapping.start;
  const area = k.vmalloc.find(kernel);
  const start = Number(offset) * PAGE_SIZE;
  if (area === undefined || size <= 0 || start + size > area.pages * PAGE_SIZE) throw new Errno(EINVAL);
  for (let done = 0; done < size; done += PAGE_SIZE)
    insertPage(k, mapping, at + done, k.vmalloc.toPage(kernel + start + done));
  vmaView(k, vma).vm_flags |= VMA.MIXEDMAP | VMA.DONTEXPAND | VMA.DONTDUMP;
};
export const remapVmallocRange = stub(
  "int remap_vmalloc_range(struct vm_area_struct *vma, void *addr, unsigned long pgoff)",
  {
    fails: ["EINVAL", "ENOMEM"],
    sleeps: true,
    level: { partial: "areas that were not made by vmalloc_user() are let pass, too" },
  },
  (k, { vma, addr, pgoff }) => {
    remapVmalloc(k, vma, Number(vmaView(k, vma).vm_start), addr, pgoff);
    return 0;
  },
);
