/** include/linux/crypto.h, crypto/rng.h, crypto/internal/cipher.h: crypto/api.c, rng.c, cipher.c, algapi.c. */
import type { Address } from "../../src/base/address.ts";
import { EINPROGRESS, EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { ALG_TYPE, ALG_TYPE_MASK } from "../../src/kernel/crypto/registry.ts";
import { callAlgorithm, destroyTransform, newTransform } from "../../src/kernel/crypto/transform.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const isError = (pointer: Address): boolean => pointer < 0 && pointer >= -4095;
const EVERY = Object.values(ALG_TYPE);

export const cryptoHasAlg = stub(
  "int crypto_has_alg(const char *name, u32 type, u32 mask)",
  (k, { name, type, mask }) => {
    const wanted = EVERY.filter((one) => (one & mask & ALG_TYPE_MASK) === (type & mask & ALG_TYPE_MASK));
    try {
      k.crypto.find(k.memory.cstring(name), wanted);
      return 1;
    } catch {
      return 0;
    }
  },
);

export const cryptoAllocBase = stub(
  "struct crypto_tfm *crypto_alloc_base(const char *alg_name, u32 type, u32 mask)",
  {
    fails: ["ENOENT", "ENOMEM"],
    errPtr: true,
    sleeps: true,
    acquires: { "crypto transform": "return" },
    level: { partial: "ciphers of single blocks only" },
  },
  (k, { alg_name }) =>
    newTransform(k, "crypto_cipher", k.crypto.find(k.memory.cstring(alg_name), [ALG_TYPE.CIPHER])),
);

export const cryptoDestroyTfm = stub(
  "void crypto_destroy_tfm(void *mem, struct crypto_tfm *tfm)",
  { releases: { "crypto transform": "mem" } },
  function* (k, { mem, tfm }) {
    if (mem !== 0 && !isError(mem)) yield* destroyTransform(k, mem, tfm);
  },
);

/** The functions of a cipher are inside its struct crypto_alg. */
const cipherOf = (k: Kernel, cipher: Address) =>
  k.struct("cipher_alg", k.struct("crypto_tfm", cipher).__crt_alg + k.offsetOf("crypto_alg", "cra_u"));

export const cryptoCipherSetkey = stub(
  "int crypto_cipher_setkey(struct crypto_cipher *tfm, const u8 *key, unsigned int keylen)",
  { fails: ["EINVAL"] },
  function* (k, { tfm, key, keylen }) {
    const { cia_min_keysize: min, cia_max_keysize: max, cia_setkey: setkey } = cipherOf(k, tfm);
    if (keylen < min || keylen > max) throw new Errno(EINVAL);
    return yield* callAlgorithm(k, setkey, tfm, key, keylen);
  },
);

export const cryptoCipherEncryptOne = stub(
  "void crypto_cipher_encrypt_one(struct crypto_cipher *tfm, u8 *dst, const u8 *src)",
  function* (k, { tfm, dst, src }) {
    yield* k.call(cipherOf(k, tfm).cia_encrypt, tfm, dst, src);
  },
);

export const cryptoCipherDecryptOne = stub(
  "void crypto_cipher_decrypt_one(struct crypto_cipher *tfm, u8 *dst, const u8 *src)",
  function* (k, { tfm, dst, src }) {
    yield* k.call(cipherOf(k, tfm).cia_decrypt, tfm, dst, src);
  },
);

export const cryptoAllocRng = stub(
  "struct crypto_rng *crypto_alloc_rng(const char *alg_name, u32 type, u32 mask)",
  { fails: ["ENOENT", "ENOMEM"], errPtr: true, sleeps: true, acquires: { "crypto transform": "return" } },
  (k, { alg_name }) =>
    newTransform(k, "crypto_rng", k.crypto.find(k.memory.cstring(alg_name), [ALG_TYPE.RNG])),
);

export const cryptoRngReset = stub(
  "int crypto_rng_reset(struct crypto_rng *tfm, const u8 *seed, unsigned int slen)",
  { fails: ["ENOMEM"], level: { partial: "the seed is taken for nothing: numbers come from the run's own" } },
  () => 0,
);

/** Ciphers of single blocks that modules offer. */
export const cryptoRegisterAlg = stub(
  "int crypto_register_alg(struct crypto_alg *alg)",
  {
    fails: ["EINVAL", "EEXIST", "ENOMEM"],
    sleeps: true,
    acquires: { "crypto algorithm": "alg" },
    level: { partial: "templates are not built over it" },
  },
  (k, { alg }) => {
    k.crypto.register(alg, k.struct("crypto_alg", alg).cra_flags & ALG_TYPE_MASK);
    return 0;
  },
);

export const cryptoUnregisterAlg = stub(
  "void crypto_unregister_alg(struct crypto_alg *alg)",
  { sleeps: true, releases: { "crypto algorithm": "alg" } },
  (k, { alg }) => k.crypto.unregister(alg),
);

/** The completion that crypto_wait_req() waits with. */
export const cryptoReqDone = stub(
  "void crypto_req_done(struct crypto_async_request *req, int err)",
  function* (k, { req, err }) {
    if (err === -EINPROGRESS) return;
    const wait = k.struct("crypto_async_request", req).data;
    k.struct("crypto_wait", wait).err = err;
    const complete = k.symbols.address("complete") ?? 0;
    yield* k.call(complete, wait + k.offsetOf("crypto_wait", "completion"));
  },
);
