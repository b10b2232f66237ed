/** include/crypto/algapi.h: crypto/algapi.c, lib/crypto/memneq.c and lib/crypto/utils.c. */
import { compareBytes } from "../../src/kernel/data/guest-bytes.ts";
import { stub } from "../../src/stub/declare.ts";
import { kernelChain } from "../notifier-chain.ts";

/** Nonzero when the bytes differ; the real one takes the same time either way. */
export const cryptoMemneq = stub(
  "unsigned long __crypto_memneq(const void *a, const void *b, size_t size)",
  (k, { a, b, size }) => (compareBytes(k.memory, a, b, size) === 0 ? 0n : 1n),
);

const CHUNK = 4096;

export const cryptoXor = stub(
  "void __crypto_xor(u8 *dst, const u8 *src1, const u8 *src2, unsigned int len)",
  (k, { dst, src1, src2, len }) => {
    for (let done = 0; done < len; done += CHUNK) {
      const size = Math.min(CHUNK, len - done);
      const left = k.memory.bytes(src1 + done, size);
      const right = k.memory.bytes(src2 + done, size);
      k.memory.write(
        dst + done,
        left.map((byte, index) => byte ^ (right[index] ?? 0)),
      );
    }
  },
);

/** Blocks are kept, though no algorithm tells them of itself. */
export const cryptoNotifiers = kernelChain(
  "crypto_register_notifier",
  "crypto_unregister_notifier",
  "algorithms do not tell of themselves",
);
