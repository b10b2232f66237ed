import type { Site } from "./host.ts";

/** Where the allocators of Debian's 6.1.0-56-amd64 complain, as its oopses show it. */
export const SITES = {
  /** BUG_ON(object == fp): the object is already first on the freelist. */
  doubleFree: {
    source: "mm/slub.c:419",
    at: "__kmem_cache_free+0x284/0x2a0",
    code: "5e e9 c0 e9 ff ff 49 8b 46 08 3e 48 83 28 01 0f 85 b2 fe ff ff 49 8b 46 08 4c 89 f7 48 8b 40 08 e8 81 30 ad 00 e9 9d fe ff ff <0f> 0b 48 8b 15 03 bb 6e 01 e9 a0 fd ff ff 66 66 2e 0f 1f 84 00 00",
    callers: {},
  },
  /** An order of 11 or more. */
  allocPagesOrder: {
    source: "mm/page_alloc.c:5634",
    at: "__alloc_pages+0x2a9/0x330",
    code: "00 00 00 48 89 44 24 08 e9 5f fe ff ff 83 fd 0a 0f 86 d3 fd ff ff 80 3d 3a da 90 01 00 0f 85 5b fe ff ff c6 05 2d da 90 01 01 <0f> 0b e9 4d fe ff ff f7 c2 00 00 08 00 75 55 89 d8 24 7f f7 c2 00",
    callers: { kmalloc_large: ["__kmalloc_large_node+0x6e/0xe0", "kmalloc_large+0x19/0xa0"] },
  },
  /** kfree of something that is neither a slab object nor a compound page. */
  freeLarge: {
    source: "mm/slab_common.c:904",
    at: "free_large_kmalloc+0x3c/0x70",
    code: "74 28 0f b6 6f 51 85 ed 74 20 be 00 10 00 00 89 e9 48 d3 e6 f7 de 48 89 df e8 00 f7 ff ff 89 ee 48 89 df 5b 5d e9 04 d2 03 00 <0f> 0b 80 3d cd df 94 01 00 74 09 be 00 f0 ff ff 31 ed eb d8 48 c7",
    callers: {},
  },
  /** kmem_cache_destroy of a cache in use. */
  cacheDestroy: {
    source: "mm/slab_common.c:493",
    at: "kmem_cache_destroy+0x141/0x150",
    code: "00 eb c6 5b 5d 41 5c 41 5d c3 cc cc cc cc 48 8b 53 60 48 8b 4c 24 20 48 c7 c6 40 b6 03 82 48 c7 c7 80 43 37 82 e8 af 92 de ff <0f> 0b e9 ea fe ff ff c3 cc cc cc cc 0f 1f 00 55 48 89 e5 41 57 49",
    callers: {},
  },
  /** vfree of an address that is not page aligned. */
  vfreeAddress: {
    source: "mm/vmalloc.c:2752",
    at: "__vunmap+0x31a/0x340",
    code: "ff e8 3a 2c 76 00 31 d2 31 f6 48 c7 c7 ff ff ff ff e8 7a cc ff ff e9 5f ff ff ff 48 89 fe 48 c7 c7 c8 57 37 82 e8 d6 16 db ff <0f> 0b 5b 5d 41 5c 41 5d 41 5e c3 cc cc cc cc c3 cc cc cc cc 48 83",
    callers: {},
  },
  /** vmalloc of no bytes. */
  vmallocZero: {
    source: "mm/vmalloc.c:3227",
    at: "__vmalloc_node_range+0x806/0x880",
    code: "48 89 da e8 9c 94 24 00 84 c0 0f 84 cc fa ff ff 48 8b 35 f5 b8 94 01 48 8d 53 08 bf 00 20 00 00 e8 4f 3d dd ff e9 b2 fa ff ff <0f> 0b 31 c0 e9 24 fd ff ff f6 80 39 0c 00 00 01 0f 84 e1 fd ff ff",
    callers: { "*": ["__vmalloc_node+0x4a/0x60"] },
  },
} as const satisfies Record<string, Site>;
