/** "brotli" in the repository, "none" in a copy that opens faster. */
export type Packing = "brotli" | "none";

/** A block unpacks to less than this, whatever it claims. */
const MAX_BLOCK = 16 << 20;

// node:zlib takes a millisecond to load, which a stored profile need not pay.
const zlib = (): typeof import("node:zlib") => process.getBuiltinModule("node:zlib");

export const packBlock = (raw: Buffer, packing: Packing): Buffer => {
  if (packing === "none") return raw;
  const { brotliCompressSync, constants } = zlib();
  return brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 20,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
};

/** Undefined for damage. */
export const unpackBlock = (packed: Buffer, packing: Packing): Buffer | undefined => {
  if (packing === "none") return packed;
  try {
    return zlib().brotliDecompressSync(packed, { maxOutputLength: MAX_BLOCK });
  } catch {
    return undefined;
  }
};
