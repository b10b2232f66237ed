/** include/crypto/aes.h: lib/crypto/aes.c. struct crypto_aes_ctx: key_enc[60], key_dec[60], key_length. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { type Direction, cipherBlock } from "../../src/kernel/crypto/host-cipher.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const KEY_LENGTH = 480;
const BLOCK = 16;

export const aesExpandkey = stub(
  "int aes_expandkey(struct crypto_aes_ctx *ctx, const u8 *in_key, unsigned int key_len)",
  {
    fails: ["EINVAL"],
    level: { partial: "of the expanded key only its beginning, the key itself, is there" },
  },
  (k, { ctx, in_key, key_len }) => {
    if (![16, 24, 32].includes(key_len)) throw new Errno(EINVAL);
    k.memory.setU32(ctx + KEY_LENGTH, key_len);
    k.memory.write(ctx, k.memory.bytes(in_key, key_len).slice());
    return 0;
  },
);

const one = (k: Kernel, ctx: Address, out: Address, data: Address, direction: Direction): void => {
  const length = k.memory.u32(ctx + KEY_LENGTH);
  if (![16, 24, 32].includes(length)) return;
  const key = k.memory.bytes(ctx, length).slice();
  const block = k.memory.bytes(data, BLOCK).slice();
  k.memory.write(out, cipherBlock(`aes-${length * 8}-ecb`, key, block, direction));
};

export const aesEncrypt = stub(
  "void aes_encrypt(const struct crypto_aes_ctx *ctx, u8 *out, const u8 *in)",
  (k, args) => one(k, args.ctx, args.out, args.in, "encrypt"),
);

export const aesDecrypt = stub(
  "void aes_decrypt(const struct crypto_aes_ctx *ctx, u8 *out, const u8 *in)",
  (k, args) => one(k, args.ctx, args.out, args.in, "decrypt"),
);
