/** include/linux/mm.h: what maps memory into user space (mm/memory.c, mm/mmap.c, mm/util.c, mm/gup.c). */
import { type Address, PAGE_SIZE, alignUp } from "../../src/base/address.ts";
import { EBUSY, EFAULT, EINVAL, ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { frameToPage } from "../../src/kernel/memory/layout.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { type Mapping, VM } from "../../src/kernel/vfs/mappings.ts";
import { stub } from "../../src/stub/declare.ts";

const VM_FAULT_NOPAGE = 0x100;
const VM_FAULT_SIGBUS = 2;
const FOLL_WRITE = 1;

export const vmaView = (k: Kernel, vma: Address) => k.struct("vm_area_struct", vma);
export const mappingOf = (k: Kernel, vma: Address): Mapping => {
  const mapping = k.mappings.byVma(vma);
  if (mapping === undefined) throw new Errno(EINVAL);
  return mapping;
};
/** Private mappings are read-only until a page is written to. */
const accessOf = (k: Kernel, vma: Address): "read" | "write" => {
  const both = VM.WRITE | VM.SHARED;
  return (vmaView(k, vma).vm_flags & both) === both ? "write" : "read";
};
const frameLimit = (k: Kernel): number => k.machine.frames.total;

interface Range {
  readonly vma: Address;
  readonly at: Address;
  readonly frame: number;
  readonly size: number;
}
/** remap_pfn_range(): frames, whosever they are. */
const mapFrames = (k: Kernel, { vma, at, frame, size }: Range): void => {
  const mapping = mappingOf(k, vma);
  const end = at + alignUp(size, PAGE_SIZE);
  if (at % PAGE_SIZE !== 0 || at < mapping.start || end > mapping.end) throw new Errno(EINVAL);
  const view = vmaView(k, vma);
  view.vm_flags |= VM.IO | VM.PFNMAP | VM.DONTEXPAND | VM.DONTDUMP;
  for (let page = 0; at + page * PAGE_SIZE < end; page += 1) {
    // Memory of devices is not behind addresses of this machine.
    if (frame + page >= frameLimit(k)) break;
    k.mappings.insert(
      mapping,
      at + page * PAGE_SIZE,
      { frame: frame + page, kind: "device" },
      accessOf(k, vma),
    );
  }
};
const DEVICES = { partial: "memory of a device faults when user space touches it" } as const;

export const remapPfnRange = stub(
  `int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
      unsigned long size, pgprot_t prot)`,
  { fails: ["EINVAL", "ENOMEM"], sleeps: true, level: DEVICES },
  (k, { vma, addr, pfn, size }) => {
    mapFrames(k, { vma, at: Number(addr), frame: Number(pfn), size: Number(size) });
    return 0;
  },
);
export const vmIomapMemory = stub(
  "int vm_iomap_memory(struct vm_area_struct *vma, phys_addr_t start, unsigned long len)",
  { fails: ["EINVAL", "ENOMEM"], sleeps: true, level: DEVICES },
  (k, { vma, start, len }) => {
    const view = vmaView(k, vma);
    const [from, offset] = [Number(start), Number(view.vm_pgoff)];
    const pages = alignUp(Number(len) + (from % PAGE_SIZE), PAGE_SIZE) / PAGE_SIZE;
    const size = Number(view.vm_end - view.vm_start);
    if (offset > pages || size / PAGE_SIZE > pages - offset) throw new Errno(EINVAL);
    mapFrames(k, { vma, at: Number(view.vm_start), frame: Math.floor(from / PAGE_SIZE) + offset, size });
    return 0;
  },
);

const getPage = (k: Kernel, page: Address): void => {
  k.struct("page", page)._refcount.counter += 1;
};
/** insert_page(): one page, with a reference of the mapping's own. */
export const insertPage = (k: Kernel, mapping: Mapping, at: Address, page: Address): void => {
  if (at < mapping.start || at >= mapping.end) throw new Errno(EFAULT);
  if (mapping.pages.get(at) !== undefined) throw new Errno(EBUSY);
  getPage(k, page);
  const frame = k.pages.pageToFrame(page);
  k.mappings.insert(mapping, at, { frame, kind: "page" }, accessOf(k, mapping.vma));
};
export const vmInsertPage = stub(
  "int vm_insert_page(struct vm_area_struct *vma, unsigned long addr, struct page *page)",
  { fails: ["EFAULT", "EINVAL", "EBUSY", "ENOMEM"], sleeps: true },
  (k, { vma, addr, page }) => {
    const mapping = mappingOf(k, vma);
    if (k.struct("page", page)._refcount.counter === 0) throw new Errno(EINVAL);
    vmaView(k, vma).vm_flags |= VM.MIXEDMAP;
    insertPage(k, mapping, Number(addr), page);
    return 0;
  },
);
const mapPages = (k: Kernel, vma: Address, pages: Address, num: number, offset: number): number => {
  const mapping = mappingOf(k, vma);
  const count = (mapping.end - mapping.start) / PAGE_SIZE;
  if (offset >= num || count > num - offset) return -6;
  vmaView(k, vma).vm_flags |= VM.MIXEDMAP;
  for (let index = 0; index < count; index += 1)
    insertPage(k, mapping, mapping.start + index * PAGE_SIZE, k.memory.pointer(pages + (offset + index) * 8));
  return 0;
};
export const vmMapPages = stub(
  "int vm_map_pages(struct vm_area_struct *vma, struct page **pages, unsigned long num)",
  { fails: ["EFAULT", "EINVAL", "EBUSY", "ENXIO"], sleeps: true },
  (k, { vma, pages, num }) => mapPages(k, vma, pages, Number(num), Number(vmaView(k, vma).vm_pgoff)),
);
export const vmMapPagesZero = stub(
  "int vm_map_pages_zero(struct vm_area_struct *vma, struct page **pages, unsigned long num)",
  { fails: ["EFAULT", "EINVAL", "EBUSY", "ENXIO"], sleeps: true },
  (k, { vma, pages, num }) => mapPages(k, vma, pages, Number(num), 0),
);

const faulted = (act: () => void): number => {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Errno) || error.errno !== EBUSY) return VM_FAULT_SIGBUS;
  }
  return VM_FAULT_NOPAGE;
};
export const vmfInsertPfn = stub(
  "vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn)",
  { level: DEVICES },
  (k, { vma, addr, pfn }) =>
    faulted(() => {
      const frame = Number(pfn);
      if (frame >= frameLimit(k)) throw new Errno(EFAULT);
      k.mappings.insert(mappingOf(k, vma), Number(addr), { frame, kind: "device" }, accessOf(k, vma));
    }),
);

