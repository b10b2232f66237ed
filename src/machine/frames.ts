import type { Ram } from "./ram.ts";

/** Page frames of guest RAM (frame number = physical address / 4096). All state lives in guest RAM. */
export interface Frames {
  readonly total: number;
  /** How many frames are not allocated. */
  free(): number;
  /** Whether a frame is allocated. */
  taken(frame: number): boolean;
  /** No frame from there on was ever allocated. */
  high(): number;
  /**
   * `count` consecutive frames, the first a multiple of `align`, the last below frame `below`; undefined
   * when there are none. Zeroed.
   */
  allocate(count: number, align?: number, below?: number): number | undefined;
  release(frame: number, count: number): void;
}

/**
 * Words of the header, before the bitmap: free frames, where to look first for one frame, frames ever
 * handed out, where to look first for several.
 */
const FREE = 0;
const HINT = 1;
const HIGH = 2;
const BLOCK_HINT = 3;
const HEADER_WORDS = 4;

const FRAME_WORDS = 1024;
/** Old devices reach only the first 16 MB: used last, so that some is left for who must have it. */
export const LOW_FRAMES = 4096;

/** One bit a frame in the frames from `first` on; frames below and the bitmap itself are taken. */
export const createFrames = (ram: Ram, first: number): Frames => {
  const total = ram.size / 4096;
  const header = first * FRAME_WORDS;
  const bitmap = header + HEADER_WORDS;
  const bitmapFrames = Math.ceil((HEADER_WORDS + total / 32) / FRAME_WORDS);
  const { words } = ram;

  const taken = (frame: number): boolean =>
    ((words[bitmap + (frame >>> 5)] ?? 0) & (1 << (frame & 31))) !== 0;
  const setHeader = (field: number, value: number): void => {
    words[header + field] = value;
    ram.touch(header >>> 10);
  };
  const mark = (frame: number, count: number, used: boolean): void => {
    for (let f = frame; f < frame + count; f += 1) {
      const index = bitmap + (f >>> 5);
      const bit = 1 << (f & 31);
      words[index] = used ? (words[index] ?? 0) | bit : (words[index] ?? 0) & ~bit;
      ram.touch(index >>> 10);
    }
    setHeader(FREE, (words[header + FREE] ?? 0) + (used ? -count : count));
  };
  const find = (from: number, to: number, count: number, align: number): number | undefined => {
    let start = Math.ceil(from / align) * align;
    while (start + count <= to) {
      if ((start & 31) === 0 && words[bitmap + (start >>> 5)] === 0xffffffff) {
        start = Math.ceil((start + 32) / align) * align;
        continue;
      }
      let length = 0;
      while (length < count && !taken(start + length)) length += 1;
      if (length === count) return start;
      start = Math.ceil((start + length + 1) / align) * align;
    }
    return undefined;
  };

  words[header + FREE] = total;
  mark(0, first + bitmapFrames, true);
  const start = total > 2 * LOW_FRAMES ? LOW_FRAMES : first + bitmapFrames;
  setHeader(HINT, start);
  setHeader(BLOCK_HINT, start);
  setHeader(HIGH, start);

  return {
    total,
    free: () => words[header + FREE] ?? 0,
    taken,
    high: () => words[header + HIGH] ?? 0,
    allocate(count, align = 1, below = total) {
      if (count <= 0 || count > total) return undefined;
      const which = count === 1 ? HINT : BLOCK_HINT;
      const hint = words[header + which] ?? 0;
      const frame = find(hint, below, count, align) ?? find(0, Math.min(below, hint + count), count, align);
      if (frame === undefined) return undefined;
      mark(frame, count, true);
      if (frame >= hint && below === total) setHeader(which, frame + count);
      const high = words[header + HIGH] ?? 0;
      // Frames that were never handed out are still zero.
      if (frame < high) ram.zero(frame, Math.min(count, high - frame));
      if (frame + count > high) setHeader(HIGH, frame + count);
      return frame;
    },
    release(frame, count) {
      mark(frame, count, false);
      for (const hint of [HINT, BLOCK_HINT]) {
        if (frame >= start && frame < (words[header + hint] ?? 0)) setHeader(hint, frame);
      }
    },
  };
};
