/** include/linux/dmapool.h, as mm/dmapool.c does it; all of a pool's state is in guest memory. */
import { type Address, toAddress } from "../../src/base/address.ts";
import { hostArgs } from "../../src/abi/varargs.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { printDevice } from "../../src/kernel/log/device.ts";
import { GFP_KERNEL, maySleep } from "../../src/kernel/memory/gfp.ts";
import { DIRECT_MAP } from "../../src/kernel/memory/layout.ts";
import { format } from "../../src/kernel/printf/format.ts";
import { stub } from "../../src/stub/declare.ts";

/** `struct dma_page` of mm/dmapool.c: list_head, address, bus address, objects in use, first free one. */
const PAGE = { VADDR: 16, DMA: 24, IN_USE: 32, OFFSET: 36, SIZE: 40 } as const;
const NAME_MAX = 31;
/** Pages of one pool before its list is taken for a loop. */
const LIST_LIMIT = 1_000_000;

const at = (k: Kernel, pool: Address, field: string): Address => pool + k.offsetOf("dma_pool", field);
const numberAt = (k: Kernel, pool: Address, field: string): number =>
  Number(k.memory.u64(at(k, pool, field)));

function* pagesOf(k: Kernel, pool: Address): Generator<Address> {
  const head = at(k, pool, "page_list");
  let page = k.memory.pointer(head);
  for (let count = 0; page !== head && count < LIST_LIMIT; count += 1) {
    const next = k.memory.pointer(page);
    yield page;
    page = next;
  }
}

const complain = (k: Kernel, pool: Address, what: string): void => {
  const device = k.memory.pointer(at(k, pool, "dev"));
  const name = k.memory.cstring(at(k, pool, "name"), NAME_MAX);
  const text = what.replace("@", name);
  const message = `${text.replaceAll("%", "%%")}\n`;
  if (device === 0) k.printk(3, text);
  else printDevice(k.log, k.format, device, 3, () => format(message, hostArgs([]), k.format));
};
const hashed = (k: Kernel, address: Address): string => format("%p", hostArgs([address]), k.format).text;

const isPower = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));

export const dmaPoolCreate = stub(
  "struct dma_pool *dma_pool_create(const char *name, struct device *dev, size_t size, size_t align, size_t boundary)",
  {
    fails: ["NULL"],
    sleeps: true,
    acquires: { dma_pool: "return" },
    level: { partial: "The device's `pools` file does not list it." },
  },
  (k, { name, dev, size, align, boundary }) => {
    const alignment = align === 0 ? 1 : align;
    if (!isPower(alignment) || size === 0) return 0;
    const distance = Math.ceil(Math.max(size, 4) / alignment) * alignment;
    const allocation = Math.max(distance, 4096);
    if (boundary !== 0 && (boundary < distance || !isPower(boundary))) return 0;
    const pool = k.heap.kmalloc(k.sizeOf("dma_pool"), GFP_KERNEL);
    if (pool === 0) return 0;
    for (const list of ["page_list", "pools"]) {
      k.memory.setPointer(at(k, pool, list), at(k, pool, list));
      k.memory.setPointer(at(k, pool, list) + 8, at(k, pool, list));
    }
    k.memory.setU64(at(k, pool, "size"), BigInt(distance));
    k.memory.setU64(at(k, pool, "allocation"), BigInt(allocation));
    k.memory.setU64(at(k, pool, "boundary"), BigInt(boundary === 0 ? allocation : boundary));
    k.memory.setPointer(at(k, pool, "dev"), dev);
    k.memory.setCstring(at(k, pool, "name"), k.memory.cstring(name, NAME_MAX));
    return pool;
  },
);

/** Links the objects of a new page, none across a boundary (pool_initialise_page). */
const layOut = (k: Kernel, pool: Address, memory: Address): void => {
  const size = numberAt(k, pool, "size");
  const allocation = numberAt(k, pool, "allocation");
  const boundary = numberAt(k, pool, "boundary");
  let limit = boundary;
  for (let offset = 0; offset < allocation;) {
    let next = offset + size;
    if (next + size >= limit) {
      next = limit;
      limit += boundary;
    }
    k.memory.setU32(memory + offset, next);
    offset = next;
  }
};

