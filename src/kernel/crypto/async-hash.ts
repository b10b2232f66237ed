/** Asynchronous hashes over synchronous ones (crypto/shash.c): each operation is done when it returns. */
import type { Address } from "../../base/address.ts";
import { sgPieces } from "../data/scatterlist.ts";
import type { HostFunction } from "../host-code.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { algorithmBehind, callAlgorithm } from "./transform.ts";

/** The shash under an ahash, in its context; and the descriptor in a request. */
const shashOf = (k: Kernel, ahash: Address): Address => k.memory.pointer(ahash + k.sizeOf("crypto_ahash"));

export const setShash = (k: Kernel, ahash: Address, shash: Address): void =>
  k.memory.setPointer(ahash + k.sizeOf("crypto_ahash"), shash);

const descriptor = (k: Kernel, request: Address): Address => {
  const { tfm } = k.struct("ahash_request", request).base;
  const desc = request + k.sizeOf("ahash_request");
  k.memory.setPointer(desc, shashOf(k, tfm - k.offsetOf("crypto_ahash", "base")));
  return desc;
};

/** Calls one of the hash's own functions by its field. */
export function* callHash(
  k: Kernel,
  desc: Address,
  field: string,
  ...args: readonly number[]
): Routine<number> {
  const algorithm = algorithmBehind(k, "crypto_shash", "shash_alg", k.memory.pointer(desc));
  const fn = k.memory.pointer(algorithm + k.offsetOf("shash_alg", field));
  return yield* callAlgorithm(k, fn, desc, ...args);
}

function* feed(k: Kernel, request: Address, desc: Address): Routine<void> {
  const { src, nbytes } = k.struct("ahash_request", request);
  for (const { address, length } of sgPieces(k, src, nbytes))
    yield* callHash(k, desc, "update", address, length);
}

/** By field of struct crypto_ahash. */
export const asyncHashFunctions = (k: Kernel): Readonly<Record<string, HostFunction>> => {
  const resultOf = (request: Address): Address => k.struct("ahash_request", request).result;
  return {
    *init(request = 0) {
      return yield* callHash(k, descriptor(k, request), "init");
    },
    *update(request = 0) {
      yield* feed(k, request, descriptor(k, request));
      return 0;
    },
    *final(request = 0) {
      return yield* callHash(k, descriptor(k, request), "final", resultOf(request));
    },
    *finup(request = 0) {
      const desc = descriptor(k, request);
      yield* feed(k, request, desc);
      return yield* callHash(k, desc, "final", resultOf(request));
    },
    *digest(request = 0) {
      const desc = descriptor(k, request);
      yield* callHash(k, desc, "init");
      yield* feed(k, request, desc);
      return yield* callHash(k, desc, "final", resultOf(request));
    },
    *export(request = 0, out = 0) {
      return yield* callHash(k, descriptor(k, request), "export", out);
    },
    *import(request = 0, from = 0) {
      return yield* callHash(k, descriptor(k, request), "import", from);
    },
  };
};
