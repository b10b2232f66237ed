import type { ByteString } from "../../base/bytes.ts";

/** What formatting produced. */
export interface Formatted {
  /** The first bytes, as many as were asked for. */
  readonly text: ByteString;
  /** Length of the whole, had there been room. */
  readonly length: number;
}

/** Collects output, keeping no more than `limit` bytes but counting all of them. */
export interface Sink {
  append(text: ByteString): void;
  finish(): Formatted;
}

export const createSink = (limit: number): Sink => {
  let text: ByteString = "";
  let length = 0;
  return {
    append(piece) {
      const room = limit - length;
      if (room > 0) text += piece.length <= room ? piece : piece.slice(0, room);
      length += piece.length;
    },
    finish: () => ({ text, length }),
  };
};
