/** include/linux/dma-mapping.h, as kernel/dma/mapping.c and direct.c do it: devices see RAM where it is. */
import type { Address } from "../../src/base/address.ts";
import { EIO } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP, maySleep } from "../../src/kernel/memory/gfp.ts";
import { DIRECT_MAP, orderOf } from "../../src/kernel/memory/layout.ts";
import { stub } from "../../src/stub/declare.ts";

const DMA_MAPPING_ERROR = 0xffff_ffff_ffff_ffffn;
const DMA_BIT_MASK_24 = 0xff_ffffn;
const NO_IOMMU = { partial: "No address limits, no IOMMU, no bounce buffers." } as const;

/** dma_direct_supported: zone DMA is within reach of 24 bits. */
const supported = (mask: bigint): boolean => mask >= DMA_BIT_MASK_24;
const maskAddress = (k: Kernel, dev: Address): Address =>
  k.memory.pointer(dev + k.offsetOf("device", "dma_mask"));

export const dmaSetMask = stub(
  "int dma_set_mask(struct device *dev, u64 mask)",
  { fails: ["EIO"] },
  (k, { dev, mask }) => {
    const address = maskAddress(k, dev);
    if (address === 0 || !supported(mask)) throw new Errno(EIO);
    k.memory.setU64(address, mask);
    return 0;
  },
);

export const dmaSetCoherentMask = stub(
  "int dma_set_coherent_mask(struct device *dev, u64 mask)",
  { fails: ["EIO"] },
  (k, { dev, mask }) => {
    if (!supported(mask)) throw new Errno(EIO);
    k.memory.setU64(dev + k.offsetOf("device", "coherent_dma_mask"), mask);
    return 0;
  },
);

export const dmaGetRequiredMask = stub("u64 dma_get_required_mask(struct device *dev)", (k) => {
  const top = BigInt(k.machine.frames.total) * 4096n - 1n;
  return (1n << BigInt(top.toString(2).length)) - 1n;
});

export const dmaMaxMappingSize = stub("size_t dma_max_mapping_size(struct device *dev)", () => 2 ** 64);

export const dmaAllocAttrs = stub(
  `void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t flag,
    unsigned long attrs)`,
  {
    fails: ["NULL"],
    sleeps: ({ flag }) => maySleep(flag),
    acquires: { dma_coherent: "return" },
    level: NO_IOMMU,
  },
  (k, { dev, size, dma_handle, flag }) => {
    // A NULL device faults here, as in the kernel.
    void k.memory.u64(dev + k.offsetOf("device", "coherent_dma_mask"));
    const gfp = flag & ~(GFP.DMA | GFP.DMA32 | GFP.HIGHMEM);
    const address = k.pages.getFreePages(orderOf(size), gfp & ~GFP.COMP);
    if (address !== 0) k.memory.setU64(dma_handle, BigInt(address - DIRECT_MAP));
    return address;
  },
);

export const dmaFreeAttrs = stub(
  `void dma_free_attrs(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle,
    unsigned long attrs)`,
  { releases: { dma_coherent: "cpu_addr" }, level: NO_IOMMU },
  (k, { size, cpu_addr }) => k.pages.freeAddress(cpu_addr, orderOf(size)),
);

export const dmaMapPageAttrs = stub(
  `dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size,
    enum dma_data_direction dir, unsigned long attrs)`,
  { level: NO_IOMMU, fails: ["DMA_ERROR"], acquires: { dma_mapping: "return" } },
  (k, { dev, page, offset }) => {
    if (maskAddress(k, dev) === 0) return DMA_MAPPING_ERROR;
    return BigInt(k.pages.pageToFrame(page)) * 4096n + BigInt(offset);
  },
);

export const dmaUnmapPageAttrs = stub(
  `void dma_unmap_page_attrs(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir,
    unsigned long attrs)`,
  { releases: { dma_mapping: "addr" }, level: NO_IOMMU },
  () => {},
);

