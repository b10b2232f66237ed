/** include/crypto/hash.h, as crypto/shash.c and ahash.c do it. */
import type { Address } from "../../src/base/address.ts";
import { ENOSYS } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { asyncHashFunctions, callHash, setShash, setShashKey } from "../../src/kernel/crypto/async-hash.ts";
import { ALG_TYPE } from "../../src/kernel/crypto/kinds.ts";
import {
  algorithmOf,
  callAlgorithm,
  checkKey,
  hasAlgorithm,
  initTransform,
  needKey,
  newTransform,
  setKey,
} from "../../src/kernel/crypto/transform.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const ALLOC_FAILS = ["ENOENT", "ENOMEM"] as const;

function* allocateShash(k: Kernel, name: string): Routine<Address> {
  const algorithm = k.crypto.find(name, [ALG_TYPE.SHASH]);
  const transform = newTransform(k, "crypto_shash", algorithm);
  const view = k.struct("shash_alg", algorithmOf(k, "shash_alg", algorithm.base));
  k.struct("crypto_shash", transform).descsize = view.descsize;
  needKey(k, "crypto_shash", transform, view.setkey);
  yield* initTransform(k, transform, view.init_tfm);
  return transform;
}

export const cryptoAllocShash = stub(
  "struct crypto_shash *crypto_alloc_shash(const char *alg_name, u32 type, u32 mask)",
  { fails: ALLOC_FAILS, errPtr: true, sleeps: true, acquires: { "crypto transform": "return" } },
  function* (k, { alg_name }) {
    return yield* allocateShash(k, k.memory.cstring(alg_name));
  },
);

export const cryptoHasShash = stub(
  "int crypto_has_shash(const char *alg_name, u32 type, u32 mask)",
  (k, { alg_name }) => hasAlgorithm(k, alg_name, [ALG_TYPE.SHASH]),
);

export const cryptoHasAhash = stub(
  "int crypto_has_ahash(const char *alg_name, u32 type, u32 mask)",
  (k, { alg_name }) => hasAlgorithm(k, alg_name, [ALG_TYPE.SHASH, ALG_TYPE.AHASH]),
);

export const cryptoShashSetkey = stub(
  "int crypto_shash_setkey(struct crypto_shash *tfm, const u8 *key, unsigned int keylen)",
  { fails: ["ENOSYS", "EINVAL"] },
  function* (k, { tfm, key, keylen }) {
    return yield* setShashKey(k, tfm, key, keylen);
  },
);

export const cryptoShashUpdate = stub(
  "int crypto_shash_update(struct shash_desc *desc, const u8 *data, unsigned int len)",
  function* (k, { desc, data, len }) {
    return yield* callHash(k, desc, "update", data, len);
  },
);

export const cryptoShashFinal = stub(
  "int crypto_shash_final(struct shash_desc *desc, u8 *out)",
  function* (k, { desc, out }) {
    return yield* callHash(k, desc, "final", out);
  },
);

export const cryptoShashFinup = stub(
  "int crypto_shash_finup(struct shash_desc *desc, const u8 *data, unsigned int len, u8 *out)",
  function* (k, { desc, data, len, out }) {
    return yield* callHash(k, desc, "finup", data, len, out);
  },
);

function* digest(k: Kernel, desc: Address, data: Address, length: number, out: Address): Routine<number> {
  checkKey(k, "crypto_shash", k.memory.pointer(desc));
  return yield* callHash(k, desc, "digest", data, length, out);
}

export const cryptoShashDigest = stub(
  "int crypto_shash_digest(struct shash_desc *desc, const u8 *data, unsigned int len, u8 *out)",
  { fails: ["ENOKEY"] },
  function* (k, { desc, data, len, out }) {
    return yield* digest(k, desc, data, len, out);
  },
);

export const cryptoShashTfmDigest = stub(
  "int crypto_shash_tfm_digest(struct crypto_shash *tfm, const u8 *data, unsigned int len, u8 *out)",
  { fails: ["ENOKEY"] },
  function* (k, { tfm, data, len, out }) {
    const desc = k.scratch(k.sizeOf("shash_desc") + k.struct("crypto_shash", tfm).descsize);
    k.memory.setPointer(desc, tfm);
    return yield* digest(k, desc, data, len, out);
  },
);

function* allocateAhash(k: Kernel, name: string): Routine<Address> {
  const algorithm = k.crypto.find(name, [ALG_TYPE.SHASH]);
  const shash = yield* allocateShash(k, name);
  const transform = newTransform(k, "crypto_ahash", algorithm);
  setShash(k, transform, shash);
  const { descsize, setkey } = k.struct("shash_alg", algorithmOf(k, "shash_alg", algorithm.base));
  for (const [field, fn] of Object.entries(asyncHashFunctions(k))) {
    if (field === "setkey" && setkey === 0) continue;
    const at = transform + k.offsetOf("crypto_ahash", field);
    k.memory.setPointer(at, k.hostCode.address(`shash_async_${field}`, fn));
  }
  k.struct("crypto_ahash", transform).reqsize = k.sizeOf("shash_desc") + descsize;
  needKey(k, "crypto_ahash", transform, setkey);
  return transform;
}

export const cryptoAllocAhash = stub(
  "struct crypto_ahash *crypto_alloc_ahash(const char *alg_name, u32 type, u32 mask)",
  {
    fails: ALLOC_FAILS,
    errPtr: true,
    sleeps: true,
    acquires: { "crypto transform": "return" },
    level: { partial: "over synchronous hashes only" },
  },
  function* (k, { alg_name }) {
    return yield* allocateAhash(k, k.memory.cstring(alg_name));
  },
);

export const cryptoAhashSetkey = stub(
  "int crypto_ahash_setkey(struct crypto_ahash *tfm, const u8 *key, unsigned int keylen)",
  { fails: ["ENOSYS", "EINVAL"] },
  function* (k, { tfm, key, keylen }) {
    const { setkey } = k.struct("crypto_ahash", tfm);
    if (setkey === 0) throw new Errno(ENOSYS);
    return yield* setKey(k, "crypto_ahash", tfm, setkey, { address: key, length: keylen });
  },
);

function* callRequest(k: Kernel, request: Address, field: string): Routine<number> {
  const transform = k.struct("ahash_request", request).base.tfm - k.offsetOf("crypto_ahash", "base");
  if (field === "digest") checkKey(k, "crypto_ahash", transform);
  return yield* callAlgorithm(k, k.memory.pointer(transform + k.offsetOf("crypto_ahash", field)), request);
}

export const cryptoAhashFinal = stub(
  "int crypto_ahash_final(struct ahash_request *req)",
  function* (k, { req }) {
    return yield* callRequest(k, req, "final");
  },
);

export const cryptoAhashFinup = stub(
  "int crypto_ahash_finup(struct ahash_request *req)",
  function* (k, { req }) {
    return yield* callRequest(k, req, "finup");
  },
);

export const cryptoAhashDigest = stub(
  "int crypto_ahash_digest(struct ahash_request *req)",
  { fails: ["ENOKEY"] },
  function* (k, { req }) {
    return yield* callRequest(k, req, "digest");
  },
);
