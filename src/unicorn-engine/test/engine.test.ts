import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COUNTER, REG, RESUME, STOP, createEngine } from "../index.ts";
import { type Bench, NO_EXECUTE, PAGE, TEXT, WRITE, createBench, hex, mapCode, start } from "./support.ts";

const DATA = TEXT + 0x10000n;
const HLT = 0xf4;

let bench: Bench;
beforeEach(() => {
  bench = createBench(1 << 20);
  bench.map(DATA, bench.frame(), WRITE | NO_EXECUTE);
});
afterEach(() => bench.engine.close());

const run = (code: readonly number[], values: Parameters<typeof start>[2] = {}): number => {
  mapCode(bench, TEXT, code);
  bench.engine.flushTlb();
  return start(bench.engine, TEXT, { RSP: DATA + 0x800n, ...values });
};
const register = (name: keyof typeof REG): bigint => bench.engine.registers[REG[name]] ?? 0n;

describe("the CPU", () => {
  it("is in long mode with paging and the kernel's protections", () => {
    expect(bench.engine.control()).toMatchObject({ cr0: 0x80010033n, cr4: 0x3506a0n });
    expect(bench.engine.control().efer & 0xd01n).toBe(0xd01n);
  });

  it("passes all registers in and out", () => {
    const values = Object.fromEntries(
      Object.entries(REG).flatMap(([name, index]) =>
        index < REG.RIP ? [[name, 0xfedcba9800000000n + BigInt(index)]] : [],
      ),
    );
    expect(run([HLT], values)).toBe(STOP.HLT);
    for (const [name, value] of Object.entries(values))
      expect(register(name as keyof typeof REG)).toBe(value);
    expect(register("RIP")).toBe(TEXT + 1n);
  });

  it("goes on after a stop with the host's RAX and its own other registers", () => {
    // hlt; mov rbx, rax; hlt
    expect(run([HLT, 0x48, 0x89, 0xc3, HLT], { RCX: 9n })).toBe(STOP.HLT);
    bench.engine.registers[REG.RAX] = 77n;
    bench.engine.registers[REG.RCX] = 1n;
    bench.engine.registers[REG.RIP] = 0n;
    expect(bench.engine.resume(0)).toBe(STOP.HLT);
    expect([register("RBX"), register("RCX"), register("RIP")]).toEqual([77n, 9n, TEXT + 5n]);
  });

  it("keeps the flags", () => {
    // stac; std; stc; hlt
    expect(run([0x0f, 0x01, 0xcb, 0xfd, 0xf9, HLT])).toBe(STOP.HLT);
    expect(register("RFLAGS")).toBe(0x40603n);
    bench.engine.registers[REG.RIP] = TEXT;
    bench.engine.registers[REG.RFLAGS] = 0x40002n;
    mapCode(bench, TEXT, [0x90, HLT]);
    bench.engine.flushTlb();
    bench.engine.resume(RESUME.ALL);
    expect(register("RFLAGS")).toBe(0x40002n);
  });

  it("reads memory through the segment bases it was given", () => {
    bench.engine.setControl({ gsBase: DATA, fsBase: DATA + 8n, kernelGsBase: DATA + 16n });
    bench.entries[physical(DATA) / 8] = 11n;
    bench.entries[physical(DATA) / 8 + 1] = 22n;
    bench.entries[physical(DATA) / 8 + 2] = 33n;
    // mov rax, gs:[0]; mov rbx, fs:[0]; swapgs; mov rcx, gs:[0]; hlt
    const code = hex(
      "65 48 8b 04 25 00000000",
      "64 48 8b 1c 25 00000000",
      "0f 01 f8",
      "65 48 8b 0c 25 00000000 f4",
    );
    expect(run(code)).toBe(STOP.HLT);
    expect([register("RAX"), register("RBX"), register("RCX")]).toEqual([11n, 22n, 33n]);
    expect(bench.engine.control()).toMatchObject({ gsBase: DATA + 16n, kernelGsBase: DATA });
  });

  it("saves and restores itself, SSE registers too", () => {
    // movq xmm0, rax; hlt; movq rax, xmm0; hlt
    run([0x66, 0x48, 0x0f, 0x6e, 0xc0, HLT, 0x66, 0x48, 0x0f, 0x7e, 0xc0, HLT], { RAX: 5n });
    const saved = bench.engine.saveContext();
    start(bench.engine, TEXT, { RAX: 6n });
    saved.restore();
    expect(register("RIP")).toBe(TEXT + 6n);
    bench.engine.resume(0);
    expect(register("RAX")).toBe(5n);
    saved.free();
    expect(() => saved.restore()).toThrow("freed");
  });
});