const addPage = (k: Kernel, pool: Address, gfp: number): Address => {
  const memory = k.pages.allocExact(numberAt(k, pool, "allocation"), gfp);
  const page = memory === 0 ? 0 : k.heap.internal(new Uint8Array(PAGE.SIZE));
  if (page === 0) {
    if (memory !== 0) k.pages.freeExact(memory, numberAt(k, pool, "allocation"));
    return 0;
  }
  layOut(k, pool, memory);
  k.memory.setPointer(page + PAGE.VADDR, memory);
  k.memory.setU64(page + PAGE.DMA, BigInt(memory - DIRECT_MAP));
  const head = at(k, pool, "page_list");
  const first = k.memory.pointer(head);
  k.memory.setPointer(page, first);
  k.memory.setPointer(page + 8, head);
  k.memory.setPointer(first + 8, page);
  k.memory.setPointer(head, page);
  return page;
};

export const dmaPoolAlloc = stub(
  "void *dma_pool_alloc(struct dma_pool *pool, gfp_t mem_flags, dma_addr_t *handle)",
  {
    fails: ["NULL"],
    sleeps: ({ mem_flags }) => maySleep(mem_flags),
    acquires: { dma_pool_object: "return" },
  },
  (k, { pool, mem_flags, handle }) => {
    const allocation = numberAt(k, pool, "allocation");
    let page = 0;
    for (const candidate of pagesOf(k, pool)) {
      if (k.memory.u32(candidate + PAGE.OFFSET) < allocation) {
        page = candidate;
        break;
      }
    }
    if (page === 0) page = addPage(k, pool, mem_flags);
    if (page === 0) return 0;
    const offset = k.memory.u32(page + PAGE.OFFSET);
    const object = k.memory.pointer(page + PAGE.VADDR) + offset;
    k.memory.setU32(page + PAGE.IN_USE, k.memory.u32(page + PAGE.IN_USE) + 1);
    k.memory.setU32(page + PAGE.OFFSET, k.memory.u32(object));
    k.memory.setU64(handle, k.memory.u64(page + PAGE.DMA) + BigInt(offset));
    k.memory.fill(object, 0, numberAt(k, pool, "size"));
    return object;
  },
);

export const dmaPoolFree = stub(
  "void dma_pool_free(struct dma_pool *pool, void *vaddr, dma_addr_t dma)",
  { releases: { dma_pool_object: "vaddr" } },
  (k, { pool, vaddr, dma }) => {
    const allocation = BigInt(numberAt(k, pool, "allocation"));
    for (const page of pagesOf(k, pool)) {
      const start = k.memory.u64(page + PAGE.DMA);
      if (dma < start || dma - start >= allocation) continue;
      k.memory.setU32(page + PAGE.IN_USE, (k.memory.u32(page + PAGE.IN_USE) - 1) >>> 0);
      k.memory.setU32(vaddr, k.memory.u32(page + PAGE.OFFSET));
      k.memory.setU32(page + PAGE.OFFSET, (vaddr - k.memory.pointer(page + PAGE.VADDR)) >>> 0);
      return;
    }
    const handle = `0x${dma.toString(16).padStart(16, "0")}`;
    complain(k, pool, `dma_pool_free @, ${hashed(k, vaddr)}/${handle} (bad dma)`);
  },
);

export const dmaPoolDestroy = stub(
  "void dma_pool_destroy(struct dma_pool *pool)",
  { sleeps: true, releases: { dma_pool: "pool" } },
  (k, { pool }) => {
    if (pool === 0) return;
    const allocation = numberAt(k, pool, "allocation");
    for (const page of pagesOf(k, pool)) {
      const memory = k.memory.pointer(page + PAGE.VADDR);
      // Objects in use: their page is leaked rather than given to someone else.
      if (k.memory.u32(page + PAGE.IN_USE) === 0) k.pages.freeExact(toAddress(BigInt(memory)), allocation);
      else complain(k, pool, `dma_pool_destroy @, ${hashed(k, memory)} busy`);
      k.heap.kfree(page);
    }
    k.heap.kfree(pool);
  },
);
