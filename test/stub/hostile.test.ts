/** Every stub, called with arguments that no sound module passes: it returns, or the guest dies of it; kobox never. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type HostileBench, createHostileBench } from "../support/hostile-calls.ts";

/** Rounds of the short suite; KOBOX_HOSTILE makes them more. */
const ROUNDS = Number(process.env["KOBOX_HOSTILE"] ?? 1);
const MIB = 1024 * 1024;

const made: { bench: HostileBench | undefined } = { bench: undefined };
beforeAll(() => {
  made.bench = createHostileBench();
});
afterAll(() => made.bench?.close());

it(`${ROUNDS} hostile calls of each stub`, { timeout: 1_200_000 }, () => {
  const bench = made.bench as HostileBench;
  const broken: string[] = [];
  const ends = new Map<string, number>();
  for (const [index, name] of bench.names.entries()) {
    for (let round = 0; round < ROUNDS; round += 1) {
      try {
        const { end, milliseconds } = bench.call(name, index * 1000 + round);
        ends.set(end, (ends.get(end) ?? 0) + 1);
        if (milliseconds > 30_000) broken.push(`${name}, round ${round}: ${milliseconds} ms`);
      } catch (error) {
        broken.push((error as Error).message);
      }
    }
  }
  expect(broken).toEqual([]);
  expect(bench.names.length).toBeGreaterThan(1000);
  expect(ends.get("returned")).toBeGreaterThan(bench.names.length / 4);
  expect(ends.get("killed")).toBeGreaterThan(bench.names.length / 4);
  expect(process.memoryUsage().rss).toBeLessThan(1500 * MIB);
});
