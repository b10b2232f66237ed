/** include/crypto/internal/scompress.h, acompress.h: compressions that modules offer (crypto/scompress.c, acompress.c). */
import { ALG_TYPE } from "../../../src/kernel/crypto/kinds.ts";
import { offers } from "../offers.ts";

const missing = "no transform is made of it";

export const scomps = offers({
  one: "scomp",
  many: "scomps",
  struct: "scomp_alg",
  base: "base",
  type: () => ALG_TYPE.SCOMP,
  missing,
});
export const acomps = offers({
  one: "acomp",
  many: "acomps",
  struct: "acomp_alg",
  base: "base",
  type: () => ALG_TYPE.ACOMP,
  missing,
});
