/** include/crypto/internal/aead.h: authenticated ciphers that modules offer (crypto/aead.c). */
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { ALG_TYPE } from "../../../src/kernel/crypto/kinds.ts";
import { offers } from "../offers.ts";

/** PAGE_SIZE / 8 */
const MAX_SIZE = 512;

export const aeads = offers({
  one: "aead",
  many: "aeads",
  struct: "aead_alg",
  base: "base",
  type: () => ALG_TYPE.AEAD,
  prepare(k, alg) {
    const view = k.struct("aead_alg", alg);
    if (Math.max(view.maxauthsize, view.ivsize, view.chunksize) > MAX_SIZE) throw new Errno(EINVAL);
    if (view.chunksize === 0) view.chunksize = view.base.cra_blocksize;
  },
});
