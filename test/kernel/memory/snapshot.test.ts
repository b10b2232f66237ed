import { expect, test } from "vitest";
import { GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import { nextRandom } from "../../../src/kernel/memory/freelist.ts";
import { createTestMemory } from "../../support/kernel-memory.ts";

type Memory = ReturnType<typeof createTestMemory>;

/** A few hundred allocations and frees of all kinds; answers with every address seen. */
const churn = ({ heap, pages, vmalloc, percpu, io, host }: Memory, seed: number): number[] => {
  const seen: number[] = [];
  const held: (() => void)[] = [];
  let random = seed;
  const keep = (address: number, drop: () => void): void => {
    seen.push(address);
    if (address > 0x10 || address < 0) held.push(drop);
    if (address < 0) host.memory.setU8(address, random & 0xff);
  };
  for (let step = 0; step < 400; step += 1) {
    random = nextRandom(random);
    const size = (random >>> 8) % 9000;
    const kinds = [
      () => ((a) => keep(a, () => heap.kfree(a)))(heap.kmalloc(size, GFP_KERNEL)),
      () => ((a) => keep(a, () => pages.freeAddress(a, 1)))(pages.getFreePages(1, GFP_KERNEL)),
      () => ((a) => keep(a, () => vmalloc.free(a)))(vmalloc.alloc(size + 1)),
      () => ((a) => keep(a, () => percpu.free(a)))(percpu.alloc((size % 512) + 4, 8, GFP_KERNEL)),
      () => ((a) => keep(a, () => io.unmap(a)))(io.map(0xfe000000 + (random & 0xff000), 4096)),
      () => {
        const name = `c${step}`;
        const request = {
          name,
          size: (size % 500) + 8,
          align: 0,
          flags: 0x80000,
          ctor: 0,
          userOffset: 0,
          userSize: 0,
        };
        const made = heap.cacheCreate(request);
        if ("cache" in made) keep(made.cache, () => heap.cacheDestroy(made.cache));
      },
      () => held.splice(random % (held.length + 1), 1)[0]?.(),
      () => held.pop()?.(),
    ];
    kinds[random % kinds.length]?.();
  }
  return seen;
};

test("all state goes back with RAM and journal: the same calls give the same addresses", () => {
  const memory = createTestMemory({ megabytes: 32 });
  churn(memory, 17);
  const mark = memory.journal.mark();
  const back = memory.host.snapshot();
  const free = memory.pages.figures().free;
  const first = churn(memory, 99);
  for (let round = 0; round < 3; round += 1) {
    back();
    memory.journal.rollback(mark);
    expect(memory.pages.figures().free).toBe(free);
    churn(memory, round + 5);
    back();
    memory.journal.rollback(mark);
    expect(churn(memory, 99)).toEqual(first);
  }
});

test("the same seed is the same run, another seed another order", () => {
  const run = (seed: number): number[] => {
    const { heap } = createTestMemory({ seed });
    return Array.from({ length: 20 }, () => heap.kmalloc(64, GFP_KERNEL));
  };
  expect(run(3)).toEqual(run(3));
  expect(run(3)).not.toEqual(run(4));
});
