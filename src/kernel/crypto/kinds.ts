/** Types and flags of algorithms (include/linux/crypto.h, crypto/internal.h). */

/** CRYPTO_ALG_TYPE_* */
export const ALG_TYPE = {
  CIPHER: 1,
  COMPRESS: 2,
  AEAD: 3,
  SKCIPHER: 5,
  KPP: 8,
  ACOMP: 10,
  SCOMP: 11,
  RNG: 12,
  AKCIPHER: 13,
  SHASH: 14,
  AHASH: 15,
} as const;
export const ALG_TYPE_MASK = 15;

export const ALG_DEAD = 0x20;
export const ALG_ASYNC = 0x80;
export const ALG_TESTED = 0x400;
export const ALG_INTERNAL = 0x2000;
export const ALG_OPTIONAL_KEY = 0x4000;
export const TFM_NEED_KEY = 1;
