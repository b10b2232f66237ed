/** include/linux/mempool.h, as mm/mempool.c does it. */
import type { Address } from "../../src/base/address.ts";
import { toAddress } from "../../src/base/address.ts";
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP, GFP_KERNEL, maySleep } from "../../src/kernel/memory/gfp.ts";
import { block, type Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const sleeps = ({ gfp_mask }: { readonly gfp_mask: number }): boolean => maySleep(gfp_mask);
/** How often a task that waits for an element looks again: a jiffy. */
const RETRY_NS = 4_000_000;

const field = (k: Kernel, pool: Address, name: string): Address => pool + k.offsetOf("mempool_s", name);
const number = (k: Kernel, pool: Address, name: string): number => k.memory.i32(field(k, pool, name));
const pointer = (k: Kernel, pool: Address, name: string): Address => k.memory.pointer(field(k, pool, name));

const addElement = (k: Kernel, pool: Address, element: Address): void => {
  const count = number(k, pool, "curr_nr");
  k.memory.setPointer(pointer(k, pool, "elements") + count * 8, element);
  k.memory.setU32(field(k, pool, "curr_nr"), count + 1);
};

const removeElement = (k: Kernel, pool: Address): Address => {
  const count = number(k, pool, "curr_nr") - 1;
  k.memory.setU32(field(k, pool, "curr_nr"), count);
  return k.memory.pointer(pointer(k, pool, "elements") + count * 8);
};

function* allocate(k: Kernel, pool: Address, gfp: number): Routine<Address> {
  return toAddress(yield* k.call(pointer(k, pool, "alloc"), gfp, pointer(k, pool, "pool_data")));
}

function* release(k: Kernel, pool: Address, element: Address): Routine<void> {
  yield* k.call(pointer(k, pool, "free"), element, pointer(k, pool, "pool_data"));
}

function* exit(k: Kernel, pool: Address): Routine<void> {
  while (number(k, pool, "curr_nr") > 0) yield* release(k, pool, removeElement(k, pool));
  k.heap.kfree(pointer(k, pool, "elements"));
  k.memory.setPointer(field(k, pool, "elements"), 0);
}

interface Setup {
  readonly min: number;
  readonly alloc: Address;
  readonly free: Address;
  readonly data: Address;
  readonly gfp: number;
}

/** mempool_init() for pools of the kernel's own. Errno ENOMEM. */
export function* initPool(k: Kernel, pool: Address, wanted: Omit<Setup, "gfp">): Routine<void> {
  yield* init(k, pool, { ...wanted, gfp: GFP_KERNEL });
}
/** mempool_exit() */
export const exitPool = exit;

interface Functions {
  readonly min_nr: number;
  readonly alloc_fn: Address;
  readonly free_fn: Address;
  readonly pool_data: Address;
}
const setup = ({ min_nr, alloc_fn, free_fn, pool_data }: Functions, gfp: number): Setup => ({
  min: min_nr,
  alloc: alloc_fn,
  free: free_fn,
  data: pool_data,
  gfp,
});

function* init(k: Kernel, pool: Address, { min, alloc, free, data, gfp }: Setup): Routine<number> {
  const wait = field(k, pool, "wait") + k.offsetOf("wait_queue_head", "head");
  k.memory.setU32(field(k, pool, "lock"), 0);
  k.memory.setU32(field(k, pool, "min_nr"), min);
  k.memory.setU32(field(k, pool, "curr_nr"), 0);
  k.memory.setPointer(field(k, pool, "pool_data"), data);
  k.memory.setPointer(field(k, pool, "alloc"), alloc);
  k.memory.setPointer(field(k, pool, "free"), free);
  k.memory.setU32(field(k, pool, "wait"), 0);
  k.memory.setPointer(wait, wait);
  k.memory.setPointer(wait + 8, wait);
  const elements = k.heap.kmalloc(Math.max(min, 0) * 8, gfp);
  k.memory.setPointer(field(k, pool, "elements"), elements);
  if (elements === 0) throw new Errno(ENOMEM);
  while (number(k, pool, "curr_nr") < min) {
    const element = yield* allocate(k, pool, gfp);
    if (element === 0) {
      yield* exit(k, pool);
      throw new Errno(ENOMEM);
    }
    addElement(k, pool, element);
  }
  return 0;
}

function* create(k: Kernel, wanted: Setup): Routine<Address> {
  const pool = k.heap.kmalloc(k.sizeOf("mempool_s"), wanted.gfp);
  if (pool === 0) return 0;
  try {
    yield* init(k, pool, wanted);
    return pool;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    k.heap.kfree(pool);
    return 0;
  }
}

export const mempoolInit = stub(
  `int mempool_init(mempool_t *pool, int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
    void *pool_data)`,
  { fails: ["ENOMEM"], sleeps: true, acquires: { mempool: "pool" } },
  function* (k, args) {
    return yield* init(k, args.pool, setup(args, GFP_KERNEL));
  },
);

export const mempoolInitNode = stub(
  `int mempool_init_node(mempool_t *pool, int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
    void *pool_data, gfp_t gfp_mask, int node_id)`,
  { fails: ["ENOMEM"], sleeps, acquires: { mempool: "pool" } },
  function* (k, args) {
    return yield* init(k, args.pool, setup(args, args.gfp_mask));
  },
);

export const mempoolCreate = stub(
  "mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn, void *pool_data)",
  { fails: ["NULL"], sleeps: true, acquires: { mempool: "return" } },
  function* (k, args) {
    return yield* create(k, setup(args, GFP_KERNEL));
  },
);

export const mempoolCreateNode = stub(
  `mempool_t *mempool_create_node(int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
    void *pool_data, gfp_t gfp_mask, int node_id)`,
  { fails: ["NULL"], sleeps, acquires: { mempool: "return" } },
  function* (k, args) {
    return yield* create(k, setup(args, args.gfp_mask));
  },
);

export const mempoolExit = stub(
  "void mempool_exit(mempool_t *pool)",
  { releases: { mempool: "pool" } },
  function* (k, { pool }) {
    yield* exit(k, pool);
  },
);

export const mempoolDestroy = stub(
  "void mempool_destroy(mempool_t *pool)",
  { releases: { mempool: "pool" } },
  function* (k, { pool }) {
    if (pool === 0) return;
    yield* exit(k, pool);
    k.heap.kfree(pool);
  },
);

export const mempoolResize = stub(
  "int mempool_resize(mempool_t *pool, int new_min_nr)",
  { fails: ["ENOMEM"], sleeps: true },
  function* (k, { pool, new_min_nr }) {
    if (new_min_nr <= number(k, pool, "min_nr")) {
      while (new_min_nr < number(k, pool, "curr_nr")) yield* release(k, pool, removeElement(k, pool));
      k.memory.setU32(field(k, pool, "min_nr"), new_min_nr);
      return 0;
    }
    const elements = k.heap.kmalloc(new_min_nr * 8, GFP_KERNEL);
    if (elements === 0) throw new Errno(ENOMEM);
    const old = pointer(k, pool, "elements");
    k.memory.write(elements, k.memory.bytes(old, number(k, pool, "curr_nr") * 8));
    k.heap.kfree(old);
    k.memory.setPointer(field(k, pool, "elements"), elements);
    k.memory.setU32(field(k, pool, "min_nr"), new_min_nr);
    while (number(k, pool, "curr_nr") < new_min_nr) {
      const element = yield* allocate(k, pool, GFP_KERNEL);
      if (element === 0) break;
      addElement(k, pool, element);
    }
    return 0;
  },
);

export const mempoolAlloc = stub(
  "void *mempool_alloc(mempool_t *pool, gfp_t gfp_mask)",
  // Only where it may not wait.
  { fails: ["NULL"], sleeps, acquires: { mempool_element: "return" } },
  function* (k, { pool, gfp_mask }) {
    const wanted = gfp_mask | GFP.NOMEMALLOC | GFP.NORETRY | GFP.NOWARN;
    let gfp = wanted & ~(GFP.DIRECT_RECLAIM | GFP.IO);
    for (;;) {
      const element = yield* allocate(k, pool, gfp);
      if (element !== 0) return element;
      if (number(k, pool, "curr_nr") > 0) return removeElement(k, pool);
      if (gfp !== wanted) {
        gfp = wanted;
        continue;
      }
      if (!maySleep(gfp_mask)) return 0;
      yield block("an element of a mempool", { deadline: k.clock.now() + RETRY_NS });
    }
  },
);

export const mempoolFree = stub(
  "void mempool_free(void *element, mempool_t *pool)",
  { releases: { mempool_element: "element" } },
  function* (k, { element, pool }) {
    if (element === 0) return;
    if (number(k, pool, "curr_nr") < number(k, pool, "min_nr")) addElement(k, pool, element);
    else yield* release(k, pool, element);
  },
);

export const mempoolAllocSlab = stub(
  "void *mempool_alloc_slab(gfp_t gfp_mask, void *pool_data)",
  { sleeps, fails: ["NULL"] },
  function* (k, { gfp_mask, pool_data }) {
    return yield* k.heap.cacheAllocConstructed(pool_data, gfp_mask);
  },
);

export const mempoolFreeSlab = stub(
  "void mempool_free_slab(void *element, void *pool_data)",
  (k, { element, pool_data }) => k.heap.cacheFree(pool_data, element),
);

export const mempoolKmalloc = stub(
  "void *mempool_kmalloc(gfp_t gfp_mask, void *pool_data)",
  { sleeps, fails: ["NULL"] },
  (k, { gfp_mask, pool_data }) => k.heap.kmalloc(pool_data, gfp_mask),
);

export const mempoolKfree = stub("void mempool_kfree(void *element, void *pool_data)", (k, { element }) =>
  k.heap.kfree(element),
);

export const mempoolAllocPages = stub(
  "void *mempool_alloc_pages(gfp_t gfp_mask, void *pool_data)",
  { sleeps, fails: ["NULL"] },
  (k, { gfp_mask, pool_data }) => k.pages.allocPages(pool_data, gfp_mask),
);

export const mempoolFreePages = stub(
  "void mempool_free_pages(void *element, void *pool_data)",
  (k, { element, pool_data }) => k.pages.freePages(element, pool_data),
);
