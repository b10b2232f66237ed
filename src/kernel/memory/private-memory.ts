import { outOfMemory } from "../../base/errors.ts";
import type { MemoryHost } from "./host.ts";

/**
 * Memory for the allocators' own records: frames of guest RAM that no page table shows to the guest.
 * It goes back with a snapshot as everything in RAM does, and a hostile module cannot reach it.
 * Addresses here are word indexes into RAM, multiples of 16; 0 is "none".
 */
export interface PrivateMemory {
  readonly words: Uint32Array;
  /** The same memory as doubles (word index / 2): holds addresses. */
  readonly doubles: Float64Array;
  set(index: number, value: number): void;
  /** `index` is a word index, even. */
  setDouble(index: number, value: number): void;
  /** A zeroed chunk, or 0 when RAM is used up. */
  allocate(bytes: number): number;
  /** `bytes` as given to allocate. */
  release(index: number, bytes: number): void;
}

const FRAME_WORDS = 1024;
const FRAME_BYTES = 4096;
/** Chunks of 2^6 .. 2^12 bytes come from free lists, larger ones are whole frames. */
const MIN_SHIFT = 6;

const shiftFor = (bytes: number): number => Math.max(MIN_SHIFT, 32 - Math.clz32(bytes - 1));

export const createPrivateMemory = (host: MemoryHost): PrivateMemory => {
  const { frames, ram } = host;
  const { words } = ram;
  const doubles = new Float64Array(words.buffer);
  const rootFrame = frames.allocate(1);
  if (rootFrame === undefined) throw outOfMemory("the kernel's allocators");
  /** Word per size class: its first free chunk; the chunk's first word is the next one. */
  const heads = rootFrame * FRAME_WORDS;

  const set = (index: number, value: number): void => {
    words[index] = value;
    ram.touch(index >>> 10);
  };
  /** Cuts a new frame into chunks and puts all but the first on the list. */
  const carve = (shift: number): number => {
    const frame = frames.allocate(1);
    if (frame === undefined) return 0;
    const base = frame * FRAME_WORDS;
    const step = 1 << (shift - 2);
    let next = 0;
    for (let chunk = base + FRAME_WORDS - step; chunk > base; chunk -= step) {
      words[chunk] = next;
      next = chunk;
    }
    ram.touch(frame);
    set(heads + shift, next);
    return base;
  };

  return {
    words,
    doubles,
    set,
    setDouble(index, value) {
      doubles[index >>> 1] = value;
      ram.touch(index >>> 10);
    },
    allocate(bytes) {
      if (bytes > FRAME_BYTES) {
        const frame = frames.allocate(Math.ceil(bytes / FRAME_BYTES));
        return frame === undefined ? 0 : frame * FRAME_WORDS;
      }
      const shift = shiftFor(bytes);
      const first = words[heads + shift] ?? 0;
      if (first === 0) return carve(shift);
      set(heads + shift, words[first] ?? 0);
      set(first, 0);
      return first;
    },
    release(index, bytes) {
      if (bytes > FRAME_BYTES) {
        frames.release(index / FRAME_WORDS, Math.ceil(bytes / FRAME_BYTES));
        return;
      }
      const shift = shiftFor(bytes);
      words.fill(0, index, index + (1 << (shift - 2)));
      set(index, words[heads + shift] ?? 0);
      set(heads + shift, index);
    },
  };
};

/** An array of words of which only the touched parts exist. Reads outside are 0. */
export interface SparseTable {
  /** Word index (in `words`) of entry `index`, or 0 where nothing was ever written. */
  find(index: number): number;
  /** The same, made if needed; 0 when RAM is used up. */
  make(index: number): number;
}

/** `entries` of `width` words each, `width` a power of two of at most 16. */
export const createSparseTable = (memory: PrivateMemory, entries: number, width: number): SparseTable => {
  const perLeaf = FRAME_WORDS / width;
  const shift = Math.log2(perLeaf);
  const mask = perLeaf - 1;
  const leaves = Math.ceil(entries / perLeaf);
  const directory = memory.allocate(leaves * 4);
  const { words } = memory;
  const find = (index: number): number => {
    if (index < 0 || index >= entries) return 0;
    const leaf = words[directory + (index >>> shift)] ?? 0;
    return leaf === 0 ? 0 : leaf + (index & mask) * width;
  };
  return {
    find,
    make(index) {
      const found = find(index);
      if (found !== 0 || index < 0 || index >= entries) return found;
      const leaf = memory.allocate(FRAME_BYTES);
      if (leaf === 0) return 0;
      memory.set(directory + (index >>> shift), leaf);
      return leaf + (index & mask) * width;
    },
  };
};
