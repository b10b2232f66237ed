import { expect, it } from "vitest";
import { createJournal } from "../../src/kernel/journal.ts";
import { createTimeline } from "../../src/kernel/timeline.ts";
import { seededRandom } from "../support/mutator.ts";

it("gives entries by time, those of one moment in the order they came, never too early", () => {
  const timeline = createTimeline(createJournal());
  for (const [key, time] of [30, 10, 20, 10].entries()) timeline.schedule(time, "k", key);
  expect(timeline.next()).toBe(10);
  expect(timeline.takeDue(9)).toBe(undefined);
  expect([1, 2, 3, 4].map(() => timeline.takeDue(30)?.key)).toEqual([1, 3, 2, 0]);
  expect(timeline.next()).toBe(undefined);
});

it("keeps 10,000 entries in order, without the cancelled ones, and goes back", () => {
  const journal = createJournal();
  const timeline = createTimeline(journal);
  const random = seededRandom(5);
  const entries = Array.from({ length: 10_000 }, (_, key) => timeline.schedule(random(1000), "k", key));
  const mark = journal.mark();
  const drain = (): number[] => {
    const keys: number[] = [];
    for (let due = timeline.takeDue(1000); due !== undefined; due = timeline.takeDue(1000))
      keys.push(due.key);
    return keys;
  };
  const all = drain();
  journal.rollback(mark);
  for (const entry of entries) if (entry.key % 3 === 0) timeline.cancel(entry);
  expect(drain()).toEqual(all.filter((key) => key % 3 !== 0));
  const sorted = entries.toSorted((a, b) => a.time - b.time || a.order - b.order);
  expect(all).toEqual(sorted.map(({ key }) => key));
});
