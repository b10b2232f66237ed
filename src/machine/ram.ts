/** Guest-physical memory as the host sees it. Whoever writes through it must `touch` the frame. */
export interface Ram {
  /** Bytes. */
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly view: DataView;
  /** Marks a frame as written by the host, for snapshots. */
  touch(frame: number): void;
  /** No frame from there on has ever been marked. */
  marked(): number;
  zero(frame: number, count: number): void;
}

export const createRam = (buffer: ArrayBuffer, hostDirty: Uint8Array): Ram => {
  const bytes = new Uint8Array(buffer);
  const end = { marked: 0 };
  return {
    size: buffer.byteLength,
    bytes,
    words: new Uint32Array(buffer),
    view: new DataView(buffer),
    touch(frame) {
      hostDirty[frame] = 1;
      if (frame >= end.marked) end.marked = frame + 1;
    },
    marked: () => end.marked,
    zero(frame, count) {
      bytes.fill(0, frame * 4096, (frame + count) * 4096);
      hostDirty.fill(1, frame, frame + count);
      end.marked = Math.max(end.marked, frame + count);
    },
  };
};
