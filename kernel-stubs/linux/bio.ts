/** include/linux/bio.h: sets that bios come from (block/bio.c). */
import type { Address } from "../../src/base/address.ts";
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { at, point } from "../../src/kernel/data/members.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { exitPool, initPool } from "./mempool.ts";

const NEED_BVECS = 1;
const NEED_RESCUER = 2;
const INLINE_VECS = 4;
const HWCACHE_ALIGN = 0x2000;
const CACHE_LINE = 64;
/** BIO_MAX_VECS bvecs, for those that do not fit into the bio. */
const MOST_VECS = 256;

/** Caches of bios by their size (bio_slabs): shared by sets, and counted. */
const cacheKey = (size: number): string => `bio-${size}`;
const usersKey = (size: number): string => `users of bio-${size}`;

const takeCache = (k: Kernel, size: number): Address => {
  const { named } = k.fileSystems;
  const known = named.get(cacheKey(size));
  if (known !== undefined) {
    named.set(usersKey(size), (named.get(usersKey(size)) ?? 0) + 1);
    return known;
  }
  const made = k.heap.cacheCreate({
    name: cacheKey(size),
    size,
    align: 128,
    flags: HWCACHE_ALIGN,
    ctor: 0,
    userOffset: 0,
    userSize: 0,
  });
  if (!("cache" in made)) throw new Errno(ENOMEM);
  named.set(cacheKey(size), made.cache);
  named.set(usersKey(size), 1);
  return made.cache;
};
const dropCache = (k: Kernel, size: number): void => {
  const { named } = k.fileSystems;
  const users = (named.get(usersKey(size)) ?? 1) - 1;
  if (users > 0) return void named.set(usersKey(size), users);
  const cache = named.get(cacheKey(size));
  named.delete(cacheKey(size));
  named.delete(usersKey(size));
  if (cache !== undefined) k.heap.cacheDestroy(cache);
};

/** bs_bio_slab_size() */
const sizeOf = (k: Kernel, bs: Address): number => {
  const { front_pad, back_pad } = k.struct("bio_set", bs);
  const size = front_pad + k.sizeOf("bio") + back_pad;
  return Math.ceil(size / CACHE_LINE) * CACHE_LINE;
};
const slabFunctions = (k: Kernel): { readonly alloc: Address; readonly free: Address } => ({
  alloc: k.profile.symbol("mempool_alloc_slab")?.address ?? 0,
  free: k.profile.symbol("mempool_free_slab")?.address ?? 0,
});

export const biosetInit = stub(
  "int bioset_init(struct bio_set *bs, unsigned int pool_size, unsigned int front_pad, int flags)",
  {
    fails: ["ENOMEM"],
    sleeps: true,
    acquires: { bioset: "bs" },
    level: { partial: "no thread rescues those that wait for bios" },
  },
  function* (k, { bs, pool_size, front_pad, flags }) {
    const view = k.struct("bio_set", bs);
    view.front_pad = front_pad;
    view.back_pad = (flags & NEED_BVECS) === 0 ? 0 : INLINE_VECS * k.sizeOf("bio_vec");
    k.memory.fill(at(k, "bio_set", bs, "rescue_list"), 0, 16);
    const cache = takeCache(k, sizeOf(k, bs));
    point(k, "bio_set", bs, "bio_slab", cache);
    const pool = { ...slabFunctions(k), min: pool_size };
    yield* initPool(k, at(k, "bio_set", bs, "bio_pool"), { ...pool, data: cache });
    if ((flags & NEED_BVECS) !== 0) {
      const vecs = takeCache(k, MOST_VECS * k.sizeOf("bio_vec"));
      yield* initPool(k, at(k, "bio_set", bs, "bvec_pool"), { ...pool, data: vecs });
    }
    if ((flags & NEED_RESCUER) !== 0) point(k, "bio_set", bs, "rescue_workqueue", 0);
    return 0;
  },
);
export const biosetExit = stub(
  "void bioset_exit(struct bio_set *bs)",
  { sleeps: true, releases: { bioset: "bs" } },
  function* (k, { bs }) {
    const view = k.struct("bio_set", bs);
    yield* exitPool(k, at(k, "bio_set", bs, "bio_pool"));
    const bvecs = at(k, "bio_set", bs, "bvec_pool");
    const hasVecs = k.memory.pointer(at(k, "mempool_s", bvecs, "elements")) !== 0;
    yield* exitPool(k, bvecs);
    if (hasVecs) dropCache(k, MOST_VECS * k.sizeOf("bio_vec"));
    if (view.bio_slab !== 0) dropCache(k, sizeOf(k, bs));
    point(k, "bio_set", bs, "bio_slab", 0);
  },
);