const physical = (address: bigint): number =>
  Number((bench.entries[bench.entry(address)] ?? 0n) & 0xffffff000n);

describe("exceptions", () => {
  const exception = (code: readonly number[], values: Parameters<typeof start>[2] = {}) => {
    expect(run(code, values)).toBe(STOP.EXCEPTION);
    const { vector, errorCode, cr2 } = bench.engine.stop;
    return { vector, errorCode, cr2: vector === 14 ? cr2 : 0n, rip: register("RIP") - TEXT };
  };
  const load = [0x90, 0x48, 0x8b, 0x07, HLT];
  const storeCode = [0x90, 0x48, 0x89, 0x07, HLT];

  it("come with vector, error code, CR2 and RIP", () => {
    expect(exception(load, { RDI: 0x10n })).toEqual({ vector: 14, errorCode: 0, cr2: 0x10n, rip: 1n });
    expect(exception(storeCode, { RDI: TEXT + 0x50000n })).toMatchObject({
      errorCode: 2,
      cr2: TEXT + 0x50000n,
    });
    bench.map(DATA + 0x1000n, bench.frame(), NO_EXECUTE);
    expect(exception(storeCode, { RDI: DATA + 0x1000n })).toMatchObject({ vector: 14, errorCode: 3 });
    expect(exception([0xff, 0xe7], { RDI: DATA })).toMatchObject({ vector: 14, errorCode: 0x11, cr2: DATA });
    expect(exception(load, { RDI: 1n << 60n })).toMatchObject({ vector: 13, errorCode: 0, rip: 1n });
    expect(exception([0x90, 0x48, 0xf7, 0xf1])).toMatchObject({ vector: 0, rip: 1n });
    expect(exception([0x90, 0x0f, 0x0b])).toMatchObject({ vector: 6, rip: 1n });
    expect(exception([0x90, 0xcc])).toMatchObject({ vector: 3, rip: 2n });
    expect(exception([0xcd, 0x80])).toMatchObject({ vector: 0x80, rip: 2n });
    expect(exception([0xb8, 0x58, 0x5a, 0, 0, 0x8e, 0xd8])).toMatchObject({ vector: 13, errorCode: 0x5a58 });
  });

  it("do not add up to double faults", () => {
    for (let count = 0; count < 10; count += 1) {
      expect(exception(load, { RDI: 0x10n }).vector).toBe(14);
      expect(exception(load, { RDI: 1n << 60n }).vector).toBe(13);
    }
  });

  it("let SMAP, SMEP and the user half be the CPU's work", () => {
    const user = 0x400000n;
    bench.map(user, bench.frame(), WRITE | 4n);
    // Tables on the way must allow user access too.
    const root = Number(bench.engine.control().cr3);
    const open = (table: number, shift: bigint): number => {
      const at = table / 8 + Number((user >> shift) & 0x1ffn);
      bench.entries[at] = (bench.entries[at] ?? 0n) | 4n;
      return Number((bench.entries[at] ?? 0n) & 0xffffff000n);
    };
    open(open(open(root, 39n), 30n), 21n);
    bench.engine.flushTlb();
    expect(exception(load, { RDI: user })).toMatchObject({ vector: 14, errorCode: 1, cr2: user });
    expect(exception([0xff, 0xe7], { RDI: user })).toMatchObject({ vector: 14, errorCode: 0x11 });
    expect(run([0x0f, 0x01, 0xcb, ...load], { RDI: user })).toBe(STOP.HLT);
    bench.engine.registers[REG.RIP] = TEXT + 3n;
    bench.engine.registers[REG.RFLAGS] = 0x40202n;
    expect(bench.engine.resume(RESUME.ALL)).toBe(STOP.HLT);
  });

  it("can be resumed after the cause is gone", () => {
    expect(exception(load, { RDI: DATA + 0x3000n }).vector).toBe(14);
    const frame = bench.frame();
    bench.map(DATA + 0x3000n, frame, NO_EXECUTE);
    bench.entries[frame * 512] = 123n;
    expect(bench.engine.resume(RESUME.ALL)).toBe(STOP.HLT);
    expect(register("RAX")).toBe(123n);
  });

  it("are engine errors where a mapping leaves the memory", () => {
    bench.map(DATA + 0x4000n, 0xfffff, NO_EXECUTE);
    expect(run(load, { RDI: DATA + 0x4000n })).toBe(STOP.ENGINE_ERROR);
    expect(bench.engine.stop.engineError).toBeGreaterThan(0);
    expect(run([HLT])).toBe(STOP.HLT);
  });
});

