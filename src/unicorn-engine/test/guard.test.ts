import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { STOP } from "../index.ts";
import { TEXT, createBench, hex, mapCode, start } from "./support.ts";

// Known to crash Unicorn 2.1.1; a later library may just run them.
const BREAKPOINT = hex(
  "0f 23 c0", // mov dr0, rax
  "bb 01 04 00 00", // mov ebx, 0x401
  "0f 23 fb", // mov dr7, rbx
  "ff e0", // jmp rax
);
const LOCKED_TEST = [0xf0, 0x0f, 0xa3, 0xc3, 0xf4]; // lock bt ebx, eax

const crash = (code: readonly number[]) => {
  const bench = createBench(1 << 20);
  mapCode(bench, TEXT, code);
  mapCode(bench, TEXT + 0x1000n, [0x90, 0x90, 0xf4]);
  return {
    engine: bench.engine,
    why: start(bench.engine, TEXT, { RAX: TEXT + 0x1000n, RDI: TEXT + 0x1800n }),
  };
};

describe("a crash of the library", () => {
  it.each([
    ["an armed execute breakpoint", BREAKPOINT],
    ["a locked bit test", LOCKED_TEST],
  ])("is a stop: %s", (_name, code) => {
    const { engine, why } = crash(code);
    expect(engine.version.startsWith("2.1.1") ? why : STOP.FATAL).toBe(STOP.FATAL);
    if (why !== STOP.FATAL) return;
    expect([4, 6, 7, 8, 11]).toContain(engine.stop.signal);
    expect(() => engine.resume(0)).toThrow("crashed");
    expect(() => engine.flushTlb()).toThrow("crashed");
    expect(() => engine.snapshotTake()).toThrow("crashed");
    engine.close();
    expect(() => engine.resume(0)).toThrow("closed");
  });

  it("can come again and again, and other engines go on", () => {
    const bench = createBench(1 << 20);
    mapCode(bench, TEXT, [0xb8, 42, 0, 0, 0, 0xf4]);
    for (let round = 0; round < 20; round += 1) {
      crash(round % 2 === 0 ? LOCKED_TEST : BREAKPOINT).engine.close();
      expect(start(bench.engine, TEXT)).toBe(STOP.HLT);
      expect(bench.engine.registers[0]).toBe(42n);
    }
    bench.engine.close();
  });
});

describe("signals outside the engine", () => {
  const child = (code: string) =>
    spawnSync(
      process.execPath,
      ["-e", `const { createEngine } = require(process.argv[1]); createEngine(65536, 0); ${code}`, addon],
      {
        encoding: "utf8",
      },
    );
  const addon = new URL("../build/unicorn_engine.node", import.meta.url).pathname;

  it("still end the process", () => {
    expect(child("process.abort()").signal).toBe("SIGABRT");
    expect(child("process.kill(process.pid, 'SIGSEGV'); setTimeout(() => {}, 5000)").signal).toBe("SIGSEGV");
    expect(child("process.kill(process.pid, 'SIGFPE'); setTimeout(() => {}, 5000)").signal).toBe("SIGFPE");
  });

  it("still reach JavaScript's own handler", () => {
    const code =
      "process.on('SIGILL', () => { console.log('mine'); process.exit(0); }); createEngine(65536, 0); process.kill(process.pid, 'SIGILL'); setTimeout(() => {}, 5000)";
    const { stdout, signal } = child(code);
    expect({ stdout, signal }).toEqual({ stdout: "mine\n", signal: null });
  });

  it("leave WebAssembly's traps alone", () => {
    // (module (memory 1) (func (export "f") (param i32) (result i32) local.get 0 i32.load))
    const bytes =
      "0061736d010000000106016001 7f017f0302010005030100010705010166 00000a0901070020002802000b".replaceAll(
        " ",
        "",
      );
    const code = `WebAssembly.instantiate(Buffer.from("${bytes}", "hex")).then(({ instance }) => {
      try { instance.exports.f(0x7fffffff); } catch (error) { console.log(error.message); } });`;
    expect(child(code).stdout).toContain("out of bounds");
  });
});
