import type { ByteString } from "../base/bytes.ts";
import { isascii, isprint } from "./ctype.ts";

export interface HexLine {
  /** The whole line; the caller truncates. */
  readonly text: ByteString;
  /** What `hex_dump_to_buffer` returns when the line does not fit. */
  readonly wanted: number;
}

export interface HexLayout {
  readonly row: number;
  readonly group: number;
  readonly ascii: boolean;
}

/** Rows are 16 or 32 bytes; anything else means 16. */
export const rowSize = (row: number): number => (row === 32 ? 32 : 16);

const GROUPS = [1, 2, 4, 8];

/** One line of a hex dump (`hex_dump_to_buffer` in lib/hexdump.c); at most a row of `bytes` is shown. */
export const hexLine = (bytes: Uint8Array, layout: HexLayout): HexLine => {
  const row = rowSize(layout.row);
  const shown = bytes.subarray(0, row);
  const wished = GROUPS.includes(layout.group) ? layout.group : 1;
  const group = shown.length % wished === 0 ? wished : 1;
  const groups: string[] = [];
  for (let at = 0; at < shown.length; at += group) groups.push(groupText(shown.subarray(at, at + group)));
  const hex = groups.join(" ");
  const column = row * 2 + Math.floor(row / group) + 1;
  if (!layout.ascii) return { text: hex, wanted: (group * 2 + 1) * groups.length - 1 };
  const text = shown.length === 0 ? "" : hex.padEnd(column) + Array.from(shown, printable).join("");
  return { text, wanted: column + shown.length };
};

/** Little endian: the highest byte first. */
const groupText = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .toReversed()
    .join("");

const printable = (byte: number): string =>
  isascii(byte) && isprint(byte) ? String.fromCharCode(byte) : ".";
