import { expect, it } from "vitest";
import { createJournal } from "../../src/kernel/journal.ts";

it("puts records and arrays back as they were", () => {
  const journal = createJournal();
  const record: { a: number; b?: number } = { a: 1 };
  const list = [1, 2, 3];
  const mark = journal.mark();
  journal.touch(record).a = 2;
  record.b = 3;
  journal.touch(list).push(4);
  list.shift();
  journal.rollback(mark);
  expect(record).toEqual({ a: 1 });
  expect(list).toEqual([1, 2, 3]);
});

it("puts maps back, the order of their keys too", () => {
  const journal = createJournal();
  const map = journal.map<string, number>();
  for (const [index, key] of ["a", "b", "c"].entries()) map.set(key, index);
  const before = [...map.entries()];
  const mark = journal.mark();
  for (let round = 0; round < 3; round += 1) {
    map.set("d", 9);
    map.set("b", 8);
    map.delete("a");
    map.set("a", 7);
    map.delete("c");
    journal.rollback(mark);
    expect([...map.entries()]).toEqual(before);
  }
});

it("goes back to each of several marks", () => {
  const journal = createJournal();
  const set = journal.set<number>();
  const outer = journal.mark();
  set.add(1);
  set.add(2);
  set.delete(1);
  const inner = journal.mark();
  set.add(1);
  set.delete(2);
  journal.rollback(inner);
  expect([...set.values()]).toEqual([2]);
  set.delete(2);
  journal.rollback(outer);
  expect(set.size).toBe(0);
});

it("costs little where nothing is recorded", () => {
  const map = createJournal().map<number, number>();
  for (let key = 0; key < 100_000; key += 1) map.set(key, key);
  const start = performance.now();
  for (let key = 0; key < 100_000; key += 1) map.delete(key);
  expect(map.size).toBe(0);
  expect(performance.now() - start).toBeLessThan(2000);
});