export const vmMmap = stub(
  `unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len,
      unsigned long prot, unsigned long flag, unsigned long offset)`,
  {
    fails: ["EINVAL", "EACCES", "ENODEV", "ENOMEM"],
    sleeps: true,
    level: { partial: "MAP_FIXED is a hint" },
  },
  function* (k, { file, len, prot, flag, offset }) {
    if (offset % BigInt(PAGE_SIZE) !== 0n) throw new Errno(EINVAL);
    const opened = file === 0 ? undefined : k.vfs.objects.find(file);
    const at = yield* k.mappings.map({
      pid: k.current.pid,
      file: opened,
      length: Number(len),
      prot: Number(prot),
      flags: Number(flag),
      offset: Number(offset) / PAGE_SIZE,
    });
    return BigInt(at);
  },
);
export const vmMunmap = stub(
  "int vm_munmap(unsigned long start, size_t len)",
  { fails: ["EINVAL"], sleeps: true },
  function* (k, { start, len }) {
    yield* k.mappings.unmap(k.current.pid, Number(start), len);
    return 0;
  },
);
export const findVma = stub(
  "struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)",
  { level: { partial: "looks at the running process, whatever mm is" } },
  (k, { addr }) => k.mappings.above(k.current.pid, Number(addr))?.vma ?? 0,
);
export const zapVmaPtes = stub(
  "void zap_vma_ptes(struct vm_area_struct *vma, unsigned long address, unsigned long size)",
  (k, { vma, address, size }) => {
    const [start, end] = [Number(address), Number(address) + Number(size)];
    const mapping = k.mappings.byVma(vma);
    const within = mapping !== undefined && start >= mapping.start && end <= mapping.end;
    if (within && (vmaView(k, vma).vm_flags & VM.PFNMAP) !== 0n) k.mappings.zap(mapping, start, end);
  },
);

interface Wanted {
  readonly start: Address;
  readonly count: number;
  readonly flags: number;
  readonly pages: Address;
}
/** get_user_pages(): brings pages in and takes a reference on each; how many. */
function* userPages(k: Kernel, { start, count, flags, pages }: Wanted): Routine<number> {
  const access = (flags & FOLL_WRITE) === 0 ? "read" : "write";
  for (let index = 0; index < count; index += 1) {
    const at = start - (start % PAGE_SIZE) + index * PAGE_SIZE;
    if (
      !k.userMemory.accessible(at, 1, access) &&
      !(yield* k.userFaults.resolve(k.current.pid, at, access))
    ) {
      if (index > 0) return index;
      throw new Errno(EFAULT);
    }
    const physical = k.machine.translate(at);
    if (physical === undefined) throw new Errno(ENOMEM);
    const page = frameToPage(Math.floor(physical / PAGE_SIZE));
    getPage(k, page);
    if (pages !== 0) k.memory.setPointer(pages + index * 8, page);
  }
  return count;
}
const PINS = { fails: ["EFAULT", "EINVAL", "ENOMEM"], sleeps: true } as const;
export const getUserPagesFast = stub(
  "int get_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags, struct page **pages)",
  PINS,
  function* (k, { start, nr_pages, gup_flags, pages }) {
    return yield* userPages(k, { start: Number(start), count: nr_pages, flags: gup_flags, pages });
  },
);
export const pinUserPagesFast = stub(
  "int pin_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags, struct page **pages)",
  PINS,
  function* (k, { start, nr_pages, gup_flags, pages }) {
    return yield* userPages(k, { start: Number(start), count: nr_pages, flags: gup_flags, pages });
  },
);
export const getUserPages = stub(
  `long get_user_pages(unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
      struct page **pages, struct vm_area_struct **vmas)`,
  PINS,
  function* (k, { start, nr_pages, gup_flags, pages }) {
    return yield* userPages(k, { start: Number(start), count: Number(nr_pages), flags: gup_flags, pages });
  },
);
export const unpinUserPage = stub("void unpin_user_page(struct page *page)", (k, { page }) =>
  k.pages.putPage(page),
);
