import { KoboxError } from "../base/errors.ts";
import { crc32 } from "./crc32.ts";
import { decodeX86 } from "./x86-filter.ts";

/**
 * Kernel images are packed with xz's x86 filter in front of LZMA2 (scripts/xz_wrap.sh), which the
 * WebAssembly decoder lacks. So the container is rewritten to say LZMA2 only, without a checksum,
 * and the filter and the checksum are done here. Format: tukaani.org/xz/xz-file-format.txt.
 */
interface XzBlock {
  readonly header: Buffer;
  /** LZMA2 data. */
  readonly data: Buffer;
  /** CRC32 of the unpacked content; undefined for other kinds of check. */
  readonly crc: number | undefined;
  readonly unpackedSize: number;
}

const STREAM_HEADER = 12;
const FOOTER = 12;
const CHECK_SIZES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
const CHECK_CRC32 = 1;
const [FILTER_X86, FILTER_LZMA2] = [0x04, 0x21] as const;

const bad = (what: string): never => {
  throw new KoboxError("bad-image", `kernel image: ${what}`, {
    hint: "Unpack it with xz and give the vmlinux.",
  });
};

/** A number in 7-bit groups, low first. */
const readNumber = (bytes: Buffer, start: number): readonly [value: number, next: number] => {
  let [value, at] = [0, start];
  for (let scale = 1; at - start < 7; scale *= 128) {
    const byte = bytes[at++] ?? bad("xz: cut off");
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, at];
  }
  return bad("xz: a number is too large");
};

const writeNumber = (value: number): number[] => {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 0x80);
  return [...out, rest];
};

/** The only block of the stream, as the index at its end describes it. */
const onlyBlock = (stream: Buffer): XzBlock => {
  const footer = stream.length - FOOTER;
  const indexSize = footer < STREAM_HEADER ? 0 : (stream.readUInt32LE(footer + 4) + 1) * 4;
  const index = stream.subarray(Math.max(0, footer - indexSize), Math.max(0, footer));
  if (index[0] !== 0) bad("xz: no index");
  const [count, afterCount] = readNumber(index, 1);
  if (count !== 1) bad("xz: more than one block");
  const [size, afterSize] = readNumber(index, afterCount);
  const [unpackedSize] = readNumber(index, afterSize);
  const check = (stream[7] ?? 0) & 15;
  const end = STREAM_HEADER + size - (CHECK_SIZES[check] ?? 0);
  const headerEnd = STREAM_HEADER + ((stream[STREAM_HEADER] ?? 0) + 1) * 4;
  if (headerEnd > end || end > footer) bad("xz: its index contradicts it");
  return {
    header: stream.subarray(STREAM_HEADER, headerEnd),
    data: stream.subarray(headerEnd, end),
    // The check stands behind padding that `size` does not count.
    crc: check === CHECK_CRC32 ? stream.readUInt32LE(Math.ceil(end / 4) * 4) : undefined,
    unpackedSize,
  };
};

interface Filter {
  readonly id: number;
  readonly properties: Buffer;
}

const filtersOf = (header: Buffer): Filter[] => {
  const flags = header[1] ?? 0;
  let at = 2;
  for (const present of [flags & 0x40, flags & 0x80]) if (present) [, at] = readNumber(header, at);
  return Array.from({ length: (flags & 3) + 1 }, () => {
    const [id, afterId] = readNumber(header, at);
    const [length, start] = readNumber(header, afterId);
    at = start + length;
    return { id, properties: header.subarray(start, at) };
  });
};

const withCrc = (bytes: readonly number[]): Buffer => {
  const out = Buffer.alloc(bytes.length + 4);
  out.set(bytes);
  out.writeUInt32LE(crc32(out.subarray(0, bytes.length)), bytes.length);
  return out;
};

const padded = (bytes: number[]): number[] => [
  ...bytes,
  ...Array<number>((4 - (bytes.length % 4)) % 4).fill(0),
];

/** A stream with one block, LZMA2 alone, no checksum. */
const plainStream = (block: XzBlock, lzma2: Filter): Buffer => {
  const front = withCrc(padded([0, 0, lzma2.id, lzma2.properties.length, ...lzma2.properties]));
  front[0] = front.length / 4 - 1;
  front.writeUInt32LE(crc32(front.subarray(0, -4)), front.length - 4);
  const size = front.length + block.data.length;
  const index = withCrc(padded([0, 1, ...writeNumber(size), ...writeNumber(block.unpackedSize)]));
  const backward = Buffer.alloc(6);
  backward.writeUInt32LE(index.length / 4 - 1);
  const footer = Buffer.alloc(FOOTER);
  footer.writeUInt32LE(crc32(backward));
  backward.copy(footer, 4);
  footer.write("YZ", 10, "latin1");
  const magic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]);
  const padding = Buffer.alloc((4 - (size % 4)) % 4);
  return Buffer.concat([magic, withCrc([0, 0]), front, block.data, padding, index, footer]);
};

const inflate = async (stream: Buffer, size: number): Promise<Buffer> => {
  const xz = await import("xz-decompress");
  const { XzReadableStream } = "default" in xz ? (xz.default as typeof xz) : xz;
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(stream);
      controller.close();
    },
  });
  const out = Buffer.alloc(size);
  let at = 0;
  const reader = new XzReadableStream(source).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return at === size ? out : bad("xz: shorter than it says");
    if (at + value.length > size) bad("xz: longer than it says");
    out.set(value, at);
    at += value.length;
  }
};

/** Unpacks an xz stream of one block; `limit` bytes at most. KoboxError "bad-image" for damage. */
export const unxz = async (stream: Buffer, limit: number): Promise<Buffer> => {
  const block = onlyBlock(stream);
  if (block.unpackedSize > limit) bad("xz: unpacks to too much");
  const filters = filtersOf(block.header);
  const lzma2 = filters.at(-1);
  if (lzma2?.id !== FILTER_LZMA2 || filters.length > 2) return bad("xz: filters that kobox does not know");
  const out = await inflate(plainStream(block, lzma2), block.unpackedSize);
  const before = filters.length === 2 ? filters[0] : undefined;
  if (before !== undefined) {
    if (before.id !== FILTER_X86 || before.properties.length > 0)
      bad("xz: a filter that kobox does not know");
    decodeX86(out);
  }
  if (block.crc !== undefined && crc32(out) !== block.crc) bad("xz: wrong checksum");
  return out;
};
