/** include/crypto/sha2.h, as lib/crypto/sha256.c does it: struct sha256_state is state[8], count, buf[64]. */
import type { Address } from "../../src/base/address.ts";
import { nodeHash } from "../../src/kernel/crypto/host-hash.ts";
import { sha256Block } from "../../src/kernel/crypto/sha256.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const BLOCK = 64;
const COUNT = 32;
const BUFFER = 40;
const CHUNK = 1 << 20;

const readState = (k: Kernel, sctx: Address): Uint32Array =>
  Uint32Array.from({ length: 8 }, (_, index) => k.memory.u32(sctx + index * 4));

const update = (k: Kernel, sctx: Address, data: Uint8Array): void => {
  const count = k.memory.u64(sctx + COUNT);
  const kept = Number(count % BigInt(BLOCK));
  const all = Uint8Array.from(Buffer.concat([k.memory.bytes(sctx + BUFFER, kept), data]));
  const state = readState(k, sctx);
  const end = all.length - (all.length % BLOCK);
  for (let at = 0; at < end; at += BLOCK) sha256Block(state, all, at);
  for (const [index, word] of state.entries()) k.memory.setU32(sctx + index * 4, word);
  k.memory.write(sctx + BUFFER, all.subarray(end));
  k.memory.setU64(sctx + COUNT, count + BigInt(data.length));
};

const feed = (k: Kernel, sctx: Address, at: Address, length: number): void => {
  for (let done = 0; done < length; done += CHUNK) {
    update(k, sctx, k.memory.bytes(at + done, Math.min(CHUNK, length - done)));
  }
};

const finish = (k: Kernel, sctx: Address, out: Address, words: number): void => {
  const count = k.memory.u64(sctx + COUNT);
  const zeros = (BLOCK * 2 - 9 - Number(count % BigInt(BLOCK))) % BLOCK;
  const padding = new Uint8Array(1 + zeros + 8);
  padding[0] = 0x80;
  new DataView(padding.buffer).setBigUint64(1 + zeros, count * 8n);
  update(k, sctx, padding);
  const digest = new Uint8Array(words * 4);
  for (const [index, word] of readState(k, sctx).subarray(0, words).entries()) {
    new DataView(digest.buffer).setUint32(index * 4, word);
  }
  k.memory.write(out, digest);
  // The state may hold secrets.
  k.memory.fill(sctx, 0, BUFFER + BLOCK);
};

export const sha256Update = stub(
  "void sha256_update(struct sha256_state *sctx, const u8 *data, unsigned int len)",
  (k, { sctx, data, len }) => feed(k, sctx, data, len),
);

export const sha224Update = stub(
  "void sha224_update(struct sha256_state *sctx, const u8 *data, unsigned int len)",
  (k, { sctx, data, len }) => feed(k, sctx, data, len),
);

export const sha256Final = stub("void sha256_final(struct sha256_state *sctx, u8 *out)", (k, { sctx, out }) =>
  finish(k, sctx, out, 8),
);

export const sha224Final = stub("void sha224_final(struct sha256_state *sctx, u8 *out)", (k, { sctx, out }) =>
  finish(k, sctx, out, 7),
);

export const sha256 = stub(
  "void sha256(const u8 *data, unsigned int len, u8 *out)",
  (k, { data, len, out }) =>
    k.memory.write(out, nodeHash("sha256").update(k.memory.bytes(data, len)).digest()),
);
