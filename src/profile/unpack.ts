import { gunzipSync } from "node:zlib";
import { KoboxError } from "../base/errors.ts";
import { unxz } from "./xz.ts";

/** No distribution's kernel unpacks to more; a bomb ends here. */
const MAX_IMAGE = 1 << 30;

const bad = (what: string, hint?: string): never => {
  throw new KoboxError("bad-image", `kernel image: ${what}`, hint === undefined ? {} : { hint });
};

/** The compressed kernel inside a bzImage (Documentation/x86/boot.rst, payload_offset). */
const payload = (bzImage: Buffer): Buffer => {
  if (bzImage.readUInt16LE(0x206) < 0x208) bad("boot protocol older than 2.08");
  const setup = ((bzImage[0x1f1] || 4) + 1) * 512;
  const start = setup + bzImage.readUInt32LE(0x248);
  const length = bzImage.readUInt32LE(0x24c);
  if (length < 8 || start + length > bzImage.length) bad("payload out of range");
  return bzImage.subarray(start, start + length);
};

const isBzImage = (file: Buffer): boolean =>
  file.length > 0x250 && file.toString("latin1", 0x202, 0x206) === "HdrS";

const unpackPayload = async (data: Buffer): Promise<Buffer> => {
  // The build appends the unpacked size (scripts/Makefile.lib, size_append), gzip has it already.
  const body = data.subarray(0, -4);
  const size = data.readUInt32LE(data.length - 4);
  if (size > MAX_IMAGE) bad("unpacks to more than 1 GiB");
  switch (data.readUInt32BE(0)) {
    case 0xfd377a58:
      return await unxz(body, MAX_IMAGE);
    case 0x28b52ffd: {
      const { decompress } = await import("fzstd");
      return Buffer.from(decompress(body, new Uint8Array(size)));
    }
    default:
      if (data.readUInt16BE(0) === 0x1f8b) return gunzipSync(data, { maxOutputLength: MAX_IMAGE });
      return bad("compression is not xz, zstd or gzip", "Unpack it yourself and give the vmlinux.");
  }
};

/** The vmlinux inside a vmlinuz, or the file itself when it is one already. */
export const unpackKernel = async (file: Buffer): Promise<Buffer> => {
  if (file.length >= 4 && file.readUInt32BE(0) === 0x7f454c46) return file;
  if (!isBzImage(file)) return bad("neither a vmlinux nor a bzImage");
  try {
    return await unpackPayload(payload(file));
  } catch (cause) {
    if (cause instanceof KoboxError) throw cause;
    throw new KoboxError("bad-image", "kernel image: the compressed kernel is damaged", { cause });
  }
};
