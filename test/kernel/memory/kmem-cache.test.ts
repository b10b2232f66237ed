import { expect, test } from "vitest";
import { GFP, GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import type { NewCache } from "../../../src/kernel/memory/heap.ts";
import type { Routine } from "../../../src/kernel/routine.ts";
import { createTestMemory, testOffsets } from "../../support/kernel-memory.ts";

const CTOR = -0x3fdf_f000;
const request = (name: string, size: number, more: Partial<NewCache> = {}): NewCache => ({
  name,
  size,
  align: 0,
  flags: 0,
  ctor: 0,
  userOffset: 0,
  userSize: 0,
  ...more,
});

type Heap = ReturnType<typeof createTestMemory>["heap"];
const create = (heap: Heap, ...args: Parameters<typeof request>): number => {
  const result = heap.cacheCreate(request(...args));
  return "cache" in result ? result.cache : -result.errno;
};

/** Runs a routine whose guest calls are counted. */
const drive = (routine: Routine<number>, called: (arg: number) => void): number => {
  for (let step = routine.next(0n); ; step = routine.next(0n)) {
    if (step.done === true) return step.value;
    if (step.value.kind === "call") called(Number(step.value.args[0]));
  }
};

test("a constructor runs once on each object of a new slab, and what it made stays", () => {
  const { heap, host } = createTestMemory();
  const cache = create(heap, "t_objs", 100, { ctor: CTOR });
  const built: number[] = [];
  const construct = (object: number): void => {
    built.push(object);
    host.memory.setU8(object, 1);
  };
  const first = drive(heap.cacheAllocConstructed(cache, GFP_KERNEL), construct);
  expect(built.length).toBe(36);
  expect(heap.ksize(first)).toBe(112);
  host.memory.setU8(first, 5);
  heap.cacheFree(cache, first);
  expect(drive(heap.cacheAllocConstructed(cache, GFP_KERNEL | GFP.ZERO), construct)).toBe(first);
  expect([host.memory.u8(first), built.length]).toEqual([5, 36]);
});

test("the guest sees its cache", () => {
  const { heap, host } = createTestMemory();
  const cache = create(heap, "t_seen", 40, { flags: 0x2000, ctor: CTOR });
  const field = (name: string): number => host.memory.u32(cache + testOffsets("kmem_cache", name));
  expect(field("object_size")).toBe(40);
  expect(field("size")).toBe(64);
  expect(host.memory.cstring(host.memory.pointer(cache + testOffsets("kmem_cache", "name")))).toBe("t_seen");
});

test("caches alike are one, and one of the kernel's own is never destroyed", () => {
  const { heap, said } = createTestMemory();
  const a = create(heap, "a", 40);
  expect(create(heap, "b", 36)).toBe(a);
  expect(create(heap, "c", 40, { userSize: 8 })).not.toBe(a);
  heap.cacheDestroy(a);
  heap.cacheDestroy(a);
  expect(heap.caches.byAddress.get(a)).toBeUndefined();
  // ":0000064" exists since boot: its objects may stay.
  const shared = create(heap, "d", 64);
  heap.cacheAlloc(shared, GFP_KERNEL);
  heap.cacheDestroy(shared);
  expect(said).toEqual([]);
});

test("destroying a cache in use is complained about object by object", () => {
  const { heap, said } = createTestMemory();
  const cache = create(heap, "t_leak", 72, { ctor: CTOR });
  drive(heap.cacheAllocConstructed(cache, GFP_KERNEL), () => {});
  heap.cacheDestroy(cache);
  const text = said.join("\n");
  expect(text).toContain("BUG t_leak (Not tainted): Objects remaining in t_leak on __kmem_cache_shutdown()");
  expect(text).toMatch(/objects=51 used=1 .*\(slab\|node=0\|zone=1\|lastcpupid=0x1fffff\)/);
  expect(text.match(/@offset=/g)?.length).toBe(1);
  expect(said.at(-1)).toBe(
    "WARN mm/slab_common.c:493 kmem_cache_destroy t_leak: Slab cache still has objects when called from init_module+0x10/0x20 [m]",
  );
});

test("objects go back to the cache they are from, with the kernel's warning", () => {
  const { heap, said, pages } = createTestMemory();
  const a = create(heap, "a", 100, { flags: 0x80000 });
  const b = create(heap, "b", 100, { flags: 0x80000 });
  heap.cacheFree(b, heap.cacheAlloc(a, GFP_KERNEL));
  heap.cacheFree(b, pages.getFreePages(0, GFP_KERNEL));
  expect(said).toEqual([
    "WARN mm/slab.h:665 cache_from_obj: Wrong slab cache. b but object is from a",
    "WARN mm/slab.h:630 virt_to_cache: Object is not a Slab page!",
  ]);
  heap.cacheDestroy(a);
  expect(said.length).toBe(2);
});

test("requests the kernel refuses", () => {
  const { heap, said } = createTestMemory();
  expect(create(heap, "flags", 100, { flags: 0x80000000 })).toBe(-22);
  expect(create(heap, "large", 64 << 20)).toBe(-22);
  expect(said[0]).toBe("<4>kmem_cache_create_usercopy(flags) failed with error -22\n");
  expect(create(heap, "region", 100, { userOffset: 90, userSize: 20 })).toBeLessThan(-4096);
  expect(said.at(-1)).toBe("WARN mm/slab_common.c:321");
});

test("shrinking gives empty slabs back", () => {
  const { heap, pages } = createTestMemory();
  const cache = create(heap, "t_shrink", 1000, { flags: 0x80000 });
  const objects = Array.from({ length: 40 }, () => heap.cacheAlloc(cache, GFP_KERNEL));
  const busy = pages.figures().free;
  expect(heap.cacheShrink(cache)).toBe(1);
  for (const object of objects) heap.cacheFree(cache, object);
  expect(heap.cacheShrink(cache)).toBe(0);
  expect(pages.figures().free).toBe(busy + 10);
});

test("a cache pointer that is none faults where the kernel would read it", () => {
  const { heap } = createTestMemory();
  expect(() => heap.cacheAlloc(0, GFP_KERNEL)).toThrow("fault at 0x1c");
});
