/** Every stub, called with arguments that no sound module passes: it returns, or the guest dies of it; kobox never. */
import { expect, it } from "vitest";
import { hostileRounds } from "../support/hostile-calls.ts";

/** The long suite goes on where these end. */
const ROUNDS = 1;

it(`${ROUNDS} hostile calls of each stub`, { timeout: 120_000 }, () => {
  const { broken, ends, stubs } = hostileRounds(0, ROUNDS);
  expect(broken).toEqual([]);
  expect(stubs).toBeGreaterThan(1000);
  expect(ends.get("returned")).toBeGreaterThan((stubs * ROUNDS) / 4);
  expect(ends.get("killed")).toBeGreaterThan((stubs * ROUNDS) / 4);
});
