import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Checks, STOP, createEngine } from "../index.ts";
import { type Bench, NO_EXECUTE, PAGE, TEXT, WRITE, createBench, mapCode, start } from "./support.ts";

const DATA = TEXT + 0x10000n;
const LOAD_8 = [0x90, 0x48, 0x8b, 0x07, 0xf4];
const STORE_4 = [0x90, 0x89, 0x07, 0xf4];
const POISON = 0xfb;

let bench: Bench;
let checks: Checks;
let first: number;
let second: number;
beforeEach(() => {
  bench = createBench(1 << 20, { checks: true });
  const made = bench.engine.checks;
  if (made === undefined) throw new Error("an engine with checks has checks");
  checks = made;
  // Two pages side by side whose frames are far apart, with a frame between that must not matter.
  first = bench.frame();
  second = bench.frame() + 20;
  bench.map(DATA, first, WRITE | NO_EXECUTE);
  bench.map(DATA + 0x1000n, second, WRITE | NO_EXECUTE);
});
afterEach(() => bench.engine.close());

const access = (code: readonly number[], at: number): number => {
  mapCode(bench, TEXT, code);
  bench.engine.flushTlb();
  checks.clear();
  return start(bench.engine, TEXT, { RDI: DATA + BigInt(at) });
};
const poison = (frame: number, offset: number, length: number, value = POISON): void => {
  checks.shadow.fill(value, (frame * PAGE + offset) / 8, (frame * PAGE + offset + length) / 8);
};
const found = () => checks.violations().map(({ rip, ...rest }) => ({ ...rest, rip: rip - TEXT }));

describe("checks", () => {
  it("let through what the shadow allows", () => {
    poison(first, 64, 64);
    for (const at of [0, 56, 128, 129, 33]) expect(access(LOAD_8, at)).toBe(STOP.HLT);
    expect(checks.count()).toBe(0);
  });

  it("report a bad access exactly, and go on", () => {
    poison(first, 64, 64);
    expect(access(LOAD_8, 60)).toBe(STOP.HLT);
    expect(found()).toEqual([
      { address: first * PAGE + 60, size: 8, access: "read", shadow: POISON, rip: 1n },
    ]);
    expect(access(STORE_4, 64)).toBe(STOP.HLT);
    expect(found()).toEqual([
      { address: first * PAGE + 64, size: 4, access: "write", shadow: POISON, rip: 1n },
    ]);
  });

  it("know a partly usable last granule", () => {
    poison(first, 64, 8, 5);
    expect([access(STORE_4, 64), checks.count()]).toEqual([STOP.HLT, 0]);
    expect([access(STORE_4, 65), checks.count()]).toEqual([STOP.HLT, 0]);
    expect([access(STORE_4, 66), checks.count()]).toEqual([STOP.HLT, 1]);
    expect([access(LOAD_8, 60), checks.count()]).toEqual([STOP.HLT, 0]);
    expect([access(LOAD_8, 62), checks.count()]).toEqual([STOP.HLT, 1]);
  });

  it("stop the run when told to", () => {
    poison(first, 64, 64);
    checks.onViolation("stop");
    expect(access(LOAD_8, 64)).toBe(STOP.CHECK);
    expect(bench.engine.registers[16]).toBe(TEXT + 1n);
    checks.onViolation("record");
    expect(access(LOAD_8, 64)).toBe(STOP.HLT);
  });

  it("see through the parts of a load across pages", () => {
    // Bytes that the parts reach and the load itself does not.
    poison(first, 0xff8, 8, 0);
    poison(second, 8, 8);
    expect([access(LOAD_8, 0xffc), checks.count()]).toEqual([STOP.HLT, 0]);
    // The load's own last bytes, on a page whose frame is elsewhere.
    poison(second, 0, 8, 3);
    expect([access(LOAD_8, 0xffb), checks.count()]).toEqual([STOP.HLT, 0]);
    expect([access(LOAD_8, 0xffc), checks.count()]).toEqual([STOP.HLT, 1]);
    expect(found()[0]).toMatchObject({ address: second * PAGE, size: 4, access: "read" });
    poison(second, 0, 16, 0);
    poison(first, 0xff8, 8);
    expect([access(LOAD_8, 0xffc), checks.count()]).toEqual([STOP.HLT, 1]);
    // The frame that lies behind the first one is none of its business.
    poison(first, 0xff8, 8, 0);
    poison(first + 1, 0, 64);
    expect([access(LOAD_8, 0xffc), checks.count()]).toEqual([STOP.HLT, 0]);
    expect([access(STORE_4, 0xffe), checks.count()]).toEqual([STOP.HLT, 0]);
  });

  it("count more than they list", () => {
    poison(first, 64, 64);
    // mov ecx, 1000; 1: mov [rdi], eax; dec ecx; jnz 1b; hlt
    expect(access([0xb9, 0xe8, 3, 0, 0, 0x89, 0x07, 0xff, 0xc9, 0x75, 0xfa, 0xf4], 64)).toBe(STOP.HLT);
    expect([checks.count(), checks.violations().length]).toEqual([1000, 256]);
  });

  it("have their shadow in snapshots", () => {
    poison(first, 64, 64);
    bench.engine.snapshotTake();
    poison(first, 0, 64);
    poison(first, 64, 64, 0);
    bench.engine.hostDirty[first] = 1;
    bench.engine.snapshotRestore();
    expect([access(LOAD_8, 0), checks.count()]).toEqual([STOP.HLT, 0]);
    expect([access(LOAD_8, 64), checks.count()]).toEqual([STOP.HLT, 1]);
  });

  it("are absent from other engines", () => {
    const engine = createEngine({ ramSize: 4096 });
    expect(engine.checks).toBeUndefined();
    engine.close();
  });
});
