import { expect, it } from "vitest";
import * as intervals from "../../../kernel-stubs/linux/interval_tree.ts";
import { createStubHarness } from "../../support/stub-harness.ts";

let seed = 7;
const random = (limit: number): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
};

it("finds the intervals that meet another, in order of their starts, while some come and go", () => {
  const { k, room, call } = createStubHarness();
  const root = room(16);
  const inside = new Map<number, readonly [start: number, last: number]>();
  for (let round = 0; round < 600; round++) {
    const known = [...inside.keys()];
    const victim = known[random(known.length)];
    if (victim !== undefined && random(5) < 2) {
      call(intervals.intervalTreeRemove, victim, root);
      inside.delete(victim);
    } else {
      const node = room(48);
      const start = random(1000);
      const last = start + random(60);
      Object.assign(k.struct("interval_tree_node", node), { start: BigInt(start), last: BigInt(last) });
      call(intervals.intervalTreeInsert, node, root);
      inside.set(node, [start, last]);
    }
    const from = random(1000);
    const to = from + random(100);
    const found: number[] = [];
    let node = call(intervals.intervalTreeIterFirst, root, from, to);
    for (; node !== 0; node = call(intervals.intervalTreeIterNext, node, from, to)) found.push(node);
    const expected = [...inside].filter(([, [start, last]]) => start <= to && from <= last);
    const starts = found.map((each) => inside.get(each)?.[0]);
    expect([...found].sort()).toEqual(expected.map(([each]) => each).sort());
    expect(starts).toEqual([...starts].sort((a = 0, b = 0) => a - b));
  }
});
