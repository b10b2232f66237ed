/** include/crypto/internal/hash.h: hashes that modules offer (crypto/shash.c, ahash.c). */
import type { Address } from "../../../src/base/address.ts";
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { ALG_TYPE } from "../../../src/kernel/crypto/kinds.ts";
import { callHash } from "../../../src/kernel/crypto/async-hash.ts";
import type { HostFunction } from "../../../src/kernel/host-code.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { offers } from "../offers.ts";

// include/crypto/hash.h
const MAX_DIGEST = 64;
const MAX_DESCSIZE = 360;
const MAX_STATESIZE = 512;

/** What shash_prepare_alg() puts where the module left a pointer empty. */
const defaults = (k: Kernel): Readonly<Record<string, HostFunction>> => {
  const copy = (to: Address, from: Address, desc: Address): number => {
    const size = k.struct("crypto_shash", k.memory.pointer(desc)).descsize;
    k.memory.write(to, k.memory.bytes(from, size).slice());
    return 0;
  };
  const context = (desc: Address): Address => desc + k.sizeOf("shash_desc");
  return {
    *finup(desc = 0, data = 0, length = 0, out = 0) {
      yield* callHash(k, desc, "update", data, length);
      return yield* callHash(k, desc, "final", out);
    },
    *digest(desc = 0, data = 0, length = 0, out = 0) {
      yield* callHash(k, desc, "init");
      yield* callHash(k, desc, "update", data, length);
      return yield* callHash(k, desc, "final", out);
    },
    export: (desc = 0, out = 0) => copy(out, context(desc), desc),
    import: (desc = 0, from = 0) => copy(context(desc), from, desc),
  };
};

const prepare = (k: Kernel, alg: Address): void => {
  const view = k.struct("shash_alg", alg);
  if (view.digestsize > MAX_DIGEST || view.descsize > MAX_DESCSIZE || view.statesize > MAX_STATESIZE) {
    throw new Errno(EINVAL);
  }
  if ((view.export !== 0) !== (view.import !== 0)) throw new Errno(EINVAL);
  for (const [field, fn] of Object.entries(defaults(k))) {
    const at = alg + k.offsetOf("shash_alg", field);
    if (k.memory.pointer(at) === 0) k.memory.setPointer(at, k.hostCode.address(`shash_default_${field}`, fn));
  }
  if (view.statesize === 0) view.statesize = view.descsize;
};

export const shashes = offers({
  one: "shash",
  many: "shashes",
  struct: "shash_alg",
  base: "base",
  type: () => ALG_TYPE.SHASH,
  prepare,
});

export const ahashes = offers({
  one: "ahash",
  many: "ahashes",
  struct: "ahash_alg",
  base: "halg.base",
  type: () => ALG_TYPE.AHASH,
  prepare(k, alg) {
    const { digestsize, statesize } = k.struct("ahash_alg", alg).halg;
    if (digestsize > MAX_DIGEST || statesize > MAX_STATESIZE || statesize === 0) throw new Errno(EINVAL);
  },
  missing: "crypto_alloc_ahash() does not find it",
});
