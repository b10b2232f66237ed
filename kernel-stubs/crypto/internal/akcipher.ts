/** include/crypto/internal/akcipher.h: public keys that modules offer (crypto/akcipher.c). */
import { ENOSYS } from "../../../src/base/errno.ts";
import { ALG_TYPE } from "../../../src/kernel/crypto/kinds.ts";
import { offers } from "../offers.ts";

/** What an algorithm without them has. */
const DEFAULTS = {
  sign: "akcipher_default_op",
  verify: "akcipher_default_op",
  encrypt: "akcipher_default_op",
  decrypt: "akcipher_default_op",
  set_priv_key: "akcipher_default_set_key",
} as const;

export const akciphers = offers({
  one: "akcipher",
  struct: "akcipher_alg",
  base: "base",
  type: () => ALG_TYPE.AKCIPHER,
  prepare(k, alg) {
    for (const [field, name] of Object.entries(DEFAULTS)) {
      const at = alg + k.offsetOf("akcipher_alg", field);
      if (k.memory.pointer(at) === 0)
        k.memory.setPointer(
          at,
          k.hostCode.address(name, () => -ENOSYS),
        );
    }
  },
  missing: "no transform is made of it",
});
