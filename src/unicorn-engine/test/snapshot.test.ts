import { describe, expect, it } from "vitest";
import { REG, STOP } from "../index.ts";
import {
  type Bench,
  DIRECT,
  NO_EXECUTE,
  PAGE,
  TEXT,
  WRITE,
  createBench,
  createRandom,
  mapCode,
  start,
} from "./support.ts";

const RAM = 4 << 20;
const FRAMES = RAM / PAGE;
/** Reads (address, value) pairs at RSI and stores each value, until an address of 0. */
// prettier-ignore
const STORE_PAIRS = [
  0x48, 0x8b, 0x16, // mov rdx, [rsi]
  0x48, 0x85, 0xd2, // test rdx, rdx
  0x74, 0x0d, // jz end
  0x48, 0x8b, 0x46, 0x08, // mov rax, [rsi + 8]
  0x48, 0x89, 0x02, // mov [rdx], rax
  0x48, 0x83, 0xc6, 0x10, // add rsi, 16
  0xeb, 0xeb, // jmp start
  0xf4, // hlt
];
const ANSWER = TEXT + 0x1000n;
const PAIRS = TEXT + 0x2000n;
/** Unused at the snapshot: remapped by tests. */
const WINDOW = TEXT + 0x100000n;
const FAR_WINDOW = 0xffffc90000000000n;
const answer = (value: number): number[] => [0xb8, value, 0, 0, 0, 0xf4];

interface World {
  readonly bench: Bench;
  readonly pairs: number;
  readonly answerAt: number;
  readonly firstFree: number;
}

const createWorld = (): World => {
  const bench = createBench(RAM);
  mapCode(bench, TEXT, STORE_PAIRS);
  const answerAt = mapCode(bench, ANSWER, answer(42));
  const pairs = bench.frame() * PAGE;
  bench.map(PAIRS, pairs / PAGE, WRITE | NO_EXECUTE);
  bench.entry(WINDOW);
  for (let frame = 0; frame < FRAMES; frame += 1) {
    bench.map(DIRECT + BigInt(frame * PAGE), frame, WRITE | NO_EXECUTE);
  }
  return { bench, pairs, answerAt, firstFree: bench.frame() };
};

/** All of memory; in the tables without the bits that the CPU sets. */
const image = ({ bench }: World, tables: ReadonlySet<number>): Buffer => {
  const copy = Buffer.from(bench.bytes);
  for (const table of tables) {
    for (let at = table * PAGE; at < (table + 1) * PAGE; at += 8) copy[at] = (copy[at] ?? 0) & ~0x60;
  }
  return copy;
};

const store = ({ bench, pairs }: World, list: readonly (readonly [bigint, bigint])[]): number => {
  const values = list.flatMap(([address, value]) => [address, value]);
  bench.entries.set([...values, 0n], pairs / 8);
  bench.engine.hostDirty[pairs / PAGE] = 1;
  return start(bench.engine, TEXT, { RSI: PAIRS });
};

const ask = ({ bench }: World, address: bigint = ANSWER): number => {
  expect(start(bench.engine, address)).toBe(STOP.HLT);
  return Number(bench.engine.registers[REG.RAX]);
};

/** One random thing that a run may do to the machine. */
const disturb = (world: World, random: (limit: number) => number): void => {
  const { bench, firstFree, answerAt } = world;
  const free = (): number => firstFree + 64 + random(FRAMES - firstFree - 64);
  const direct = (frame: number): bigint => DIRECT + BigInt(frame * PAGE + random(511) * 8);
  switch (random(9)) {
    case 0:
    case 1:
    case 2: {
      const list = Array.from(
        { length: 1 + random(20) },
        () => [direct(free()), BigInt(random(1 << 30))] as const,
      );
      expect(store(world, list)).toBe(STOP.HLT);
      return;
    }
    case 3:
      bench.poke(free() * PAGE + random(PAGE - 4), 1, 2, 3, random(256));
      return;
    case 4: {
      const window = (random(2) === 0 ? WINDOW : FAR_WINDOW) + BigInt(random(4) * PAGE);
      bench.map(window, free(), WRITE | NO_EXECUTE);
      bench.engine.flushTlb();
      expect(store(world, [[window + 8n, BigInt(random(1000))]])).toBe(STOP.HLT);
      if (random(2) === 0) bench.unmap(window);
      return;
    }
    case 5: {
      const code = answer(random(100));
      bench.poke(answerAt, ...code);
      bench.engine.invalidateCode(ANSWER, code.length);
      expect(ask(world)).toBe(code[1]);
      return;
    }
    case 6: {
      const frame = free();
      const at = WINDOW + BigInt((8 + random(4)) * PAGE);
      bench.poke(frame * PAGE, ...answer(random(100)));
      bench.map(at, frame, 0n);
      bench.engine.flushTlb();
      bench.engine.invalidateCode(at, PAGE);
      expect(ask(world, at)).toBe(bench.bytes[frame * PAGE + 1]);
      return;
    }
    case 7:
      // The guest patches its own code through the other mapping.
      expect(
        store(world, [[DIRECT + BigInt(answerAt), 0xf4000000_00b8n | (BigInt(random(100)) << 8n)]]),
      ).toBe(STOP.HLT);
      return;
    default: {
      const victim = DIRECT + BigInt(free() * PAGE);
      bench.map(victim, Number(victim - DIRECT) / PAGE, NO_EXECUTE);
      bench.engine.flushTlb();
      expect(store(world, [[victim, 1n]])).toBe(STOP.EXCEPTION);
    }
  }
};

