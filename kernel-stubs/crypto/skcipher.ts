/** include/crypto/skcipher.h and internal/skcipher.h, as crypto/skcipher.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { ALG_TYPE } from "../../src/kernel/crypto/registry.ts";
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
import { registerAll } from "../registrations.ts";
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

/** PAGE_SIZE / 8 */
const MAX_IV = 512;

const register = (k: Kernel, alg: Address): void => {
  const view = k.struct("skcipher_alg", alg);
  if (view.ivsize > MAX_IV || view.chunksize > MAX_IV || view.walksize > MAX_IV) throw new Errno(EINVAL);
  if (view.chunksize === 0) view.chunksize = view.base.cra_blocksize;
  if (view.walksize === 0) view.walksize = view.chunksize;
  k.crypto.register(alg + k.offsetOf("skcipher_alg", "base"), ALG_TYPE.SKCIPHER);
};

const unregister = (k: Kernel, alg: Address): void =>
  k.crypto.unregister(alg + k.offsetOf("skcipher_alg", "base"));

export const cryptoRegisterSkcipher = stub(
  "int crypto_register_skcipher(struct skcipher_alg *alg)",
  { fails: ["EINVAL", "EEXIST", "ENOMEM"], sleeps: true, acquires: { "crypto algorithm": "alg" } },
  (k, { alg }) => {
    register(k, alg);
    return 0;
  },
);

export const cryptoUnregisterSkcipher = stub(
  "void crypto_unregister_skcipher(struct skcipher_alg *alg)",
  { sleeps: true, releases: { "crypto algorithm": "alg" } },
  (k, { alg }) => unregister(k, alg),
);

export const cryptoRegisterSkciphers = stub(
  "int crypto_register_skciphers(struct skcipher_alg *algs, int count)",
  { fails: ["EINVAL", "EEXIST", "ENOMEM"], sleeps: true, acquires: { "crypto algorithm": "algs" } },
  (k, { algs, count }) => {
    const at = (index: number): Address => algs + index * k.sizeOf("skcipher_alg");
    return registerAll(
      { count, at },
      { add: (alg) => register(k, alg), remove: (alg) => unregister(k, alg) },
    );
  },
);

export const cryptoUnregisterSkciphers = stub(
  "void crypto_unregister_skciphers(struct skcipher_alg *algs, int count)",
  { sleeps: true, releases: { "crypto algorithm": "algs" } },
  (k, { algs, count }) => {
    for (let index = count - 1; index >= 0; index -= 1)
      unregister(k, algs + index * k.sizeOf("skcipher_alg"));
  },
);