describe("limits", () => {
  const spin = [0x48, 0xff, 0xc0, 0xeb, 0xfb]; // 1: inc rax; jmp 1b

  it("stop at an exact instruction, and go on", () => {
    const { counters } = bench.engine;
    counters[COUNTER.INSTRUCTION_LIMIT] = 1000;
    expect(run(spin)).toBe(STOP.BUDGET);
    expect(counters[COUNTER.INSTRUCTIONS]).toBe(1000);
    expect(counters[COUNTER.BLOCKS]).toBe(500);
    expect(register("RAX")).toBe(500n);
    expect(register("RIP")).toBe(TEXT);
    expect(bench.engine.resume(0)).toBe(STOP.BUDGET);
    expect(counters[COUNTER.INSTRUCTIONS]).toBe(1000);
    counters[COUNTER.INSTRUCTION_LIMIT] = 200_000;
    expect(bench.engine.resume(0)).toBe(STOP.BUDGET);
    expect(register("RAX")).toBe(100_000n);
  });

  it("count what was executed, block by block", () => {
    // mov ecx, 10; 1: dec ecx; jnz 1b; hlt
    expect(run([0xb9, 10, 0, 0, 0, 0xff, 0xc9, 0x75, 0xfc, HLT])).toBe(STOP.HLT);
    expect(bench.engine.counters[COUNTER.INSTRUCTIONS]).toBe(1 + 20 + 1);
  });

  it("stop a string instruction that would take for ever", () => {
    bench.engine.counters[COUNTER.INSTRUCTION_LIMIT] = 50_000;
    // lodsb with a count of 2^40, on one address: std and cld do not matter, RSI must stay inside
    expect(run([0xf3, 0xac, HLT], { RCX: 1n << 40n, RSI: DATA })).toBe(STOP.EXCEPTION);
    // 1: rep stosb to the same page, again and again
    const code = [0x48, 0x89, 0xdf, 0xb9, 0, 8, 0, 0, 0xf3, 0xaa, 0xeb, 0xf4];
    expect(run(code, { RBX: DATA })).toBe(STOP.BUDGET);
  });

  it("stop when the time is over", () => {
    const now = Number(process.hrtime.bigint()) / 1e6;
    bench.engine.counters[COUNTER.DEADLINE] = now + 30;
    expect(run(spin)).toBe(STOP.WALL_CLOCK);
    const took = Number(process.hrtime.bigint()) / 1e6 - now;
    expect(took).toBeGreaterThanOrEqual(30);
    expect(took).toBeLessThan(2000);
  });

  it("take nonsense for no budget or no limit", () => {
    for (const value of [Number.NaN, -1, 0, -Infinity]) {
      bench.engine.counters[COUNTER.INSTRUCTIONS] = value;
      bench.engine.counters[COUNTER.INSTRUCTION_LIMIT] = value;
      expect(run(spin)).toBe(STOP.BUDGET);
    }
    bench.engine.counters[COUNTER.INSTRUCTION_LIMIT] = Infinity;
    bench.engine.counters[COUNTER.INSTRUCTIONS] = 1e300;
    expect(run([HLT])).toBe(STOP.BUDGET);
  });
});

describe("code changes", () => {
  const answer = (value: number): number[] => [0xb8, value, 0, 0, 0, HLT];
  it.each([
    ["executable", WRITE],
    ["not executable while it is written", WRITE | NO_EXECUTE],
  ])("are seen in a page that is %s", (_name, bits) => {
    const at = mapCode(bench, TEXT, answer(1));
    expect(start(bench.engine, TEXT)).toBe(STOP.HLT);
    bench.map(TEXT, at / PAGE, bits);
    bench.engine.flushTlb();
    bench.poke(at, ...answer(2));
    bench.engine.invalidateCode(TEXT, 6);
    bench.map(TEXT, at / PAGE, 0n);
    bench.engine.flushTlb();
    expect(start(bench.engine, TEXT)).toBe(STOP.HLT);
    expect(register("RAX")).toBe(2n);
  });

  it("may be announced for addresses that are not mapped", () => {
    expect(run(answer(3))).toBe(STOP.HLT);
    bench.engine.invalidateCode(-4096, 4096);
    bench.engine.invalidateCode(0, 1 << 20);
    bench.engine.invalidateCode(TEXT, 1 << 20);
    expect(start(bench.engine, TEXT)).toBe(STOP.HLT);
    expect(register("RAX")).toBe(3n);
  });
});

it("makes engines of every size up to 4 GiB", () => {
  for (const ramSize of [4096, 1 << 30, 2 ** 32]) {
    const engine = createEngine({ ramSize });
    expect(engine.ram.byteLength).toBe(ramSize);
    engine.close();
  }
  for (const ramSize of [0, 1, 4097, -4096, 2 ** 32 + 4096, Number.NaN, Infinity]) {
    expect(() => createEngine({ ramSize })).toThrow("ramSize");
  }
});
