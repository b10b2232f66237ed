import { type Engine, REG, RESUME, createEngine } from "../index.ts";

export const PAGE = 4096;
export const PRESENT = 1n;
export const WRITE = 2n;
export const DIRTY = 0x40n;
export const NO_EXECUTE = 1n << 63n;
const ADDRESS = 0x000ffffffffff000n;

/** Where tests put code, in the upper half. */
export const TEXT = 0xffffffffc0000000n;
export const DIRECT = 0xffff888000000000n;

export interface Bench {
  readonly engine: Engine;
  readonly bytes: Uint8Array;
  readonly entries: BigUint64Array;
  readonly tables: Set<number>;
  /** The index in `entries` of the last-level entry for `address`, making tables on the way. */
  entry(address: bigint): number;
  map(address: bigint, frame: number, bits: bigint): void;
  unmap(address: bigint): void;
  /** Writes host bytes at a physical address and marks the frame. */
  poke(physical: number, ...values: number[]): void;
  frame(): number;
}

/** An engine with paging on; tables and frames are handed out from frame 1 on. */
export const createBench = (ramSize: number, options: { readonly checks?: boolean } = {}): Bench => {
  const engine = createEngine({ ramSize, ...options });
  const bytes = new Uint8Array(engine.ram);
  const entries = new BigUint64Array(engine.ram);
  const tables = new Set<number>();
  let next = 1;
  const frame = (): number => next++;
  const newTable = (): number => {
    const made = frame();
    tables.add(made);
    return made;
  };
  const root = newTable();
  const mark = (frameNumber: number): void => {
    engine.hostDirty[frameNumber] = 1;
  };
  const set = (index: number, value: bigint): void => {
    entries[index] = value;
    mark(Math.floor(index / 512));
  };
  const entry = (address: bigint): number => {
    let table = root;
    for (const shift of [39n, 30n, 21n]) {
      const index = table * 512 + Number((address >> shift) & 0x1ffn);
      if (((entries[index] ?? 0n) & PRESENT) === 0n) {
        const made = newTable();
        bytes.fill(0, made * PAGE, (made + 1) * PAGE);
        mark(made);
        set(index, BigInt(made * PAGE) | PRESENT | WRITE);
      }
      table = Number(((entries[index] ?? 0n) & ADDRESS) >> 12n);
    }
    return table * 512 + Number((address >> 12n) & 0x1ffn);
  };
  const replace = (address: bigint, value: bigint): void => {
    const index = entry(address);
    const old = entries[index] ?? 0n;
    if ((old & DIRTY) !== 0n) mark(Number((old & ADDRESS) >> 12n));
    set(index, value);
  };
  engine.setControl({ cr3: BigInt(root * PAGE) });
  return {
    engine,
    bytes,
    entries,
    tables,
    entry,
    frame,
    map: (address, frameNumber, bits) => replace(address, BigInt(frameNumber * PAGE) | PRESENT | bits),
    unmap(address) {
      replace(address, 0n);
      engine.flushTlb();
    },
    poke(physical, ...values) {
      bytes.set(values, physical);
      for (let at = Math.floor(physical / PAGE); at * PAGE < physical + values.length; at += 1) mark(at);
    },
  };
};

/** Registers from scratch, then one run. */
export const start = (
  engine: Engine,
  rip: bigint,
  values: Partial<Record<keyof typeof REG, bigint>> = {},
): number => {
  engine.registers.fill(0n);
  engine.registers[REG.RIP] = rip;
  engine.registers[REG.RFLAGS] = 0x202n;
  for (const [name, value] of Object.entries(values)) engine.registers[REG[name as keyof typeof REG]] = value;
  return engine.resume(RESUME.ALL);
};

/** A small deterministic generator (mulberry32): the next integer below `limit`. */
export const createRandom = (seed: number): ((limit: number) => number) => {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
};

/** A frame of code mapped at `address`, executable; returns its physical address. */
export const mapCode = (bench: Bench, address: bigint, code: readonly number[]): number => {
  const physical = bench.frame() * PAGE;
  bench.map(address, physical / PAGE, WRITE);
  bench.poke(physical, ...code);
  return physical;
};

/** Bytes from hexadecimal text; spaces do not matter. */
export const hex = (...parts: readonly string[]): number[] => [
  ...Buffer.from(parts.join("").replaceAll(" ", ""), "hex"),
];
