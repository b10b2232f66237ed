// Prints, as JSON, what the binding costs against Unicorn alone in the same run.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT, UNICORN, install } from "../install.mjs";
import { compileProgram } from "../install/compile.mjs";
import { findUnicorn } from "../install/unicorn.mjs";
import { IMAGE, PROGRAMS } from "./programs.mjs";

const BASE = 0xffffffffc0000000n;
const CODE = 0x10000;
const ALL = 1;

/** Builds bare.c with the same library; returns the program's path. */
export const buildBare = () => {
  const target = join(ROOT, "build/bare");
  mkdirSync(join(ROOT, "build"), { recursive: true });
  compileProgram({ source: join(ROOT, "bench/bare.c"), target, unicorn: findUnicorn(UNICORN) });
  return target;
};

/** `{unicorn, resume_ns, mixed_ns, hello_ns, execute_ns, dirty_pages}` of Unicorn without Node. */
export const runBare = (program) => {
  const { stdout } = spawnSync(
    program,
    [IMAGE, ...[PROGRAMS.spin, PROGRAMS.mixed, PROGRAMS.hello, PROGRAMS.init].map(String)],
    { encoding: "utf8" },
  );
  return JSON.parse(stdout);
};

const boot = (addon) => {
  const engine = addon.createEngine(16 << 20, 0);
  const entries = new BigUint64Array(engine.ram);
  const set = (table, index, value) => {
    entries[table / 8 + index] = BigInt(value);
  };
  set(0x1000, 511, 0x2003);
  set(0x2000, 511, 0x3003);
  set(0x3000, 0, 0x4003);
  for (let page = 0; page < 16; page += 1) set(0x4000, page, (CODE + page * 4096) | 3);
  new Uint8Array(engine.ram).set(Buffer.from(IMAGE, "hex"), CODE);
  engine.setControl(0, 0x1000n);
  return { ...engine, registers: new BigUint64Array(engine.registers) };
};

/** Registers at the start of a program. */
const initial = (program, iterations) => {
  const registers = new BigUint64Array(18);
  registers[1] = BigInt(iterations);
  registers[4] = BASE + 0xf000n;
  registers[7] = BASE + 0x8000n;
  registers[16] = BASE + BigInt(program);
  registers[17] = 0x202n;
  return registers;
};

/** CPU nanoseconds a round, as bare.c counts them. */
const best = (rounds, loop) => {
  let least = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const start = process.cpuUsage();
    loop();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, ((user + system) * 1000) / rounds);
  }
  return least;
};

/** The same figures through the addon. */
export const runAddon = (addon) => {
  const engine = boot(addon);
  engine.registers.set(initial(PROGRAMS.spin, 0));
  engine.resume(ALL);
  const spin = (flags) => () => {
    for (let i = 0; i < 400_000; i += 1) engine.resume(flags);
  };
  const resume = best(400_000, spin(0));
  const resumeAll = best(400_000, spin(ALL));
  const mixed = best(2_000_000, () => {
    engine.registers.set(initial(PROGRAMS.mixed, 2_000_000));
    engine.resume(ALL);
  });
  const start = initial(PROGRAMS.hello, 0);
  const hello = best(100_000, () => {
    for (let i = 0; i < 100_000; i += 1) {
      engine.registers.set(start);
      engine.resume(ALL);
      for (let stop = 1; stop < 4; stop += 1) {
        engine.registers[0] = 0n;
        engine.resume(0);
      }
    }
  });
  engine.close();
  return { resume_ns: resume, resume_all_ns: resumeAll, mixed_ns: mixed, hello_ns: hello };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  install();
  const bare = runBare(buildBare());
  const addon = runAddon(createRequire(import.meta.url)("../build/unicorn_engine.node"));
  process.stdout.write(`${JSON.stringify({ bare, addon }, null, 2)}\n`);
}
