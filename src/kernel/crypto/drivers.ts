/** struct shash_alg, skcipher_alg, aead_alg and so on of the built-in algorithms, made when asked for. */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import {
  AEADS,
  type AeadDescription,
  CIPHERS,
  type CipherDescription,
  HASHES,
  MAX_AUTH_SIZE,
} from "./builtin.ts";
import { aeadFunctions, cipherFunctions, rngFunctions, singleBlockFunctions } from "./cipher-driver.ts";
import { type HashFunctions, hashFunctions, hmacFunctions } from "./hash-driver.ts";
import type { States } from "./registry.ts";

export interface Builtins {
  /** The struct crypto_alg of a built-in algorithm; undefined for a name that is none. */
  create(name: ByteString): { readonly base: Address; readonly type: number } | undefined;
  owns(base: Address): boolean;
}

/** Bytes of a transform's context: a length and a key. */
const KEY_CONTEXT = 4 + 148;
const SHASH = 14;
const SKCIPHER = 5;
const AEAD = 3;
const CIPHER = 1;
const RNG = 12;

type Made = ReturnType<Builtins["create"]>;
interface Common {
  readonly name: string;
  readonly driver: string;
  readonly priority: number;
  readonly block: number;
}

export const createBuiltins = (k: Kernel, states: States): Builtins => {
  const own: JournalSet<Address> = k.journal.set();
  const base = (at: Address, { name, driver, priority, block }: Common): Address => {
    const view = k.struct("crypto_alg", at);
    k.memory.setCstring(at + k.offsetOf("crypto_alg", "cra_name"), name);
    k.memory.setCstring(at + k.offsetOf("crypto_alg", "cra_driver_name"), driver);
    view.cra_priority = priority;
    view.cra_blocksize = block;
    view.cra_ctxsize = KEY_CONTEXT;
    own.add(at);
    return at;
  };
  /** Fills in pointers to functions, by field. */
  const point = (struct: string, at: Address, functions: HashFunctions, prefix: string): void => {
    for (const [field, fn] of Object.entries(functions)) {
      k.memory.setPointer(at + k.offsetOf(struct, field), k.hostCode.address(`${prefix} ${field}`, fn));
    }
  };

  const shash = (
    common: Common,
    sizes: { digest: number; desc: number; state: number },
    functions: HashFunctions,
  ): Made => {
    const at = k.statics.allocate(k.sizeOf("shash_alg"));
    const view = k.struct("shash_alg", at);
    view.digestsize = sizes.digest;
    view.descsize = sizes.desc;
    view.statesize = sizes.state;
    point("shash_alg", at, functions, common.driver);
    return { base: base(at + k.offsetOf("shash_alg", "base"), common), type: SHASH };
  };
  const hash = (name: string): Made => {
    const plain = HASHES.get(name);
    if (plain !== undefined) {
      const { digest, state } = plain;
      return shash({ ...plain, name }, { digest, desc: state, state }, hashFunctions(k, states, plain));
    }
    const inner = HASHES.get(/^hmac\((.*)\)$/.exec(name)?.[1] ?? "");
    if (inner === undefined || typeof inner.start !== "function") return undefined;
    const common = { ...inner, name, driver: `hmac(${inner.driver})` };
    const sizes = { digest: inner.digest, desc: inner.state + 8, state: inner.state };
    return shash(common, sizes, hmacFunctions(k, states, inner));
  };
  const cipher = (name: string, description: CipherDescription): Made => {
    const at = k.statics.allocate(k.sizeOf("skcipher_alg"));
    const view = k.struct("skcipher_alg", at);
    view.min_keysize = Math.min(...description.keys);
    view.max_keysize = Math.max(...description.keys);
    view.ivsize = description.iv;
    view.chunksize = name.startsWith("ctr") ? 16 : description.block;
    view.walksize = view.chunksize;
    point("skcipher_alg", at, cipherFunctions(k, description), description.driver);
    const common = { name, driver: description.driver, priority: 100, block: description.block };
    return { base: base(at + k.offsetOf("skcipher_alg", "base"), common), type: SKCIPHER };
  };
  const aead = (name: string, description: AeadDescription): Made => {
    const at = k.statics.allocate(k.sizeOf("aead_alg"));
    const view = k.struct("aead_alg", at);
    view.ivsize = description.iv;
    view.maxauthsize = MAX_AUTH_SIZE;
    view.chunksize = 16;
    point("aead_alg", at, aeadFunctions(k, description), description.driver);
    const common = { name, driver: description.driver, priority: 100, block: 1 };
    return { base: base(at + k.offsetOf("aead_alg", "base"), common), type: AEAD };
  };
  const block = (
    name: string,
    size: number,
    keys: readonly [number, number],
    openssl: (bytes: number) => string,
  ): Made => {
    const at = k.statics.allocate(k.sizeOf("crypto_alg"));
    const inner = at + k.offsetOf("crypto_alg", "cra_u");
    const view = k.struct("cipher_alg", inner);
    [view.cia_min_keysize, view.cia_max_keysize] = keys;
    point("cipher_alg", inner, singleBlockFunctions(k, size, openssl), name);
    return { base: base(at, { name, driver: `${name}-generic`, priority: 100, block: size }), type: CIPHER };
  };
  const rng = (name: string): Made => {
    const at = k.statics.allocate(k.sizeOf("rng_alg"));
    point("rng_alg", at, rngFunctions(k), name);
    const common = { name, driver: "drbg_nopr_hmac_sha256", priority: 221, block: 0 };
    return { base: base(at + k.offsetOf("rng_alg", "base"), common), type: RNG };
  };

  return {
    create(name) {
      const [mode, sealed] = [CIPHERS.get(name), AEADS.get(name)];
      if (mode !== undefined) return cipher(name, mode);
      if (sealed !== undefined) return aead(name, sealed);
      if (name === "aes") return block(name, 16, [16, 32], (bytes) => `aes-${bytes * 8}-ecb`);
      if (name === "des3_ede") return block(name, 8, [24, 24], () => "des-ede3");
      return name === "stdrng" ? rng(name) : hash(name);
    },
    owns: (address) => own.has(address),
  };
};