/** Entries of a scatter list, over its chains (lib/scatterlist.c, sg_next). */
function* entries(k: Kernel, list: Address, count: number): Generator<Address> {
  const CHAIN = 1;
  const END = 2;
  const size = k.sizeOf("scatterlist");
  let entry = list;
  for (let index = 0; index < count; index += 1) {
    yield entry;
    if ((k.memory.u8(entry) & END) !== 0) return;
    entry += size;
    if ((k.memory.u8(entry) & CHAIN) !== 0) {
      const link = k.memory.u64(entry);
      entry = Number(BigInt.asIntN(64, link & ~3n));
    }
  }
}

const mapList = (k: Kernel, list: Address, count: number): number => {
  let mapped = 0;
  for (const entry of entries(k, list, count)) {
    const page = Number(BigInt.asIntN(64, k.memory.u64(entry) & ~3n));
    const offset = k.memory.u32(entry + k.offsetOf("scatterlist", "offset"));
    const physical = BigInt(k.pages.pageToFrame(page)) * 4096n + BigInt(offset);
    k.memory.setU64(entry + k.offsetOf("scatterlist", "dma_address"), BigInt.asUintN(64, physical));
    const length = k.memory.u32(entry + k.offsetOf("scatterlist", "length"));
    k.memory.setU32(entry + k.offsetOf("scatterlist", "dma_length"), length);
    mapped += 1;
  }
  return mapped;
};

export const dmaMapSgAttrs = stub(
  `unsigned int dma_map_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
    enum dma_data_direction dir, unsigned long attrs)`,
  { level: NO_IOMMU, fails: ["ZERO"], acquires: { dma_sg: "sg" } },
  (k, { sg, nents }) => mapList(k, sg, nents),
);

export const dmaUnmapSgAttrs = stub(
  `void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
    enum dma_data_direction dir, unsigned long attrs)`,
  { level: NO_IOMMU, releases: { dma_sg: "sg" } },
  () => {},
);

export const dmaMapSgtable = stub(
  `int dma_map_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir,
    unsigned long attrs)`,
  {
    acquires: { dma_sg: (k, { sgt }) => k.memory.pointer(sgt) },
    level: NO_IOMMU,
    fails: ["ENOMEM", "EIO", "EINVAL"],
  },
  (k, { sgt }) => {
    const count = k.memory.u32(sgt + k.offsetOf("sg_table", "orig_nents"));
    const mapped = mapList(k, k.memory.pointer(sgt + k.offsetOf("sg_table", "sgl")), count);
    k.memory.setU32(sgt + k.offsetOf("sg_table", "nents"), mapped);
    return 0;
  },
);

const SYNCS = [
  "void dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir)",
  "void dma_sync_single_for_device(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir)",
] as const;
const SG_SYNCS = [
  "void dma_sync_sg_for_cpu(struct device *dev, struct scatterlist *sg, int nelems, enum dma_data_direction dir)",
  "void dma_sync_sg_for_device(struct device *dev, struct scatterlist *sg, int nelems, enum dma_data_direction dir)",
] as const;

/** x86 is coherent: nothing to do. */
export const dmaSyncs = [
  ...SYNCS.map((prototype) => stub(prototype, () => {})),
  ...SG_SYNCS.map((prototype) => stub(prototype, () => {})),
];

export const dmaAllocPages = stub(
  `struct page *dma_alloc_pages(struct device *dev, size_t size, dma_addr_t *dma_handle,
    enum dma_data_direction dir, gfp_t gfp)`,
  { fails: ["NULL"], sleeps: ({ gfp }) => maySleep(gfp), acquires: { dma_pages: "return" }, level: NO_IOMMU },
  (k, { size, dma_handle, gfp }) => {
    const page = k.pages.allocPages(orderOf(size), gfp);
    if (page !== 0) k.memory.setU64(dma_handle, BigInt(k.pages.pageToFrame(page)) * 4096n);
    return page;
  },
);

export const dmaFreePages = stub(
  `void dma_free_pages(struct device *dev, size_t size, struct page *page, dma_addr_t dma_handle,
    enum dma_data_direction dir)`,
  { releases: { dma_pages: "page" }, level: NO_IOMMU },
  (k, { size, page }) => k.pages.freePages(page, orderOf(size)),
);

export const dmaCanMmap = stub("bool dma_can_mmap(struct device *dev)", () => true);
export const dmaNeedSync = stub("bool dma_need_sync(struct device *dev, dma_addr_t dma_addr)", () => false);
