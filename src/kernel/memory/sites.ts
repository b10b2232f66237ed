import type { Callers, Site } from "./host.ts";

/** Where the allocators of Debian's 6.1.0-56-amd64 complain, as its oopses show it. */
export const SITES = {
  /** BUG_ON(object == fp): the object is already first on the freelist. */
  doubleFree: {
    source: "mm/slub.c:419",
    at: "__kmem_cache_free+0x284/0x2a0",
    code: "5e e9 c0 e9 ff ff 49 8b 46 08 3e 48 83 28 01 0f 85 b2 fe ff ff 49 8b 46 08 4c 89 f7 48 8b 40 08 e8 81 30 ad 00 e9 9d fe ff ff <0f> 0b 48 8b 15 03 bb 6e 01 e9 a0 fd ff ff 66 66 2e 0f 1f 84 00 00",
    callers: {},
  },
  /** The same, in kmem_cache_free. */
  doubleFreeCache: {
    source: "mm/slub.c:419",
    at: "kmem_cache_free+0x2f7/0x310",
    code: "40 ad 00 e9 61 fe ff ff 4d 89 e9 48 89 d9 48 89 da 4c 89 e6 5b 48 89 ef 41 b8 01 00 00 00 5d 41 5c 41 5d 41 5e e9 19 f9 ff ff <0f> 0b 48 8b 15 80 ca 6e 01 e9 42 fd ff ff 66 66 2e 0f 1f 84 00 00",
    callers: {},
  },
  wrongCache: {
    source: "mm/slab.h:665",
    at: "cache_from_obj+0xa1/0x120",
    code: "2d 9d 8d 01 00 74 48 31 c0 eb da 48 8b 57 60 48 8b 48 60 48 c7 c6 10 e0 03 82 48 89 04 24 48 c7 c7 60 93 37 82 e8 2f 48 d7 ff <0f> 0b 48 8b 3c 24 48 89 de e8 a1 c8 ff ff 48 8b 04 24 48 83 c4 08",
    callers: { "*": ["kmem_cache_free+0x15/0x310"] },
  },
  notSlab: {
    source: "mm/slab.h:630",
    at: "cache_from_obj+0xe0/0x120",
    code: "08 5b c3 cc cc cc cc 48 8d 42 ff e9 7b ff ff ff 48 c7 c6 00 e0 03 82 48 c7 c7 40 93 37 82 c6 05 ce 9c 8d 01 01 e8 f0 47 d7 ff <0f> 0b 31 c0 e9 73 ff ff ff f7 c2 00 00 01 00 0f 84 4c ff ff ff 48",
    callers: { "*": ["kmem_cache_free+0x15/0x310"] },
  },
  /** A region for copies to user space that is not inside the object. */
  cacheUsercopy: {
    source: "mm/slab_common.c:321",
    at: "kmem_cache_create_usercopy+0x72/0x2e0",
    code: "f7 c5 ff 12 40 eb 0f 85 82 01 00 00 89 e8 25 00 ed af 14 89 44 24 0c 45 85 ed 75 09 45 85 f6 0f 85 c0 01 00 00 44 39 eb 73 07 <0f> 0b 45 31 f6 eb 0f 89 d8 44 29 e8 44 39 f0 72 ef 45 85 ed 75 44",
    callers: {},
  },
  /** An order of 11 or more. */
  allocPagesOrder: {
    source: "mm/page_alloc.c:5634",
    at: "__alloc_pages+0x2a9/0x330",
    code: "00 00 00 48 89 44 24 08 e9 5f fe ff ff 83 fd 0a 0f 86 d3 fd ff ff 80 3d 3a da 90 01 00 0f 85 5b fe ff ff c6 05 2d da 90 01 01 <0f> 0b e9 4d fe ff ff f7 c2 00 00 08 00 75 55 89 d8 24 7f f7 c2 00",
    callers: {
      kmalloc_large: ["__kmalloc_large_node+0x6e/0xe0", "kmalloc_large+0x19/0xa0"],
      __kmalloc: ["__kmalloc_large_node+0x6e/0xe0", "__kmalloc+0xbf/0x150"],
      krealloc: [
        "__kmalloc_large_node+0x6e/0xe0",
        "__kmalloc_node_track_caller+0xbd/0x150",
        "krealloc+0x49/0xe0",
      ],
      __kmalloc_node_track_caller: [
        "__kmalloc_large_node+0x6e/0xe0",
        "__kmalloc_node_track_caller+0xbd/0x150",
      ],
      __get_free_pages: ["__get_free_pages+0xd/0x40"],
      mempool_kmalloc: [
        "__kmalloc_large_node+0x6e/0xe0",
        "__kmalloc+0xbf/0x150",
        "mempool_init_node+0x9a/0xd0",
      ],
      dma_alloc_attrs: ["__dma_direct_alloc_pages.constprop.0+0xa2/0x230", "dma_direct_alloc+0xcb/0x2c0"],
    },
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
  /** vfree or vunmap of an address where no area begins. */
  vfreeNothing: {
    source: "mm/vmalloc.c:2758",
    at: "__vunmap+0x7e/0x340",
    code: "4c 3b 73 f8 72 2b 48 8b 5b 08 48 85 db 75 eb 48 c7 c7 9c 0a fe 83 e8 d1 9f 76 00 4c 89 f6 48 c7 c7 f0 57 37 82 e8 72 19 db ff <0f> 0b e9 97 02 00 00 48 c7 c7 9c 0a fe 83 e8 af 9f 76 00 48 83 fb",
    callers: {},
  },
  /** kvmalloc of more than 2 GB. */
  kvmallocHuge: {
    source: "mm/util.c:596",
    at: "kvmalloc_node+0xc0/0xd0",
    code: "00 00 48 8d 4c 0a ff e8 4e 3a 04 00 48 83 c4 18 5b 5d 41 5c c3 cc cc cc cc 48 b9 00 00 00 00 00 20 00 00 eb c3 80 e7 20 75 e6 <0f> 0b eb e2 66 66 2e 0f 1f 84 00 00 00 00 00 90 0f 1f 44 00 00 53",
    callers: {},
  },
  /** A per-CPU allocation of no bytes, more than 32 KB, or an odd alignment. */
  percpuIllegal: {
    source: "mm/percpu.c:1758",
    at: "pcpu_alloc+0x7e0/0x830",
    code: "ff ff 4c 89 e7 48 89 44 24 38 e8 2b e2 ff ff e9 14 fa ff ff 48 8b 54 24 28 48 8b 74 24 08 48 c7 c7 b0 37 37 82 e8 c0 b9 de ff <0f> 0b e9 ad f8 ff ff 48 c7 c3 88 37 37 82 e9 ab fe ff ff 48 8b 44",
    callers: {},
  },
  /** ioremap of memory that is RAM. */
  ioremapRam: {
    source: "arch/x86/mm/ioremap.c:211",
    at: "__ioremap_caller+0x345/0x360",
    code: "e8 40 cb ff ff 49 09 c7 e9 29 fe ff ff 48 8d 54 24 28 48 8d 74 24 18 48 c7 c7 2d 73 34 82 c6 05 5d e8 b7 01 01 e8 4b 94 01 00 <0f> 0b 31 ed e9 99 fe ff ff e8 ed 00 9c 00 66 66 2e 0f 1f 84 00 00",
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

/** Between warn_alloc and the module when the page allocator has nothing left. */
export const SLOW_PATH: Callers = {
  "*": [
    "warn_alloc+0x151/0x170",
    "__alloc_pages_slowpath.constprop.0+0xd04/0xe70",
    "__alloc_pages+0x305/0x330",
  ],
  __get_free_pages: [
    "warn_alloc+0x151/0x170",
    "__alloc_pages_slowpath.constprop.0+0xd04/0xe70",
    "__alloc_pages+0x305/0x330",
    "__get_free_pages+0xd/0x40",
  ],
};

/** Between warn_alloc and the module when vmalloc is asked for more than there is. */
export const VMALLOC_PATH: Callers = {
  "*": ["warn_alloc+0x151/0x170", "__vmalloc_node_range+0x838/0x880", "__vmalloc_node+0x4a/0x60"],
};

/** Between dump_stack and the module when a slab is asked for with flags it may not have. */
export const FIX_FLAGS_PATH: Callers = {
  "*": ["kmalloc_fix_flags+0x4c/0x6e", "___slab_alloc+0x88f/0x990"],
  kmem_cache_alloc: [
    "kmalloc_fix_flags+0x4c/0x6e",
    "___slab_alloc+0x88f/0x990",
    "kmem_cache_alloc+0x2b8/0x300",
  ],
};

/** The same in kmalloc_large. */
export const FIX_LARGE_PATH: Callers = {
  "*": ["kmalloc_fix_flags+0x4c/0x6e", "__kmalloc_large_node.cold+0xb/0x39"],
  __kmalloc: ["kmalloc_fix_flags+0x4c/0x6e", "__kmalloc_large_node.cold+0xb/0x39", "__kmalloc+0xbf/0x150"],
};

/** Between dump_stack and the system call when a module's per-CPU data does not fit. */
export const RESERVED_PATH: Callers = {
  "*": ["pcpu_alloc.cold+0x20/0x3e", "load_module+0xf48/0x21a0"],
};
