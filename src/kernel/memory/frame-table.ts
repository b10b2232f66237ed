import { type PrivateMemory, createSparseTable } from "./private-memory.ts";

/** Who has a frame. POOL: the head of a free block; told to others as FREE. */
export const OWNER = { FREE: 0, PAGES: 1, SLAB: 2, LARGE: 3, VMALLOC: 4, POOL: 5 } as const;
export type Owner = (typeof OWNER)[keyof typeof OWNER];

/**
 * What the allocators know of each frame, four words: owner | order << 4 | distance to the block's
 * first frame << 8; a record (slab) or serial number; the size asked for; 1 while internal to the kernel.
 */
export interface FrameTable {
  /** Word index of the entry, or 0 for a frame nobody ever had. */
  find(frame: number): number;
  /** Writes the entries of a block; false when RAM is used up. */
  claim(frame: number, order: number, owner: Owner): boolean;
  owner(frame: number): Owner;
  order(frame: number): number;
  /** First frame of the block that `frame` lies in. */
  base(frame: number): number;
  /** Makes the block around `frame` one of single frames, each with its owner and record. */
  shatter(frame: number): void;
  /** Forgets who had the frames. */
  disown(frame: number, count: number): void;
}

export const createFrameTable = (memory: PrivateMemory, total: number): FrameTable => {
  const table = createSparseTable(memory, total, 4);
  const { words } = memory;
  const first = (frame: number): number => {
    const entry = table.find(frame);
    return entry === 0 ? 0 : (words[entry] ?? 0);
  };
  return {
    find: (frame) => table.find(frame),
    claim(frame, order, owner) {
      const count = 1 << order;
      for (let index = 0; index < count; index += 1) {
        const entry = table.make(frame + index);
        if (entry === 0) return false;
        memory.set(entry, owner | (order << 4) | (index << 8));
        words[entry + 1] = 0;
        words[entry + 2] = 0;
        words[entry + 3] = 0;
      }
      return true;
    },
    owner(frame) {
      const owner = (first(frame) & 0xf) as Owner;
      return owner === OWNER.POOL ? OWNER.FREE : owner;
    },
    order: (frame) => (first(frame) >>> 4) & 0xf,
    base: (frame) => frame - (first(frame) >>> 8),
    shatter(frame) {
      const start = frame - (first(frame) >>> 8);
      const order = (first(start) >>> 4) & 0xf;
      if (order === 0) return;
      for (let index = start; index < start + (1 << order); index += 1) {
        const entry = table.find(index);
        if (entry !== 0) memory.set(entry, first(index) & 0xf);
      }
    },
    disown(frame, count) {
      for (let index = 0; index < count; index += 1) {
        const entry = table.find(frame + index);
        if (entry !== 0) memory.set(entry, OWNER.FREE);
      }
    },
  };
};
