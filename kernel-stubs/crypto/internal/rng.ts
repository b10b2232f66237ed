/** include/crypto/internal/rng.h: random numbers that modules offer (crypto/rng.c). */
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { ALG_TYPE } from "../../../src/kernel/crypto/kinds.ts";
import { offers } from "../offers.ts";

/** PAGE_SIZE / 8 */
const MAX_SEED = 512;

export const rngs = offers({
  one: "rng",
  many: "rngs",
  struct: "rng_alg",
  base: "base",
  type: () => ALG_TYPE.RNG,
  prepare(k, alg) {
    const view = k.struct("rng_alg", alg);
    if (view.seedsize > MAX_SEED) throw new Errno(EINVAL);
    if (view.set_ent === 0)
      view.set_ent = k.hostCode.address("rng_default_set_ent", () => 0) as typeof view.set_ent;
  },
});
