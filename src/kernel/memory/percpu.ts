import { type Address, PAGE_SIZE, alignUp } from "../../base/address.ts";
import { ENOMEM } from "../../base/errno.ts";
import { Errno, GuestFault } from "../../base/errors.ts";
import { FAULTS, placed } from "./fault-sites.ts";
import { GFP } from "./gfp.ts";
import { type Complaints, KERNEL_DATA, type MemoryHost, mayTake } from "./host.ts";
import { PERCPU_BASE, frameToVirt } from "./layout.ts";
import type { PrivateMemory } from "./private-memory.ts";
import { RESERVED_PATH, SITES } from "./sites.ts";

/**
 * Per-CPU memory of one CPU (mm/percpu.c). A per-CPU pointer is the distance from the CPU's area,
 * which gs holds; so the variables of the kernel image have their small link-time values.
 */
export interface Percpu {
  /** gs base; `__per_cpu_offset[0]`. */
  readonly base: Address;
  /** A zeroed variable: its per-CPU pointer, or 0. */
  alloc(size: number, align: number, gfp: number): Address;
  /** For a module's own variables: within reach of 32-bit relocations. Errno ENOMEM when the reserve is used up. */
  allocReserved(size: number, align: number): Address;
  /** For reserved ones too. NULL is ignored, and so is what begins no variable; a pointer to nowhere faults. */
  free(pointer: Address): void;
  /** Where the variable is on the CPU. */
  address(pointer: Address): Address;
  /** Bytes behind a pointer from `alloc`, or 0. */
  size(pointer: Address): number;
}

/** The first chunk as the recorded kernel has it: its own variables, room for modules, the rest. */
const STATIC_END = 0x35000;
const RESERVED_END = STATIC_END + 8192;
const FIRST_END = RESERVED_END + 28672;
/** Later chunks lie at the top of the vmalloc area, 2 MB each, downwards. */
const CHUNK = 2 ** 21;
const TOP: Address = -0x1700_0040_0000;
const MAX_CHUNKS = 64;
/** PCPU_MIN_ALLOC_SIZE, PCPU_MIN_UNIT_SIZE */
const UNIT = 4;
const MAX_SIZE = 32768;
/** Field of `struct pcpu_chunk` that free_percpu reads first. */
const NO_CHUNK: Address = 0x20;

/** A range of per-CPU memory; what is taken and where variables begin are bitmaps in private memory. */
interface Chunk {
  /** Per-CPU pointer of its first byte. */
  readonly start: Address;
  readonly size: number;
  readonly used: number;
  readonly begins: number;
}

/** Tells who shadows memory, page by page: neighbours need not have neighbouring frames. */
const tell = (host: MemoryHost, address: Address, size: number, what: "taken" | "given"): void => {
  const { watch } = host.shadow;
  for (let at = address; watch !== undefined && at < address + size;) {
    const end = Math.min(alignUp(at + 1, PAGE_SIZE), address + size);
    watch[what](frameToVirt(0) + (host.translate(at) ?? 0), end - at);
    at = end;
  }
};

