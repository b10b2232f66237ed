/** include/crypto/internal/cipher.h, as crypto/cipher.c does it. */
import type { Address } from "../../../src/base/address.ts";
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { callAlgorithm } from "../../../src/kernel/crypto/transform.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { stub } from "../../../src/stub/declare.ts";

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
