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
  const marked = { first: Infinity, end: 0 };
  const extend = (first: number, end: number): void => {
    if (first < marked.first) marked.first = first;
    if (end > marked.end) marked.end = end;
  };
  return {
    size: buffer.byteLength,
    work: { lookups: 0 },
    bytes,
    words: new Uint32Array(buffer),
    view: new DataView(buffer),
    touch(frame) {
      hostDirty[frame] = 1;
      extend(frame, frame + 1);
    },
    takeMarked() {
      const range = { first: Math.min(marked.first, marked.end), end: marked.end };
      marked.first = Infinity;
      marked.end = 0;
      return range;
    },
    zero(frame, count) {
      bytes.fill(0, frame * 4096, (frame + count) * 4096);
      hostDirty.fill(1, frame, frame + count);
      extend(frame, frame + count);
    },
  };
};
