/**
 * The mergeable caches of a freshly booted kernel (the ":0000064" of /sys/kernel/slab): a module's
 * cache of the same object distance and class becomes an alias of one of them (mm/slab_common.c,
 * find_mergeable), and then outlives kmem_cache_destroy. Key: class and distance; value: object size.
 */
const PLAIN: readonly (readonly [distance: number, objectSize: number])[] = [
  [24, 24],
  [32, 32],
  [48, 48],
  [56, 56],
  [64, 64],
  [72, 72],
  [80, 80],
  [88, 88],
  [96, 96],
  [112, 112],
  [128, 128],
  [184, 184],
  [192, 176],
  [200, 200],
  [216, 216],
  [256, 256],
  [272, 272],
  [320, 304],
  [416, 416],
  [512, 512],
  [576, 576],
  [640, 640],
  [768, 736],
  [968, 968],
  [1024, 1024],
  [1088, 1056],
  [1232, 1232],
  [1360, 1360],
  [2048, 2048],
  [2112, 2080],
  [4096, 4096],
];
const ACCOUNTED: typeof PLAIN = [
  [16, 16],
  [32, 32],
  [40, 40],
  [48, 48],
  [56, 56],
  [64, 64],
  [72, 72],
  [80, 80],
  [120, 120],
  [128, 128],
  [136, 136],
  [152, 152],
  [192, 184],
  [256, 256],
  [320, 320],
  [624, 624],
  [704, 704],
  [1024, 1024],
  [1152, 1152],
  [1216, 1200],
  [1344, 1344],
  [4480, 4480],
];
const RECLAIMABLE: typeof PLAIN = [
  [104, 104],
  [128, 128],
  [256, 208],
];

const SLAB_RECLAIM_ACCOUNT = 0x20000;
const SLAB_ACCOUNT = 0x4000000;

/** Object size of the boot cache that a cache with this distance and these SLAB_MERGE_SAME flags joins, or undefined. */
export const bootCacheSize = (distance: number, mergeFlags: number): number | undefined => {
  const table =
    mergeFlags === 0
      ? PLAIN
      : mergeFlags === SLAB_ACCOUNT
        ? ACCOUNTED
        : mergeFlags === SLAB_RECLAIM_ACCOUNT
          ? RECLAIMABLE
          : [];
  return table.find(([size]) => size === distance)?.[1];
};
