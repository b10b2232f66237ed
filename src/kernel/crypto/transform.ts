/** Transforms: an algorithm with a key, in guest memory (crypto/api.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { ENOKEY, ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { ALG_OPTIONAL_KEY, ALG_TYPE, TFM_NEED_KEY } from "./kinds.ts";
import type { Algorithm } from "./registry.ts";

export type TransformStruct =
  | "crypto_shash"
  | "crypto_ahash"
  | "crypto_skcipher"
  | "crypto_aead"
  | "crypto_cipher"
  | "crypto_rng";
export type AlgorithmStruct = "shash_alg" | "skcipher_alg" | "aead_alg" | "rng_alg";

/** The structure that an algorithm's crypto_alg is in. */
export const algorithmOf = (k: Kernel, struct: AlgorithmStruct, base: Address): Address =>
  base - k.offsetOf(struct, "base");

export const tfmOf = (k: Kernel, struct: TransformStruct, transform: Address): Address =>
  transform + k.offsetOf(struct, "base");

/** The algorithm structure behind a transform. */
export const algorithmBehind = (
  k: Kernel,
  struct: TransformStruct,
  kind: AlgorithmStruct,
  transform: Address,
): Address => algorithmOf(k, kind, k.struct("crypto_tfm", tfmOf(k, struct, transform)).__crt_alg);

/** An instance before its init: zeroed, with its context behind it. Errno ENOMEM. */
export const newTransform = (k: Kernel, struct: TransformStruct, algorithm: Algorithm): Address => {
  const { cra_ctxsize: context, cra_refcnt: count } = k.struct("crypto_alg", algorithm.base);
  const transform = k.heap.kmalloc(k.sizeOf(struct) + context, GFP_KERNEL);
  if (transform === 0) throw new Errno(ENOMEM);
  k.memory.fill(transform, 0, k.sizeOf(struct) + context);
  const tfm = k.struct("crypto_tfm", tfmOf(k, struct, transform));
  tfm.__crt_alg = algorithm.base as typeof tfm.__crt_alg;
  tfm.refcnt.refs.counter = 1;
  count.refs.counter += 1;
  return transform;
};

/** Marks a transform as one that needs a key before it can be used. */
export const needKey = (k: Kernel, struct: TransformStruct, transform: Address, setkey: Address): void => {
  const tfm = k.struct("crypto_tfm", tfmOf(k, struct, transform));
  const isOptional = (k.struct("crypto_alg", tfm.__crt_alg).cra_flags & ALG_OPTIONAL_KEY) !== 0;
  if (setkey !== 0 && !isOptional) tfm.crt_flags |= TFM_NEED_KEY;
};

/** Errno ENOKEY. */
export const checkKey = (k: Kernel, struct: TransformStruct, transform: Address): void => {
  const { crt_flags: flags } = k.struct("crypto_tfm", tfmOf(k, struct, transform));
  if ((flags & TFM_NEED_KEY) !== 0) throw new Errno(ENOKEY);
};

/** Calls a function of an algorithm; a negative answer is thrown as the Errno it is. */
export function* callAlgorithm(
  k: Kernel,
  fn: Address,
  ...args: readonly (number | bigint)[]
): Routine<number> {
  const result = asInt(yield* k.call(fn, ...args));
  if (result < 0) throw new Errno(-result);
  return result;
}

/** Sets a transform's key by its algorithm's `setkey`; where that fails, it needs a key as before. Answers 0. */
export function* setKey(
  k: Kernel,
  struct: TransformStruct,
  transform: Address,
  setkey: Address,
  key: { readonly address: Address; readonly length: number },
): Routine<number> {
  try {
    yield* callAlgorithm(k, setkey, transform, key.address, key.length);
  } catch (error) {
    if (error instanceof Errno) needKey(k, struct, transform, setkey);
    throw error;
  }
  k.struct("crypto_tfm", tfmOf(k, struct, transform)).crt_flags &= ~TFM_NEED_KEY;
  return 0;
}

/** crypto_has_alg() for some types. */
export const hasAlgorithm = (k: Kernel, name: Address, types: readonly number[]): number => {
  try {
    k.crypto.find(k.memory.cstring(name), types);
    return 1;
  } catch (error) {
    if (error instanceof Errno) return 0;
    throw error;
  }
};

/** Calls the init function of an algorithm, if it has one; frees the transform when that fails. */
export function* initTransform(k: Kernel, transform: Address, init: Address): Routine<void> {
  if (init === 0) return;
  try {
    yield* callAlgorithm(k, init, transform);
  } catch (error) {
    k.heap.kfree(transform);
    throw error;
  }
}

const EXITS: Readonly<Record<number, readonly [AlgorithmStruct, string]>> = {
  [ALG_TYPE.SHASH]: ["shash_alg", "exit_tfm"],
  [ALG_TYPE.SKCIPHER]: ["skcipher_alg", "exit"],
  [ALG_TYPE.AEAD]: ["aead_alg", "exit"],
};

/** crypto_destroy_tfm(): NULL and error pointers are ignored by the caller. */
export function* destroyTransform(k: Kernel, transform: Address, tfm: Address): Routine<void> {
  const base = k.struct("crypto_tfm", tfm).__crt_alg;
  const view = k.struct("crypto_alg", base);
  const isAsyncHash =
    k.crypto.at(base)?.type === ALG_TYPE.SHASH && tfm - transform === k.offsetOf("crypto_ahash", "base");
  const exit = EXITS[k.crypto.at(base)?.type ?? 0];
  if (isAsyncHash) {
    const shash = k.memory.pointer(transform + k.sizeOf("crypto_ahash"));
    yield* destroyTransform(k, shash, tfmOf(k, "crypto_shash", shash));
  } else if (exit !== undefined) {
    const fn = k.memory.pointer(algorithmOf(k, exit[0], base) + k.offsetOf(exit[0], exit[1]));
    if (fn !== 0) yield* k.call(fn, transform);
  } else if (view.cra_exit !== 0) yield* k.call(view.cra_exit, tfm);
  view.cra_refcnt.refs.counter -= 1;
  k.heap.kfree(transform);
}
