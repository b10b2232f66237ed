/** The functions of built-in ciphers, as their algorithm structures point to them. */
import type { Address } from "../../base/address.ts";
import { EBADMSG, EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { sgRead, sgWrite } from "../data/scatterlist.ts";
import type { Kernel } from "../kernel.ts";
import type { AeadDescription, CipherDescription } from "./builtin.ts";
import type { HashFunctions } from "./hash-driver.ts";
import {
  type AeadMessage,
  type Direction,
  cipherBlock,
  cipherMessage,
  openMessage,
  sealMessage,
} from "./host-cipher.ts";
import { keyOf, storeKey } from "./keys.ts";

/** Stores a key of an allowed length. Errno EINVAL for others. */
const setKey = (
  k: Kernel,
  tfm: Address,
  key: Address,
  length: number,
  allowed: readonly number[],
): number => {
  if (!allowed.includes(length >>> 0)) throw new Errno(EINVAL);
  storeKey(k, tfm, k.memory.bytes(key, length).slice());
  return 0;
};

/** The struct crypto_tfm that a request is for. */
const tfmOf = (k: Kernel, struct: "skcipher_request" | "aead_request", request: Address): Address =>
  k.struct(struct, request).base.tfm;

const isLengthRight = ({ length, block }: CipherDescription, bytes: number): boolean =>
  length === "any" || (length === "whole" ? bytes % block === 0 : bytes >= block);

export const cipherFunctions = (k: Kernel, description: CipherDescription): HashFunctions => {
  const serve =
    (direction: Direction) =>
    (request: Address = 0): number => {
      const { cryptlen, src, dst, iv } = k.struct("skcipher_request", request);
      if (!isLengthRight(description, cryptlen)) throw new Errno(EINVAL);
      const vector = description.iv === 0 ? new Uint8Array(0) : k.memory.bytes(iv, description.iv).slice();
      const key = keyOf(k, tfmOf(k, "skcipher_request", request));
      const done = cipherMessage(description, key, vector, sgRead(k, src, cryptlen), direction);
      sgWrite(k, dst, done.data);
      if (description.iv > 0 && description.chaining !== "none") k.memory.write(iv, done.iv);
      return 0;
    };
  return {
    setkey: (tfm = 0, key = 0, length = 0) =>
      setKey(k, tfm + k.offsetOf("crypto_skcipher", "base"), key, length, description.keys),
    encrypt: serve("encrypt"),
    decrypt: serve("decrypt"),
  };
};

export const aeadFunctions = (k: Kernel, description: AeadDescription): HashFunctions => {
  const baseOffset = k.offsetOf("crypto_aead", "base");
  const message = (request: Address, length: number): AeadMessage => {
    const { assoclen, src, iv } = k.struct("aead_request", request);
    const tfm = tfmOf(k, "aead_request", request);
    return {
      key: keyOf(k, tfm),
      iv: k.memory.bytes(iv, description.iv).slice(),
      associated: sgRead(k, src, assoclen),
      data: sgRead(k, src, length, assoclen),
      authSize: k.struct("crypto_aead", tfm - baseOffset).authsize,
    };
  };
  const put = (request: Address, associated: Uint8Array, bytes: Uint8Array): void => {
    const { src, dst, assoclen } = k.struct("aead_request", request);
    if (src !== dst) sgWrite(k, dst, associated);
    sgWrite(k, dst, bytes, assoclen);
  };
  return {
    setkey: (tfm = 0, key = 0, length = 0) => setKey(k, tfm + baseOffset, key, length, description.keys),
    setauthsize(_tfm = 0, size = 0) {
      if (!description.authSizes.includes(size)) throw new Errno(EINVAL);
      return 0;
    },
    encrypt(request = 0) {
      const plain = message(request, k.struct("aead_request", request).cryptlen);
      put(request, plain.associated, sealMessage(description, plain));
      return 0;
    },
    decrypt(request = 0) {
      const { cryptlen, src, assoclen } = k.struct("aead_request", request);
      const { authSize } = message(request, 0);
      if (cryptlen < authSize) throw new Errno(EINVAL);
      const sealed = message(request, cryptlen - authSize);
      const opened = openMessage(
        description,
        sealed,
        sgRead(k, src, authSize, assoclen + cryptlen - authSize),
      );
      if (opened === undefined) throw new Errno(EBADMSG);
      put(request, sealed.associated, opened);
      return 0;
    },
  };
};

export const singleBlockFunctions = (
  k: Kernel,
  size: number,
  openssl: (keyBytes: number) => string,
): HashFunctions => {
  const serve =
    (direction: Direction) =>
    (tfm: Address = 0, out: Address = 0, data: Address = 0): number => {
      const key = keyOf(k, tfm);
      k.memory.write(
        out,
        cipherBlock(openssl(key.length), key, k.memory.bytes(data, size).slice(), direction),
      );
      return 0;
    };
  return {
    cia_setkey: (tfm = 0, key = 0, length = 0) =>
      setKey(k, tfm, key, length, size === 8 ? [24] : [16, 24, 32]),
    cia_encrypt: serve("encrypt"),
    cia_decrypt: serve("decrypt"),
  };
};

const MAX_RANDOM = 1 << 16;

export const rngFunctions = (k: Kernel): HashFunctions => ({
  generate(_tfm = 0, _src = 0, _slen = 0, out = 0, length = 0) {
    if (length > MAX_RANDOM) throw new Errno(EINVAL);
    k.memory.write(out, k.random.bytes(length));
    return 0;
  },
  seed: () => 0,
});
