/** include/crypto/internal/skcipher.h: ciphers that modules offer (crypto/skcipher.c). */
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { ALG_TYPE } from "../../../src/kernel/crypto/kinds.ts";
import { offers } from "../offers.ts";

/** PAGE_SIZE / 8 */
const MAX_IV = 512;

export const skciphers = offers({
  one: "skcipher",
  many: "skciphers",
  struct: "skcipher_alg",
  base: "base",
  type: () => ALG_TYPE.SKCIPHER,
  prepare(k, alg) {
    const view = k.struct("skcipher_alg", alg);
    if (view.ivsize > MAX_IV || view.chunksize > MAX_IV || view.walksize > MAX_IV) throw new Errno(EINVAL);
    if (view.chunksize === 0) view.chunksize = view.base.cra_blocksize;
    if (view.walksize === 0) view.walksize = view.chunksize;
  },
});
