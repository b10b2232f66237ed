/** Ciphers by node:crypto, on whole messages. */
import { type CipherGCMTypes, createCipheriv, createDecipheriv } from "node:crypto";
import type { AeadDescription, CipherDescription } from "./builtin.ts";

export type Direction = "encrypt" | "decrypt";

const run = (
  name: string,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
  direction: Direction,
): Uint8Array => {
  const start = direction === "encrypt" ? createCipheriv : createDecipheriv;
  const cipher = start(name, key, iv.length === 0 ? null : iv);
  cipher.setAutoPadding(false);
  return Uint8Array.from(Buffer.concat([cipher.update(data), cipher.final()]));
};

/** One block of a cipher by itself; `name` as node:crypto has it. */
export const cipherBlock = (
  name: string,
  key: Uint8Array,
  data: Uint8Array,
  direction: Direction,
): Uint8Array => run(name, key, new Uint8Array(0), data, direction);

/** One message, and the IV as the request has it afterwards. */
export const cipherMessage = (
  { openssl, block, chaining }: CipherDescription,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
  direction: Direction,
): { readonly data: Uint8Array; readonly iv: Uint8Array } => {
  if (data.length === 0) return { data, iv };
  const out = run(openssl(key.length), key, iv, data, direction);
  if (chaining === "cbc") return { data: out, iv: (direction === "encrypt" ? out : data).slice(-block) };
  return { data: out, iv: chaining === "ctr" ? addToCounter(iv, Math.ceil(data.length / iv.length)) : iv };
};

/** Big-endian counter. */
const addToCounter = (iv: Uint8Array, blocks: number): Uint8Array => {
  const next = BigInt.asUintN(iv.length * 8, BigInt(`0x${Buffer.from(iv).toString("hex")}`) + BigInt(blocks));
  return Uint8Array.from(Buffer.from(next.toString(16).padStart(iv.length * 2, "0"), "hex"));
};

export interface AeadMessage {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly associated: Uint8Array;
  /** Without the tag. */
  readonly data: Uint8Array;
  readonly authSize: number;
}

const typeOf = (description: AeadDescription, { key }: AeadMessage): CipherGCMTypes =>
  description.openssl(key.length) as CipherGCMTypes;

/** Ciphertext and tag. */
export const sealMessage = (description: AeadDescription, message: AeadMessage): Uint8Array => {
  const { key, iv, associated, data, authSize } = message;
  const options = { authTagLength: authSize };
  const cipher = createCipheriv(typeOf(description, message), key, description.nonce(iv), options);
  cipher.setAAD(associated, { plaintextLength: data.length } as never);
  const body = Buffer.concat([cipher.update(data), cipher.final()]);
  return Uint8Array.from(Buffer.concat([body, cipher.getAuthTag()]));
};

/** Undefined when the tag is another one. */
export const openMessage = (
  description: AeadDescription,
  message: AeadMessage,
  tag: Uint8Array,
): Uint8Array | undefined => {
  const { key, iv, associated, data, authSize } = message;
  const options = { authTagLength: authSize };
  const cipher = createDecipheriv(typeOf(description, message), key, description.nonce(iv), options);
  cipher.setAuthTag(tag);
  cipher.setAAD(associated, { plaintextLength: data.length } as never);
  try {
    return Uint8Array.from(Buffer.concat([cipher.update(data), cipher.final()]));
  } catch {
    return undefined;
  }
};
