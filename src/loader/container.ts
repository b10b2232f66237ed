import { KoboxError } from "../base/errors.ts";

/** How a module file is packed, by its first bytes as kmod tells them apart. */
export type ModuleFormat = "plain" | "gz" | "xz" | "zst";

/** The largest module distributions ship unpacks to 30 MB; a bomb ends here. */
const DEFAULT_LIMIT = 256 << 20;

const MAGICS: readonly (readonly [ModuleFormat, readonly number[]])[] = [
  ["zst", [0x28, 0xb5, 0x2f, 0xfd]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["gz", [0x1f, 0x8b]],
];

export const moduleFormat = (bytes: Uint8Array): ModuleFormat =>
  MAGICS.find(([, magic]) => magic.every((byte, i) => bytes[i] === byte))?.[0] ?? "plain";

const tooLarge = (limit: number): KoboxError =>
  new KoboxError("module-too-large", `module: unpacks to more than ${limit} bytes`, {
    hint: "If this is a real module, unpack it yourself.",
  });

/** Collects pieces up to a limit. */
const collector = (limit: number) => {
  const pieces: Uint8Array[] = [];
  let length = 0;
  return {
    add(piece: Uint8Array): void {
      length += piece.length;
      if (length > limit) throw tooLarge(limit);
      pieces.push(piece);
    },
    bytes: (): Uint8Array => Buffer.concat(pieces),
  };
};

const gunzip = async (bytes: Uint8Array, limit: number): Promise<Uint8Array> => {
  const { gunzipSync } = await import("node:zlib");
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") {
      throw tooLarge(limit);
    }
    throw cause;
  }
};

const unxz = async (bytes: Uint8Array, limit: number): Promise<Uint8Array> => {
  const xz = await import("xz-decompress");
  const { XzReadableStream } = "default" in xz ? (xz.default as typeof xz) : xz;
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  const out = collector(limit);
  const reader = new XzReadableStream(source).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return out.bytes();
    try {
      out.add(value);
    } catch (error) {
      await reader.cancel();
      throw error;
    }
  }
};

/** Memory a frame asks for (RFC 8878, 3.1.1.1); the decoder would allocate it unseen. */
const zstdWindow = (bytes: Uint8Array): number => {
  const descriptor = bytes[4] ?? 0;
  const number = (at: number, length: number): number =>
    bytes.subarray(at, at + length).reduceRight((value, byte) => value * 256 + byte, 0);
  if ((descriptor & 0x20) === 0) {
    const window = bytes[5] ?? 0;
    return 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8);
  }
  // A frame in one segment is its own window: its size stands behind the dictionary's number.
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  return number(5 + dictionary, [1, 2, 4, 8][descriptor >> 6] ?? 0);
};

const unzstd = async (bytes: Uint8Array, limit: number): Promise<Uint8Array> => {
  if (zstdWindow(bytes) > limit) throw tooLarge(limit);
  const { Decompress } = await import("fzstd");
  const out = collector(limit);
  new Decompress((piece) => out.add(piece)).push(bytes, true);
  return out.bytes();
};

/**
 * The ELF file inside a .ko, .ko.gz, .ko.xz or .ko.zst, as kmod unpacks it before it calls the
 * kernel. A plain file is answered as it is. KoboxError "broken-compression" or "module-too-large".
 */
export const openModule = async (
  bytes: Uint8Array,
  options: { readonly limit?: number } = {},
): Promise<Uint8Array> => {
  const format = moduleFormat(bytes);
  if (format === "plain") return bytes;
  const limit = options.limit ?? DEFAULT_LIMIT;
  try {
    if (format === "gz") return await gunzip(bytes, limit);
    return format === "xz" ? await unxz(bytes, limit) : await unzstd(bytes, limit);
  } catch (cause) {
    if (cause instanceof KoboxError) throw cause;
    throw new KoboxError("broken-compression", `module: its ${format} compression is damaged`, {
      cause,
      hint: "Fetch the file again, or unpack it yourself.",
    });
  }
};
