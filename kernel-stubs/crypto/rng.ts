/** include/crypto/rng.h, as crypto/rng.c does it. */
import { ALG_TYPE } from "../../src/kernel/crypto/kinds.ts";
import { newTransform } from "../../src/kernel/crypto/transform.ts";
import { stub } from "../../src/stub/declare.ts";

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
