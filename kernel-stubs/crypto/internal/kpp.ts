/** include/crypto/internal/kpp.h: key agreements that modules offer (crypto/kpp.c). */
import { ALG_TYPE } from "../../../src/kernel/crypto/kinds.ts";
import { offers } from "../offers.ts";

export const kpps = offers({
  one: "kpp",
  struct: "kpp_alg",
  base: "base",
  type: () => ALG_TYPE.KPP,
  missing: "no transform is made of it",
});
