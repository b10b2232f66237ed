import { expect, test } from "vitest";
import { Errno, GuestFault } from "../../../src/base/errors.ts";
import { GFP, GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import { nextRandom } from "../../../src/kernel/memory/freelist.ts";
import { DIRECT_MAP, VMEMMAP } from "../../../src/kernel/memory/layout.ts";
import { createTestMemory } from "../../support/kernel-memory.ts";

/** What a module's bug may end in: an oops, a BUG, an errno. Anything else is kobox's. */
const tolerate = (act: () => unknown): void => {
  try {
    act();
  } catch (error) {
    const ours = error instanceof GuestFault || error instanceof Errno;
    if (!ours && !(error as Error).message.startsWith("BUG ")) throw error;
  }
};

/** Calls in a random order, with right and wrong arguments, while memory the module can reach is scribbled over. */
const attack = (seed: number): number => {
  const { heap, pages, vmalloc, percpu, io, host } = createTestMemory({ megabytes: 16, seed });
  const known: number[] = [0, 0x10, -1, 0x1000, VMEMMAP, DIRECT_MAP, -0x3fe0_0000, -0x7e00_0000];
  let random = seed;
  const next = (below: number): number => (random = nextRandom(random)) % below;
  const pick = (): number => (known[next(known.length)] ?? 0) + (next(4) === 0 ? next(4096) : 0);
  const got = (address: number): void => void (known[next(2) === 0 ? next(64) + 8 : known.length] = address);
  const scribble = (): void => {
    const target = next(3) === 0 ? VMEMMAP + next(64 * 4096) : pick();
    host.memory.setU32(target, next(2) === 0 ? next(2 ** 32) : next(64));
  };
  const request = () => ({
    name: "x",
    size: next(9000),
    align: 8,
    flags: next(2) * 0x80000,
    ctor: 0,
    userOffset: 0,
    userSize: next(2) * 8,
  });
  const actions = [
    () => got(heap.kmalloc(next(10_000), GFP_KERNEL | (next(2) === 0 ? GFP.NOWARN : 0))),
    () => heap.kfree(pick()),
    () => heap.ksize(pick()),
    () => got(heap.krealloc(pick(), next(5000), GFP_KERNEL)),
    () => got(pages.allocPages(next(12), next(2) * GFP.COMP)),
    () => got(pages.getFreePages(next(4), GFP_KERNEL)),
    () => pages.freePages(pick(), next(40)),
    () => pages.freeAddress(pick(), next(12)),
    () => pages.split(pick(), next(40)),
    () => pages.putPage(pick()),
    () => pages.freeFolio(pick()),
    () => got(vmalloc.alloc(next(100_000))),
    () => vmalloc.free(pick()),
    () => got(vmalloc.map(pick(), next(8), next(1024), 3n)),
    () => vmalloc.toPage(pick()),
    () => got(percpu.alloc(next(5000), 2 ** next(14), 0)),
    () => percpu.free(pick()),
    () => got(io.map(next(2 ** 32) * 16, next(20_000))),
    () => io.unmap(pick()),
    () => {
      const made = heap.cacheCreate(request());
      if ("cache" in made) got(made.cache);
    },
    () => got(heap.cacheAlloc(pick(), GFP_KERNEL)),
    () => heap.cacheFree(pick(), pick()),
    () => heap.cacheDestroy(pick()),
    () => heap.cacheShrink(pick()),
    () => heap.objectAt(pick()),
    scribble,
    scribble,
    scribble,
  ];
  for (let step = 0; step < 3000; step += 1) tolerate(actions[next(actions.length)] ?? scribble);
  return [...heap.live()].length;
};

test("nothing a module does to its memory brings the host down", () => {
  for (let seed = 1; seed <= 6; seed += 1) expect(attack(seed * 7919)).toBeGreaterThanOrEqual(0);
}, 60_000);
