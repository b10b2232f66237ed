/** Memory mappings of user processes: struct vm_area_struct and the pages behind it (mm/mmap.c, mm/memory.c). */
import { type Address, PAGE_SIZE, alignUp } from "../../base/address.ts";
import { EACCES, EINVAL, ENODEV, ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { initList } from "../data/guest-list.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { frameToPage } from "../memory/layout.ts";
import type { Routine } from "../routine.ts";
import { putLater } from "./calls/task-work.ts";
import { FMODE } from "./objects.ts";
import type { OpenFile } from "./operations.ts";
import { USER_STRIDE, userArea } from "./user-memory.ts";

/** include/linux/mm.h */
export const VM = {
  READ: 1n,
  WRITE: 2n,
  EXEC: 4n,
  SHARED: 8n,
  MAYREAD: 0x10n,
  MAYWRITE: 0x20n,
  MAYEXEC: 0x40n,
  MAYSHARE: 0x80n,
  PFNMAP: 0x400n,
  IO: 0x4000n,
  DONTEXPAND: 0x4_0000n,
  DONTDUMP: 0x400_0000n,
  MIXEDMAP: 0x1000_0000n,
} as const;
export const PROT = { READ: 1, WRITE: 2, EXEC: 4 } as const;
export const MAP = { SHARED: 1, PRIVATE: 2, FIXED: 0x10, ANONYMOUS: 0x20 } as const;

/** Whose page stands at an address. */
interface MappedPage {
  readonly frame: number;
  /** "page": a reference is held; "own": made for this mapping; "device": nobody counts. */
  readonly kind: "page" | "own" | "device";
}

/** One vm_area_struct. Plain data: touch before changing. */
export interface Mapping {
  readonly pid: number;
  start: Address;
  end: Address;
  readonly vma: Address;
  readonly file: OpenFile | undefined;
  readonly pages: JournalMap<Address, MappedPage>;
}

export interface MapRequest {
  readonly pid: number;
  readonly file: OpenFile | undefined;
  readonly length: number;
  readonly prot: number;
  readonly flags: number;
  /** In pages. */
  readonly offset: number;
}

export interface Mappings {
  /** do_mmap(): the address. EINVAL, EACCES, ENODEV, ENOMEM, and what the driver says. */
  map(request: MapRequest): Routine<Address>;
  /** Everything mapped in the range; a mapping that reaches beyond it is split. */
  unmap(pid: number, start: Address, length: number): Routine<void>;
  /** dup_mmap(): what a new process inherits, at the same places of its own stretch. */
  fork(parent: number, child: number): Routine<void>;
  /** exit_mmap(). */
  unmapAll(pid: number): Routine<void>;
  find(pid: number, address: Address): Mapping | undefined;
  /** The first that ends above `address` (find_vma). */
  above(pid: number, address: Address): Mapping | undefined;
  byVma(vma: Address): Mapping | undefined;
  of(pid: number): readonly Mapping[];
  /** Puts a frame into the page tables of a mapping. EBUSY is the caller's to check. */
  insert(mapping: Mapping, at: Address, page: MappedPage, access: "read" | "write"): void;
  /** Takes pages out again, so that the next access faults. */
  zap(mapping: Mapping, start: Address, end: Address): void;
}

const VM_DONTCOPY = 0x2_0000n;
/** Mappings a process may have (sysctl_max_map_count is larger). */
const MAPPINGS_MAX = 4096;

export const createMappings = (k: Kernel): Mappings => {
  const lists: JournalMap<number, readonly Mapping[]> = k.journal.map();
  const of = (pid: number): readonly Mapping[] => lists.get(pid) ?? [];
  const keep = (pid: number, mappings: readonly Mapping[]): void => {
    if (mappings.length === 0) lists.delete(pid);
    else lists.set(pid, mappings);
  };
  const view = (vma: Address) => k.struct("vm_area_struct", vma);
  const operation = (vma: Address, name: "open" | "close"): Address => {
    const { vm_ops } = view(vma);
    return vm_ops === 0 ? 0 : k.struct("vm_operations_struct", vm_ops)[name];
  };

  /** The highest gap of that size in the process's half of its stretch. */
  const gap = (pid: number, length: number): Address => {
    const low = userArea(pid) + USER_STRIDE / 2;
    let top = userArea(pid) + USER_STRIDE;
    for (const { start, end } of [...of(pid)].sort((a, b) => b.start - a.start)) {
      if (top - end >= length) break;
      top = start;
    }
    if (top - length < low || of(pid).length >= MAPPINGS_MAX) throw new Errno(ENOMEM);
    return top - length;
  };
  const flagsOf = ({ file, prot, flags }: MapRequest): bigint => {
    const shared = (flags & 3) === MAP.SHARED;
    if (!shared && (flags & 3) !== MAP.PRIVATE) throw new Errno(EINVAL);
    const mode = file === undefined ? FMODE.READ | FMODE.WRITE : k.struct("file", file.guest).f_mode;
    if ((mode & FMODE.READ) === 0) throw new Errno(EACCES);
    if (shared && (prot & PROT.WRITE) !== 0 && (mode & FMODE.WRITE) === 0) throw new Errno(EACCES);
    let bits = BigInt(prot & 7) | VM.MAYREAD | VM.MAYWRITE | VM.MAYEXEC;
    if (shared) bits |= VM.SHARED | VM.MAYSHARE;
    if (shared && (mode & FMODE.WRITE) === 0) bits &= ~(VM.MAYWRITE | VM.SHARED);
    return bits;
  };
  /** vm_get_page_prot(): private pages are read-only until they are copied. */
  const protectionOf = (bits: bigint): bigint => {
    const user = 0x25n | ((bits & (VM.WRITE | VM.SHARED)) === (VM.WRITE | VM.SHARED) ? 2n : 0n);
    return (bits & VM.EXEC) === 0n ? user | (1n << 63n) : user;
  };
  const newVma = (start: Address, { length, offset, file }: MapRequest, bits: bigint): Address => {
    const vma = k.heap.internal(new Uint8Array(k.sizeOf("vm_area_struct")));
    const self = view(vma);
    self.vm_start = BigInt(start);
    self.vm_end = BigInt(start + length);
    self.vm_mm = k.struct("task_struct", k.current.taskStruct).mm;
    self.vm_flags = bits;
    self.vm_page_prot.pgprot = protectionOf(bits);
    self.vm_pgoff = BigInt(offset);
    self.vm_file = (file?.guest ?? 0) as typeof self.vm_file;
    // vma_init() gives every one an empty table.
    self.vm_ops = emptyOperations() as typeof self.vm_ops;
    initList(k.memory, vma + k.offsetOf("vm_area_struct", "anon_vma_chain"));
    return vma;
  };
  const state = { operations: 0 };
  const emptyOperations = (): Address => {
    if (state.operations === 0)
      k.journal.touch(state).operations = k.statics.allocate(k.sizeOf("vm_operations_struct"));
    return state.operations;
  };

  const drop = (mapping: Mapping, at: Address, page: MappedPage): void => {
    k.machine.unmap(at, 1);
    mapping.pages.delete(at);
    if (page.kind === "own") k.pages.release(page.frame, 0);
    else if (page.kind === "page") k.pages.putPage(frameToPage(page.frame));
  };
  const zap: Mappings["zap"] = (mapping, start, end) => {
    for (const [at, page] of mapping.pages.entries()) if (at >= start && at < end) drop(mapping, at, page);
  };
  function* remove(mapping: Mapping): Routine<void> {
    zap(mapping, mapping.start, mapping.end);
    keep(
      mapping.pid,
      of(mapping.pid).filter((each) => each !== mapping),
    );
    const close = operation(mapping.vma, "close");
    if (close !== 0) yield* k.call(close, mapping.vma);
    k.heap.kfree(mapping.vma);
    if (mapping.file !== undefined) putLater(k, mapping.file);
  }
  /** __split_vma(): the part from `at` on becomes a mapping of its own. */
  function* split(mapping: Mapping, at: Address): Routine<void> {
    const upper = k.heap.internal(k.memory.bytes(mapping.vma, k.sizeOf("vm_area_struct")).slice());
    const self = view(upper);
    self.vm_start = BigInt(at);
    self.vm_pgoff += BigInt((at - mapping.start) / PAGE_SIZE);
    initList(k.memory, upper + k.offsetOf("vm_area_struct", "anon_vma_chain"));
    const pages: Mapping["pages"] = k.journal.map();
    for (const [where, page] of mapping.pages.entries()) {
      if (where < at) continue;
      pages.set(where, page);
      mapping.pages.delete(where);
    }
    if (mapping.file !== undefined) k.vfs.get(mapping.file);
    const { pid, file, end } = mapping;
    keep(pid, [...of(pid), { pid, file, start: at, end, vma: upper, pages }]);
    k.journal.touch(mapping).end = at;
    view(mapping.vma).vm_end = BigInt(at);
    const open = operation(upper, "open");
    if (open !== 0) yield* k.call(open, upper);
  }
  function* unmap(pid: number, start: Address, length: number): Routine<void> {
    const end = start + alignUp(length, PAGE_SIZE);
    if (start % PAGE_SIZE !== 0 || length <= 0) throw new Errno(EINVAL);
    for (const cut of [start, end]) {
      const across = of(pid).find((each) => each.start < cut && cut < each.end);
      if (across !== undefined) yield* split(across, cut);
    }
    for (const each of of(pid)) if (each.start >= start && each.end <= end) yield* remove(each);
  }

  return {
    *map(request) {
      const { pid, file } = request;
      const length = alignUp(request.length, PAGE_SIZE);
      if (request.length <= 0) throw new Errno(EINVAL);
      if (length > USER_STRIDE / 2) throw new Errno(ENOMEM);
      const start = gap(pid, length);
      const bits = flagsOf(request);
      if (file !== undefined && file.operations.mmap === undefined) throw new Errno(ENODEV);
      const vma = newVma(start, { ...request, length }, bits);
      const mapping: Mapping = { pid, start, end: start + length, vma, file, pages: k.journal.map() };
      if (file !== undefined) k.vfs.get(file);
      keep(pid, [...of(pid), mapping]);
      try {
        if (file !== undefined) yield* file.operations.mmap?.(file, vma) ?? nothing();
      } catch (error) {
        zap(mapping, start, start + length);
        keep(
          pid,
          of(pid).filter((each) => each !== mapping),
        );
        k.heap.kfree(vma);
        if (file !== undefined) putLater(k, file);
        throw error;
      }
      return start;
    },
    unmap,
    *fork(parent, child) {
      const shift = userArea(child) - userArea(parent);
      for (const { start, end, file, vma } of of(parent)) {
        if ((view(vma).vm_flags & VM_DONTCOPY) !== 0n) continue;
        const copy = k.heap.internal(k.memory.bytes(vma, k.sizeOf("vm_area_struct")).slice());
        view(copy).vm_start += BigInt(shift);
        view(copy).vm_end += BigInt(shift);
        if (file !== undefined) k.vfs.get(file);
        const pages: Mapping["pages"] = k.journal.map();
        keep(child, [
          ...of(child),
          { pid: child, start: start + shift, end: end + shift, file, vma: copy, pages },
        ]);
        const open = operation(copy, "open");
        if (open !== 0) yield* k.call(open, copy);
      }
    },
    *unmapAll(pid) {
      for (const mapping of of(pid)) yield* remove(mapping);
    },
    of,
    find: (pid, address) => of(pid).find(({ start, end }) => address >= start && address < end),
    above: (pid, address) =>
      of(pid)
        .filter(({ end }) => end > address)
        .sort((a, b) => a.start - b.start)[0],
    byVma(vma) {
      for (const list of lists.values()) for (const each of list) if (each.vma === vma) return each;
      return undefined;
    },
    insert(mapping, at, page, access) {
      const before = mapping.pages.get(at);
      if (before !== undefined) drop(mapping, at, before);
      mapping.pages.set(at, page);
      k.machine.map(at, page.frame, 1, { write: access === "write", execute: false, user: true });
    },
    zap,
  };
};

function* nothing(): Routine<void> {}
