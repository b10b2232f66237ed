/** include/crypto/internal/skcipher.h: ciphers that modules offer (crypto/skcipher.c). */
import type { Address } from "../../../src/base/address.ts";
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { ALG_TYPE } from "../../../src/kernel/crypto/registry.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { stub } from "../../../src/stub/declare.ts";
import { registerAll } from "../../registrations.ts";

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
