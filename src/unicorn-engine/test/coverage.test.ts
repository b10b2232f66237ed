import { expect, it } from "vitest";
import { STOP } from "../index.ts";
import { TEXT, createBench, mapCode, start } from "./support.ts";

// test rax, rax; jz 1f; mov ebx, 1; hlt; 1: dec ecx; jnz 1b; hlt
const CODE = [0x48, 0x85, 0xc0, 0x74, 0x06, 0xbb, 1, 0, 0, 0, 0xf4, 0xff, 0xc9, 0x75, 0xfc, 0xf4];
const at = (offset: number): number => Number(BigInt.asIntN(64, TEXT)) + offset;

it("lists blocks and counts new edges, natively", () => {
  const bench = createBench(1 << 20);
  const { engine } = bench;
  const { coverage } = engine;
  mapCode(bench, TEXT, CODE);
  expect(start(engine, TEXT, { RCX: 3n })).toBe(STOP.HLT);
  expect(coverage.newEdges()).toBe(0);
  expect(coverage.blocks()).toHaveLength(0);

  coverage.start();
  start(engine, TEXT, { RCX: 300n });
  expect([...coverage.blocks()]).toEqual([at(0), at(11), at(15)]);
  expect(coverage.newEdges()).toBe(4);
  expect(coverage.map.filter((hits) => hits > 0)).toHaveLength(4);
  expect(Math.max(...coverage.map)).toBe(255);
  start(engine, TEXT, { RCX: 300n });
  const again = coverage.newEdges();
  expect(again).toBeLessThanOrEqual(1);
  start(engine, TEXT, { RAX: 1n });
  expect(coverage.newEdges()).toBeGreaterThan(0);
  expect([...coverage.blocks()]).toEqual([at(0), at(11), at(15), at(5)]);

  coverage.reset();
  expect([coverage.newEdges(), coverage.blocks().length, Math.max(...coverage.map)]).toEqual([0, 0, 0]);
  start(engine, TEXT, { RAX: 1n });
  expect([...coverage.blocks()]).toEqual([at(0), at(5)]);
  coverage.stop();
  start(engine, TEXT, { RCX: 3n });
  expect(coverage.blocks()).toHaveLength(2);
  engine.close();
});

it("counts and stops as without coverage", () => {
  const bench = createBench(1 << 20);
  const { engine } = bench;
  mapCode(bench, TEXT, CODE);
  const count = (): (number | undefined)[] => {
    engine.counters.fill(0, 0, 2);
    engine.counters[2] = 5001;
    const why = start(engine, TEXT, { RCX: 100_000n });
    return [why, engine.counters[0], engine.counters[1], Number(engine.registers[1])];
  };
  const plain = count();
  engine.coverage.start();
  expect(count()).toEqual(plain);
  expect(plain[0]).toBe(STOP.BUDGET);
  engine.close();
});

it("lists many blocks once each", () => {
  const bench = createBench(1 << 22);
  const { engine } = bench;
  const pages = 40;
  // Each page is a run of jumps to the next two bytes.
  for (let page = 0; page < pages; page += 1) {
    mapCode(
      bench,
      TEXT + BigInt(page * 4096),
      Array.from({ length: 4096 }, (_, index) => (index % 2 === 0 ? 0xeb : 0)),
    );
  }
  mapCode(bench, TEXT + BigInt(pages * 4096), [0xf4]);
  engine.coverage.start();
  expect(start(engine, TEXT)).toBe(STOP.HLT);
  expect(start(engine, TEXT)).toBe(STOP.HLT);
  const blocks = engine.coverage.blocks();
  expect(blocks).toHaveLength(pages * 2048 + 1);
  expect(new Set(blocks).size).toBe(blocks.length);
  engine.close();
});
