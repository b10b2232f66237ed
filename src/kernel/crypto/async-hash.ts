/** Asynchronous hashes over synchronous ones (crypto/shash.c): each operation is done when it returns. */
import type { Address } from "../../base/address.ts";
import { ENOSYS } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { type Segment, sgPieces } from "../data/scatterlist.ts";
import type { HostFunction } from "../host-code.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { algorithmBehind, callAlgorithm, setKey } from "./transform.ts";

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

/** crypto_shash_setkey(): Errno ENOSYS where the hash takes none. */
export function* setShashKey(k: Kernel, tfm: Address, key: Address, length: number): Routine<number> {
  const { setkey } = k.struct("shash_alg", algorithmBehind(k, "crypto_shash", "shash_alg", tfm));
  if (setkey === 0) throw new Errno(ENOSYS);
  return yield* setKey(k, "crypto_shash", tfm, setkey, { address: key, length });
}

const piecesOf = (k: Kernel, request: Address): readonly Segment[] => {
  const { src, nbytes } = k.struct("ahash_request", request);
  return [...sgPieces(k, src, nbytes)];
};

function* feed(k: Kernel, desc: Address, pieces: readonly Segment[]): Routine<void> {
  for (const { address, length } of pieces) yield* callHash(k, desc, "update", address, length);
}

/** shash_ahash_finup(): the last piece ends it. */
function* finish(k: Kernel, desc: Address, pieces: readonly Segment[], out: Address): Routine<number> {
  const last = pieces.at(-1);
  if (last === undefined) return yield* callHash(k, desc, "final", out);
  yield* feed(k, desc, pieces.slice(0, -1));
  return yield* callHash(k, desc, "finup", last.address, last.length, out);
}

/** By field of struct crypto_ahash. */
export const asyncHashFunctions = (k: Kernel): Readonly<Record<string, HostFunction>> => {
  const resultOf = (request: Address): Address => k.struct("ahash_request", request).result;
  return {
    *init(request = 0) {
      return yield* callHash(k, descriptor(k, request), "init");
    },
    *update(request = 0) {
      yield* feed(k, descriptor(k, request), piecesOf(k, request));
      return 0;
    },
    *final(request = 0) {
      return yield* callHash(k, descriptor(k, request), "final", resultOf(request));
    },
    *finup(request = 0) {
      return yield* finish(k, descriptor(k, request), piecesOf(k, request), resultOf(request));
    },
    *digest(request = 0) {
      const desc = descriptor(k, request);
      const pieces = piecesOf(k, request);
      const [only] = pieces;
      if (only !== undefined && pieces.length === 1) {
        return yield* callHash(k, desc, "digest", only.address, only.length, resultOf(request));
      }
      yield* callHash(k, desc, "init");
      return yield* finish(k, desc, pieces, resultOf(request));
    },
    *setkey(ahash = 0, key = 0, length = 0) {
      return yield* setShashKey(k, shashOf(k, ahash), key, length);
    },
    *export(request = 0, out = 0) {
      return yield* callHash(k, descriptor(k, request), "export", out);
    },
    *import(request = 0, from = 0) {
      return yield* callHash(k, descriptor(k, request), "import", from);
    },
  };
};
