/** include/crypto/skcipher.h, as crypto/skcipher.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { ALG_TYPE } from "../../src/kernel/crypto/kinds.ts";
import {
  algorithmBehind,
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

function* allocate(k: Kernel, name: Address): Routine<Address> {
  const algorithm = k.crypto.find(k.memory.cstring(name), [ALG_TYPE.SKCIPHER]);
  const transform = newTransform(k, "crypto_skcipher", algorithm);
  const view = k.struct("skcipher_alg", algorithmOf(k, "skcipher_alg", algorithm.base));
  if (view.max_keysize > 0) needKey(k, "crypto_skcipher", transform, view.setkey);
  yield* initTransform(k, transform, view.init);
  return transform;
}

export const cryptoAllocSkcipher = stub(
  "struct crypto_skcipher *crypto_alloc_skcipher(const char *alg_name, u32 type, u32 mask)",
  { fails: ["ENOENT", "ENOMEM"], errPtr: true, sleeps: true, acquires: { "crypto transform": "return" } },
  function* (k, { alg_name }) {
    return yield* allocate(k, alg_name);
  },
);

export const cryptoAllocSyncSkcipher = stub(
  "struct crypto_sync_skcipher *crypto_alloc_sync_skcipher(const char *alg_name, u32 type, u32 mask)",
  { fails: ["ENOENT", "ENOMEM"], errPtr: true, sleeps: true, acquires: { "crypto transform": "return" } },
  function* (k, { alg_name }) {
    return yield* allocate(k, alg_name);
  },
);

export const cryptoHasSkcipher = stub(
  "int crypto_has_skcipher(const char *alg_name, u32 type, u32 mask)",
  (k, { alg_name }) => hasAlgorithm(k, alg_name, [ALG_TYPE.SKCIPHER]),
);

const algorithm = (k: Kernel, tfm: Address) =>
  k.struct("skcipher_alg", algorithmBehind(k, "crypto_skcipher", "skcipher_alg", tfm));

export const cryptoSkcipherSetkey = stub(
  "int crypto_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int keylen)",
  { fails: ["EINVAL"] },
  function* (k, { tfm, key, keylen }) {
    const { min_keysize: min, max_keysize: max, setkey } = algorithm(k, tfm);
    if (keylen < min || keylen > max) throw new Errno(EINVAL);
    return yield* setKey(k, "crypto_skcipher", tfm, setkey, { address: key, length: keylen });
  },
);

function* serve(k: Kernel, request: Address, direction: "encrypt" | "decrypt"): Routine<number> {
  const tfm = k.struct("skcipher_request", request).base.tfm - k.offsetOf("crypto_skcipher", "base");
  checkKey(k, "crypto_skcipher", tfm);
  return yield* callAlgorithm(k, algorithm(k, tfm)[direction], request);
}

export const cryptoSkcipherEncrypt = stub(
  "int crypto_skcipher_encrypt(struct skcipher_request *req)",
  { fails: ["ENOKEY", "EINVAL"] },
  function* (k, { req }) {
    return yield* serve(k, req, "encrypt");
  },
);

export const cryptoSkcipherDecrypt = stub(
  "int crypto_skcipher_decrypt(struct skcipher_request *req)",
  { fails: ["ENOKEY", "EINVAL"] },
  function* (k, { req }) {
    return yield* serve(k, req, "decrypt");
  },
);
