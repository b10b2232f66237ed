/** Every stub, called with arguments that no sound module passes: it returns, or the guest dies of it; kobox never. */
import { expect, it } from "vitest";
import { hostileRounds } from "../support/hostile-calls.ts";

const FIRST = 1;
const ROUNDS = Number(process.env["KOBOX_HOSTILE"] ?? 8);
const MIB = 1024 * 1024;

it(`${ROUNDS} hostile calls of each stub`, () => {
  const { broken, ends, stubs } = hostileRounds(FIRST, FIRST + ROUNDS);
  expect(broken).toEqual([]);
  expect(ends.get("returned")).toBeGreaterThan((stubs * ROUNDS) / 4);
  expect(ends.get("killed")).toBeGreaterThan((stubs * ROUNDS) / 4);
  expect(process.memoryUsage().rss).toBeLessThan(1500 * MIB);
});