export const createPercpu = (host: MemoryHost, store: PrivateMemory, complaints: Complaints): Percpu => {
  const { words } = store;
  /** Word index of the bitmaps of each chunk, 0 while it does not exist. */
  const table = store.allocate((MAX_CHUNKS + 2) * 4);

  const chunkAt = (index: number): Chunk => {
    const start =
      index === 0 ? STATIC_END : index === 1 ? RESERVED_END : TOP - (index - 2) * CHUNK - PERCPU_BASE;
    const size = index === 0 ? RESERVED_END - STATIC_END : index === 1 ? FIRST_END - RESERVED_END : CHUNK;
    const used = words[table + index] ?? 0;
    return { start, size, used, begins: used + size / UNIT / 32 };
  };
  /** Makes the chunk's bitmaps; false when RAM is used up. */
  const open = (index: number): boolean => {
    if ((words[table + index] ?? 0) !== 0) return true;
    const bitmaps = store.allocate((chunkAt(index).size / UNIT / 32) * 4 * 2);
    if (bitmaps === 0) return false;
    store.set(table + index, bitmaps);
    return true;
  };
  const place = (index: number, size: number, align: number): Address | undefined => {
    if (!open(index)) return undefined;
    const chunk = chunkAt(index);
    const offset = findFree(words, chunk, size, align);
    if (offset === undefined) return undefined;
    const pointer = chunk.start + offset;
    if (!populate(host, PERCPU_BASE + pointer, size)) return undefined;
    for (let unit = offset / UNIT; unit < (offset + size) / UNIT; unit += 1)
      setBit(store, chunk.used, unit, 1);
    setBit(store, chunk.begins, offset / UNIT, 1);
    tell(host, PERCPU_BASE + pointer, size, "taken");
    host.memory.fill(PERCPU_BASE + pointer, 0, size);
    return pointer;
  };
  const find = (pointer: Address): { chunk: Chunk; unit: number } | undefined => {
    for (let index = 0; index < MAX_CHUNKS + 2; index += 1) {
      if ((words[table + index] ?? 0) === 0) continue;
      const chunk = chunkAt(index);
      const offset = pointer - chunk.start;
      if (offset < 0 || offset >= chunk.size || offset % UNIT !== 0) continue;
      return getBit(words, chunk.begins, offset / UNIT) ? { chunk, unit: offset / UNIT } : undefined;
    }
    return undefined;
  };
  const unitsFrom = (chunk: Chunk, unit: number): number => {
    let end = unit + 1;
    while (end < chunk.size / UNIT && getBit(words, chunk.used, end) && !getBit(words, chunk.begins, end))
      end += 1;
    return end - unit;
  };

  /** No chunk has it: the kernel follows the NULL that it finds in place of one. */
  const stray = (pointer: Address): void => {
    for (let index = 0; index < MAX_CHUNKS + 2; index += 1) {
      const { start, size } = chunkAt(index);
      const exists = index < 2 || (words[table + index] ?? 0) !== 0;
      if (exists && pointer >= start && pointer < start + size) return;
    }
    throw placed(complaints, FAULTS.chunk, new GuestFault(NO_CHUNK, { write: false, present: false }));
  };

  return {
    base: PERCPU_BASE,
    alloc(size, align, gfp) {
      const power = align > 0 && (align & (align - 1)) === 0;
      if (size === 0 || size > MAX_SIZE || align > PAGE_SIZE || !power) {
        if ((gfp & GFP.NOWARN) === 0) {
          const text = `illegal size (${size}) or align (${align}) for percpu allocation`;
          complaints.warn(SITES.percpuIllegal, text);
        }
        return 0;
      }
      for (let index = 1; index < MAX_CHUNKS + 2; index += 1) {
        const pointer = place(index, alignUp(size, UNIT), Math.max(align, UNIT));
        if (pointer !== undefined) return pointer;
        if (!mayTake(host, 1)) return 0;
      }
      return 0;
    },
    allocReserved(size, align) {
      const pointer = place(0, alignUp(Math.max(size, 1), UNIT), Math.min(Math.max(align, UNIT), PAGE_SIZE));
      if (pointer !== undefined) return pointer;
      const text = `allocation failed, size=${size} align=${align} atomic=0, alloc from reserved chunk failed`;
      complaints.log(4, `percpu: ${text}\n`);
      complaints.dumpStack(RESERVED_PATH);
      throw new Errno(ENOMEM);
    },
    free(pointer) {
      if (pointer === 0) return;
      const found = find(pointer);
      if (found === undefined) return stray(pointer);
      const { chunk, unit } = found;
      const count = unitsFrom(chunk, unit);
      tell(host, PERCPU_BASE + pointer, count * UNIT, "given");
      setBit(store, chunk.begins, unit, 0);
      for (let at = unit; at < unit + count; at += 1) setBit(store, chunk.used, at, 0);
    },
    address: (pointer) => PERCPU_BASE + pointer,
    size(pointer) {
      const found = find(pointer);
      return found === undefined ? 0 : unitsFrom(found.chunk, found.unit) * UNIT;
    },
  };
};

const getBit = (words: Uint32Array, map: number, bit: number): boolean =>
  (((words[map + (bit >>> 5)] ?? 0) >>> (bit & 31)) & 1) !== 0;

const setBit = (store: PrivateMemory, map: number, bit: number, value: 0 | 1): void => {
  const index = map + (bit >>> 5);
  const mask = 1 << (bit & 31);
  const word = store.words[index] ?? 0;
  store.set(index, (value === 1 ? word | mask : word & ~mask) >>> 0);
};

/** First free offset for `size` bytes, or undefined. */
const findFree = (words: Uint32Array, chunk: Chunk, size: number, align: number): number | undefined => {
  const units = size / UNIT;
  const last = chunk.size / UNIT - units;
  // Chunks start at multiples of a page, the largest alignment.
  for (let start = 0; start <= last;) {
    if ((start & 31) === 0 && words[chunk.used + (start >>> 5)] === 0xffffffff) {
      start = alignUp((start + 32) * UNIT, align) / UNIT;
      continue;
    }
    let length = 0;
    while (length < units && !getBit(words, chunk.used, start + length)) length += 1;
    if (length === units) return start * UNIT;
    start = alignUp((start + length + 1) * UNIT, align) / UNIT;
  }
  return undefined;
};

/** Maps the pages of [address, address + size) that are not there yet. */
const populate = (host: MemoryHost, address: Address, size: number): boolean => {
  const first = Math.floor(address / PAGE_SIZE);
  const last = Math.floor((address + size - 1) / PAGE_SIZE);
  for (let page = first; page <= last; page += 1) {
    if (host.translate(page * PAGE_SIZE) !== undefined) continue;
    const frame = mayTake(host, 1) ? host.frames.allocate(1) : undefined;
    if (frame === undefined) return false;
    host.map(page * PAGE_SIZE, frame, 1, KERNEL_DATA);
  }
  return true;
};
