/** Guest-physical memory as the host sees it. Whoever writes through it must `touch` the frame. */
export interface Ram {
  /** Bytes. */
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly view: DataView;
  /** How often host code has looked up an address since that was last set to 0. */
  readonly work: { lookups: number };
  /** Marks a frame as written by the host, for snapshots. */
  touch(frame: number): void;
  /** All marks since the last call lie in [first, end). */
  takeMarked(): { readonly first: number; readonly end: number };
  zero(frame: number, count: number): void;
}

export const createRam = (buffer: ArrayBuffer, hostDirty: Uint8Array): Ram => {
  const bytes = new Uint8Array(buffer);
  let first = Infinity;
  let end = 0;
  return {
    size: buffer.byteLength,
    work: { lookups: 0 },
    bytes,
    words: new Uint32Array(buffer),
    view: new DataView(buffer),
    touch(frame) {
      hostDirty[frame] = 1;
      if (frame < first) first = frame;
      if (frame >= end) end = frame + 1;
    },
    takeMarked() {
      const range = { first: Math.min(first, end), end };
      first = Infinity;
      end = 0;
      return range;
    },
    zero(frame, count) {
      bytes.fill(0, frame * 4096, (frame + count) * 4096);
      hostDirty.fill(1, frame, frame + count);
      first = Math.min(first, frame);
      end = Math.max(end, frame + count);
    },
  };
};
