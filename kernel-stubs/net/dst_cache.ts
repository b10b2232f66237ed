/** include/net/dst_cache.h, as net/core/dst_cache.c does it: routes that tunnels remember, of which there are none. */
import type { Address } from "../../src/base/address.ts";
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { stub } from "../../src/stub/declare.ts";

/** struct dst_cache_pcpu, struct dst_cache: the per-CPU part, and when it was reset. */
const [PER_CPU_SIZE, RESET_AT] = [40, 8];

export const dstCacheInit = stub(
  "int dst_cache_init(struct dst_cache *dst_cache, gfp_t gfp)",
  { fails: ["ENOMEM"], sleeps: true, acquires: { dst_cache: "dst_cache" } },
  (k, { dst_cache: cache, gfp }) => {
    const made = k.percpu.alloc(PER_CPU_SIZE, 8, gfp);
    k.memory.setPointer(cache, made);
    if (made === 0) throw new Errno(ENOMEM);
    k.memory.setU64(cache + RESET_AT, BigInt(k.clock.jiffies()));
    return 0;
  },
);
export const dstCacheDestroy = stub(
  "void dst_cache_destroy(struct dst_cache *dst_cache)",
  { releases: { dst_cache: "dst_cache" } },
  (k, { dst_cache: cache }) => {
    const made: Address = k.memory.pointer(cache);
    if (made !== 0) k.percpu.free(made);
  },
);