describe("snapshots", () => {
  it.each([1, 2, 3, 4, 5, 6])("puts back all of memory, whatever happened (seed %i)", (seed) => {
    const random = createRandom(seed);
    const world = createWorld();
    const { engine, tables } = world.bench;
    store(world, [[DIRECT + BigInt((world.firstFree + 100) * PAGE), 7n]]);
    expect(ask(world)).toBe(42);
    const before = new Set(tables);
    engine.snapshotTake();
    const reference = image(world, before);
    for (let round = 0; round < 120; round += 1) {
      for (let count = random(6); count > 0; count -= 1) disturb(world, random);
      engine.snapshotRestore();
      expect(image(world, before).equals(reference)).toBe(true);
      if (random(4) === 0) engine.snapshotRestore();
      expect(ask(world)).toBe(42);
    }
    engine.close();
  });

  it("puts back what the guest did to its own tables and control registers", () => {
    const world = createWorld();
    const { bench } = world;
    const { engine, tables } = bench;
    const entryOf = (frame: number): bigint =>
      DIRECT + BigInt(bench.entry(DIRECT + BigInt(frame * PAGE)) * 8);
    const victim = world.firstFree + 80;
    // mov rax, cr0; btr rax, 16; mov cr0, rax; hlt
    mapCode(bench, TEXT + 0x3000n, [0x0f, 0x20, 0xc0, 0x48, 0x0f, 0xba, 0xf0, 16, 0x0f, 0x22, 0xc0, 0xf4]);
    engine.snapshotTake();
    const reference = image(world, tables);
    for (let round = 0; round < 5; round += 1) {
      // Map another frame under the victim's address, without a trace in its own dirty bit, and write there.
      const other = victim + 1 + round;
      store(world, [[entryOf(victim), BigInt(other * PAGE) | 3n | NO_EXECUTE]]);
      engine.flushTlb();
      store(world, [
        [DIRECT + BigInt(victim * PAGE), 99n],
        [entryOf(victim), 0n],
      ]);
      start(engine, TEXT + 0x3000n);
      expect(engine.control().cr0).toBe(0x80000033n);
      engine.snapshotRestore();
      expect(engine.control().cr0).toBe(0x80010033n);
      expect(image(world, tables).equals(reference)).toBe(true);
    }
    engine.close();
  });

  it("notices control registers that let writes through", () => {
    const world = createWorld();
    const { bench } = world;
    const { engine } = bench;
    const victim = DIRECT + BigInt((world.firstFree + 90) * PAGE);
    bench.map(victim, Number(victim - DIRECT) / PAGE, NO_EXECUTE);
    engine.flushTlb();
    mapCode(bench, TEXT + 0x3000n, [0x0f, 0x20, 0xc0, 0x48, 0x0f, 0xba, 0xf0, 16, 0x0f, 0x22, 0xc0, 0xf4]);
    engine.snapshotTake();
    start(engine, TEXT + 0x3000n);
    expect(store(world, [[victim, 1n]])).toBe(STOP.HLT);
    engine.snapshotRestore();
    expect(bench.bytes[(world.firstFree + 90) * PAGE]).toBe(0);
    expect(store(world, [[victim, 1n]])).toBe(STOP.EXCEPTION);
    engine.close();
  });

  it("forgets code of a page that is mapped anew", () => {
    const world = createWorld();
    const { bench } = world;
    const frame = world.firstFree + 95;
    bench.engine.snapshotTake();
    for (const value of [1, 2, 3]) {
      bench.poke(frame * PAGE, ...answer(value));
      bench.map(WINDOW, frame, 0n);
      expect(ask(world, WINDOW)).toBe(value);
      bench.engine.snapshotRestore();
    }
    bench.engine.close();
  });

  it("looks at marks between the frame limits only", () => {
    const world = createWorld();
    const { bench } = world;
    bench.engine.snapshotTake();
    bench.engine.counters[6] = 384;
    bench.engine.counters[5] = 512;
    for (const frame of [383, 384, 511, 900]) bench.poke(frame * PAGE, 1);
    bench.engine.snapshotRestore();
    expect([383, 384, 511, 900].map((frame) => bench.bytes[frame * PAGE])).toEqual([1, 0, 0, 1]);
    bench.engine.close();
  });

  it("goes back to the registers, and forgets a dropped snapshot", () => {
    const world = createWorld();
    const { engine } = world.bench;
    start(engine, ANSWER, { RBX: 5n });
    engine.snapshotTake();
    start(engine, ANSWER, { RBX: 6n });
    engine.snapshotRestore();
    expect(engine.registers[REG.RBX]).toBe(5n);
    engine.snapshotDrop();
    expect(() => engine.snapshotRestore()).toThrow("there is no snapshot");
    engine.close();
  });

  it("copies only what was written", () => {
    const world = createWorld();
    const { engine } = world.bench;
    engine.snapshotTake();
    expect(engine.snapshotRestore()).toBe(0);
    const at = DIRECT + BigInt((world.firstFree + 70) * PAGE);
    store(world, [[at, 1n]]);
    expect(engine.snapshotRestore()).toBe(2);
    expect(engine.snapshotRestore()).toBe(1);
    engine.close();
  });
});
