/** The algorithms this kernel comes with, as its generic drivers describe them (crypto/*.c). */
import { CRC32, CRC32C, CRCT10DIF, type Checksum, type HashState, nodeHash, xxhash64 } from "./host-hash.ts";

export interface HashDescription {
  readonly driver: string;
  readonly priority: number;
  readonly block: number;
  readonly digest: number;
  /** Bytes of the driver's state, which is what export() gives out, too. */
  readonly state: number;
  /** Where the state is kept by the host; or what computes it in place. */
  readonly start: (() => HashState) | Checksum;
}

const hash = (
  name: string,
  start: (() => HashState) | Checksum,
  sizes: readonly [block: number, digest: number, state: number],
  priority = 100,
): [string, HashDescription] => [
  name,
  { driver: `${name}-generic`, priority, block: sizes[0], digest: sizes[1], state: sizes[2], start },
];

export const HASHES: ReadonlyMap<string, HashDescription> = new Map([
  hash("md5", () => nodeHash("md5"), [64, 16, 88], 0),
  hash("sha1", () => nodeHash("sha1"), [64, 20, 96]),
  hash("sha224", () => nodeHash("sha224"), [64, 28, 104]),
  hash("sha256", () => nodeHash("sha256"), [64, 32, 104]),
  hash("sha384", () => nodeHash("sha384"), [128, 48, 208]),
  hash("sha512", () => nodeHash("sha512"), [128, 64, 208]),
  hash("sha3-224", () => nodeHash("sha3-224"), [144, 28, 360], 0),
  hash("sha3-256", () => nodeHash("sha3-256"), [136, 32, 360], 0),
  hash("sha3-384", () => nodeHash("sha3-384"), [104, 48, 360], 0),
  hash("sha3-512", () => nodeHash("sha3-512"), [72, 64, 360], 0),
  hash("rmd160", () => nodeHash("ripemd160"), [64, 20, 96], 0),
  hash("blake2b-512", () => nodeHash("blake2b512"), [128, 64, 232]),
  hash("xxhash64", () => xxhash64(), [32, 8, 80]),
  hash("crc32c", CRC32C, [1, 4, 4]),
  hash("crc32", CRC32, [1, 4, 4]),
  hash("crct10dif", CRCT10DIF, [1, 2, 2]),
]);

/** Modes of use of a cipher: how node:crypto calls them is up to the description. */
export interface CipherDescription {
  readonly driver: string;
  readonly block: number;
  readonly iv: number;
  readonly keys: readonly number[];
  /** node:crypto's name for a key of that many bytes. */
  readonly openssl: (keyBytes: number) => string;
  /** What lengths are allowed: whole blocks, at least one block, or any. */
  readonly length: "whole" | "a block" | "any";
  /** What becomes of the IV. */
  readonly chaining: "cbc" | "ctr" | "none";
}

const AES_KEYS = [16, 24, 32];
const aes = (mode: string) => (bytes: number) => `aes-${bytes * 8}-${mode}`;

const block = (
  cipher: string,
  mode: "ecb" | "cbc",
  size: number,
  keys: readonly number[],
  openssl: (bytes: number) => string,
): [string, CipherDescription] => [
  `${mode}(${cipher})`,
  {
    driver: `${mode}(${cipher}-generic)`,
    block: size,
    iv: mode === "ecb" ? 0 : size,
    keys,
    openssl,
    length: "whole",
    chaining: mode === "cbc" ? "cbc" : "none",
  },
];

export const CIPHERS: ReadonlyMap<string, CipherDescription> = new Map<string, CipherDescription>([
  block("aes", "ecb", 16, AES_KEYS, aes("ecb")),
  block("aes", "cbc", 16, AES_KEYS, aes("cbc")),
  block("des3_ede", "ecb", 8, [24], () => "des-ede3"),
  block("des3_ede", "cbc", 8, [24], () => "des-ede3-cbc"),
  [
    "ctr(aes)",
    {
      driver: "ctr(aes-generic)",
      block: 1,
      iv: 16,
      keys: AES_KEYS,
      openssl: aes("ctr"),
      length: "any",
      chaining: "ctr",
    },
  ],
  [
    "xts(aes)",
    {
      driver: "xts(ecb(aes-generic))",
      block: 16,
      iv: 16,
      keys: [32, 64],
      openssl: (bytes) => `aes-${bytes * 4}-xts`,
      length: "a block",
      chaining: "none",
    },
  ],
  [
    "chacha20",
    {
      driver: "chacha20-generic",
      block: 1,
      iv: 16,
      keys: [32],
      openssl: () => "chacha20",
      length: "any",
      chaining: "none",
    },
  ],
]);

export interface AeadDescription {
  readonly driver: string;
  readonly iv: number;
  readonly keys: readonly number[];
  readonly authSizes: readonly number[];
  readonly openssl: (keyBytes: number) => string;
  /** The nonce within the kernel's IV. */
  readonly nonce: (iv: Uint8Array) => Uint8Array;
}

export const MAX_AUTH_SIZE = 16;

export const AEADS: ReadonlyMap<string, AeadDescription> = new Map<string, AeadDescription>([
  [
    "gcm(aes)",
    {
      driver: "gcm_base(ctr(aes-generic),ghash-generic)",
      iv: 12,
      keys: AES_KEYS,
      authSizes: [4, 8, 12, 13, 14, 15, 16],
      openssl: aes("gcm"),
      nonce: (iv) => iv,
    },
  ],
  [
    "ccm(aes)",
    {
      driver: "ccm_base(ctr(aes-generic),cbcmac(aes-generic))",
      iv: 16,
      keys: AES_KEYS,
      authSizes: [4, 6, 8, 10, 12, 14, 16],
      openssl: aes("ccm"),
      // The first byte says how long the length field is: L - 1 (RFC 3610).
      nonce: (iv) => iv.subarray(1, 15 - ((iv[0] ?? 0) & 7)),
    },
  ],
  [
    "rfc7539(chacha20,poly1305)",
    {
      driver: "rfc7539(chacha20-generic,poly1305-generic)",
      iv: 12,
      keys: [32],
      authSizes: [16],
      openssl: () => "chacha20-poly1305",
      nonce: (iv) => iv,
    },
  ],
]);
