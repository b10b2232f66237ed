import type { ByteString } from "../../base/bytes.ts";
import { LOW_FRAMES } from "../../machine/frames.ts";

/** What show_mem tells of this machine, in pages. */
export interface MemoryFigures {
  readonly free: number;
  readonly total: number;
}

interface Zone {
  readonly name: string;
  readonly free: number;
  readonly present: number;
}

const kilobytes = (pages: number): string => `${pages * 4}kB`;

/** Text "state:0 .." for counters that stay zero here. */
const none = (unit: "" | "kB", ...names: readonly string[]): string =>
  names.map((name) => `${name}:0${unit}`).join(" ");

const nodeLine = (): ByteString =>
  [
    "Node 0",
    none("kB", "active_anon", "inactive_anon", "active_file", "inactive_file", "unevictable"),
    none("kB", "isolated(anon)", "isolated(file)", "mapped", "dirty", "writeback", "shmem"),
    "shmem_thp: 0kB shmem_pmdmapped: 0kB anon_thp: 0kB",
    none("kB", "writeback_tmp", "kernel_stack", "pagetables", "sec_pagetables"),
    "all_unreclaimable? no",
  ].join(" ");

const zoneLine = ({ name, free, present }: Zone): ByteString =>
  [
    `Node 0 ${name} free:${kilobytes(free)} boost:0kB min:0kB low:0kB high:0kB reserved_highatomic:0KB`,
    none("kB", "active_anon", "inactive_anon", "active_file", "inactive_file", "unevictable", "writepending"),
    `present:${kilobytes(present)} managed:${kilobytes(present)}`,
    none("kB", "mlocked", "bounce", "free_pcp", "local_pcp", "free_cma"),
  ].join(" ");

/** Free blocks by order, as if what is free were in one piece. */
const blocksLine = ({ name, free }: Zone): ByteString => {
  const blocks = Array.from({ length: 11 }, (_, order) => {
    const count = order === 10 ? Math.floor(free / 1024) : (free >>> order) & 1;
    return `${count}*${4 * 2 ** order}kB${count > 0 ? " (M)" : ""}`;
  });
  return `Node 0 ${name}: ${blocks.join(" ")} = ${kilobytes(free)}`;
};

/** The lines of show_mem (mm/page_alloc.c, __show_free_areas; lib/show_mem.c). */
export const showMem = ({ free, total }: MemoryFigures): readonly ByteString[] => {
  const low = Math.min(LOW_FRAMES, total);
  const dma: Zone = { name: "DMA", free: Math.min(free, low), present: low };
  const dma32: Zone = { name: "DMA32", free: free - dma.free, present: total - low };
  const reserve = Math.floor(dma32.present / 256);
  return [
    "Mem-Info:",
    [
      none("", "active_anon", "inactive_anon", "isolated_anon"),
      none("", "active_file", "inactive_file", "isolated_file"),
      none("", "unevictable", "dirty", "writeback"),
      none("", "slab_reclaimable", "slab_unreclaimable"),
      none("", "mapped", "shmem", "pagetables"),
      none("", "sec_pagetables", "bounce"),
      "kernel_misc_reclaimable:0",
      `free:${free} free_pcp:0 free_cma:0`,
    ].join("\n "),
    nodeLine(),
    zoneLine(dma),
    `lowmem_reserve[]: 0 ${[reserve, reserve, reserve, reserve].join(" ")}`,
    zoneLine(dma32),
    "lowmem_reserve[]: 0 0 0 0 0",
    blocksLine(dma),
    blocksLine(dma32),
    "Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=1048576kB",
    "Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB",
    "0 total pagecache pages",
    "0 pages in swap cache",
    "Free swap  = 0kB",
    "Total swap = 0kB",
    `${total} pages RAM`,
    "0 pages HighMem/MovableOnly",
    "0 pages reserved",
    "0 pages hwpoisoned",
  ];
};
