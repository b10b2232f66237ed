/** include/crypto/internal/hash.h: hashes that modules offer (crypto/shash.c). */
import type { Address } from "../../../src/base/address.ts";
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { ALG_TYPE } from "../../../src/kernel/crypto/registry.ts";
import { callHash } from "../../../src/kernel/crypto/async-hash.ts";
import type { HostFunction } from "../../../src/kernel/host-code.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { registerAll } from "../../registrations.ts";
import { stub } from "../../../src/stub/declare.ts";

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

const register = (k: Kernel, alg: Address): void => {
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
  k.crypto.register(alg + k.offsetOf("shash_alg", "base"), ALG_TYPE.SHASH);
};

const unregister = (k: Kernel, alg: Address): void =>
  k.crypto.unregister(alg + k.offsetOf("shash_alg", "base"));

export const cryptoRegisterShash = stub(
  "int crypto_register_shash(struct shash_alg *alg)",
  { fails: ["EINVAL", "EEXIST", "ENOMEM"], sleeps: true, acquires: { "crypto algorithm": "alg" } },
  (k, { alg }) => {
    register(k, alg);
    return 0;
  },
);

export const cryptoUnregisterShash = stub(
  "void crypto_unregister_shash(struct shash_alg *alg)",
  { sleeps: true, releases: { "crypto algorithm": "alg" } },
  (k, { alg }) => unregister(k, alg),
);

export const cryptoRegisterShashes = stub(
  "int crypto_register_shashes(struct shash_alg *algs, int count)",
  { fails: ["EINVAL", "EEXIST", "ENOMEM"], sleeps: true, acquires: { "crypto algorithm": "algs" } },
  (k, { algs, count }) => {
    const at = (index: number): Address => algs + index * k.sizeOf("shash_alg");
    return registerAll(
      { count, at },
      { add: (alg) => register(k, alg), remove: (alg) => unregister(k, alg) },
    );
  },
);

export const cryptoUnregisterShashes = stub(
  "void crypto_unregister_shashes(struct shash_alg *algs, int count)",
  { sleeps: true, releases: { "crypto algorithm": "algs" } },
  (k, { algs, count }) => {
    for (let index = count - 1; index >= 0; index -= 1) unregister(k, algs + index * k.sizeOf("shash_alg"));
  },
);
