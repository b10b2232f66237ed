/** include/crypto/aead.h, as crypto/aead.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { ALG_TYPE } from "../../src/kernel/crypto/kinds.ts";
import {
  algorithmBehind,
  algorithmOf,
  callAlgorithm,
  checkKey,
  initTransform,
  needKey,
  newTransform,
  setKey,
} from "../../src/kernel/crypto/transform.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

export const cryptoAllocAead = stub(
  "struct crypto_aead *crypto_alloc_aead(const char *alg_name, u32 type, u32 mask)",
  { fails: ["ENOENT", "ENOMEM"], errPtr: true, sleeps: true, acquires: { "crypto transform": "return" } },
  function* (k, { alg_name }) {
    const algorithm = k.crypto.find(k.memory.cstring(alg_name), [ALG_TYPE.AEAD]);
    const transform = newTransform(k, "crypto_aead", algorithm);
    const view = k.struct("aead_alg", algorithmOf(k, "aead_alg", algorithm.base));
    k.struct("crypto_aead", transform).authsize = view.maxauthsize;
    needKey(k, "crypto_aead", transform, view.setkey);
    yield* initTransform(k, transform, view.init);
    return transform;
  },
);

const algorithm = (k: Kernel, tfm: Address) =>
  k.struct("aead_alg", algorithmBehind(k, "crypto_aead", "aead_alg", tfm));

export const cryptoAeadSetkey = stub(
  "int crypto_aead_setkey(struct crypto_aead *tfm, const u8 *key, unsigned int keylen)",
  { fails: ["EINVAL"] },
  function* (k, { tfm, key, keylen }) {
    const { setkey } = algorithm(k, tfm);
    return yield* setKey(k, "crypto_aead", tfm, setkey, { address: key, length: keylen });
  },
);

export const cryptoAeadSetauthsize = stub(
  "int crypto_aead_setauthsize(struct crypto_aead *tfm, unsigned int authsize)",
  { fails: ["EINVAL"] },
  function* (k, { tfm, authsize }) {
    const { maxauthsize: max, setauthsize } = algorithm(k, tfm);
    if ((authsize === 0 && max !== 0) || authsize > max) throw new Errno(EINVAL);
    if (setauthsize !== 0) yield* callAlgorithm(k, setauthsize, tfm, authsize);
    k.struct("crypto_aead", tfm).authsize = authsize;
    return 0;
  },
);

function* serve(k: Kernel, request: Address, direction: "encrypt" | "decrypt"): Routine<number> {
  const view = k.struct("aead_request", request);
  const tfm = view.base.tfm - k.offsetOf("crypto_aead", "base");
  checkKey(k, "crypto_aead", tfm);
  if (direction === "decrypt" && view.cryptlen < k.struct("crypto_aead", tfm).authsize)
    throw new Errno(EINVAL);
  return yield* callAlgorithm(k, algorithm(k, tfm)[direction], request);
}

export const cryptoAeadEncrypt = stub(
  "int crypto_aead_encrypt(struct aead_request *req)",
  { fails: ["ENOKEY", "EINVAL"] },
  function* (k, { req }) {
    return yield* serve(k, req, "encrypt");
  },
);

export const cryptoAeadDecrypt = stub(
  "int crypto_aead_decrypt(struct aead_request *req)",
  { fails: ["ENOKEY", "EINVAL", "EBADMSG"] },
  function* (k, { req }) {
    return yield* serve(k, req, "decrypt");
  },
);
