/** Where built-in algorithms keep a transform's key: in its own context, as a length and the bytes. */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

const context = (k: Kernel, tfm: Address): Address => tfm + k.offsetOf("crypto_tfm", "__crt_ctx");

/** `tfm`: the struct crypto_tfm. */
export const storeKey = (k: Kernel, tfm: Address, key: Uint8Array): void => {
  k.memory.setU32(context(k, tfm), key.length);
  k.memory.write(context(k, tfm) + 4, key);
};

const MAX_KEY = 148;

export const keyOf = (k: Kernel, tfm: Address): Uint8Array => {
  const length = Math.min(k.memory.u32(context(k, tfm)), MAX_KEY);
  return length === 0 ? new Uint8Array(0) : k.memory.bytes(context(k, tfm) + 4, length).slice();
};
