import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { InstallFailure } from "./failure.mjs";

const FLAGS = [
  "-std=c++17",
  "-O2",
  "-fPIC",
  "-fvisibility=hidden",
  "-fno-strict-aliasing",
  "-Wall",
  "-Wextra",
  "-Wno-unused-function",
];
const LINK = [
  "-shared",
  "-s",
  "-Wl,--gc-sections",
  "-Wl,-z,now",
  "-Wl,-z,nodelete",
  "-static-libstdc++",
  "-static-libgcc",
];

const compiler = () => process.env.CXX ?? "c++";

const sources = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".cc"))
    .sort()
    .map((name) => join(folder, name));

/** Runs in another process, so that a library that crashes is only a library that does not work. */
const works = (addon) => {
  const probe = `
    const addon = require(${JSON.stringify(addon)});
    const engine = addon.createEngine(1 << 20, 0);
    new Uint8Array(engine.ram).set([0xb8, 42, 0, 0, 0, 0xf4], 4096);
    const registers = new BigUint64Array(engine.registers);
    registers[16] = 4096n;
    registers[17] = 2n;
    const stop = engine.resume(1);
    process.exit(stop === 0 && registers[0] === 42n && registers[16] === 4102n ? 0 : 1);`;
  return spawnSync(process.execPath, ["-e", probe], { stdio: "ignore" }).status === 0;
};

/** Builds `target` from the sources in `native`, linked in the first way that works. Returns that way's kind. */
export const compile = ({ native, target, headers, unicorn }) => {
  const folder = dirname(target);
  mkdirSync(folder, { recursive: true });
  const complaints = [];
  for (const { kind, args } of unicorn.linkings) {
    const made = join(folder, `.${process.pid}-${kind}.node`);
    try {
      const all = [
        ...FLAGS,
        `-I${headers}`,
        `-I${unicorn.include}`,
        ...sources(native),
        ...LINK,
        "-o",
        made,
        ...args,
        "-lm",
        "-lpthread",
      ];
      const { status, stderr, error } = spawnSync(compiler(), all, { encoding: "utf8" });
      if (error !== undefined)
        throw new InstallFailure(
          `the compiler ${compiler()} does not run`,
          "Install a C++ compiler (Debian: apt-get install g++), or set CXX.",
        );
      if (status !== 0) complaints.push(`${kind}: ${stderr.trim()}`);
      else if (works(made)) {
        renameSync(made, target);
        return kind;
      } else complaints.push(`${kind}: built, but does not run`);
    } finally {
      rmSync(made, { force: true });
    }
  }
  throw new InstallFailure(
    `the addon could not be built with Unicorn ${unicorn.version}`,
    complaints.join("\n  "),
  );
};

/** Builds a C program with the library, for the benchmarks. */
export const compileProgram = ({ source, target, unicorn }) => {
  for (const { args } of unicorn.linkings) {
    const all = [
      "-O2",
      "-x",
      "c",
      source,
      "-x",
      "none",
      `-I${unicorn.include}`,
      "-o",
      target,
      ...args,
      "-lm",
      "-lpthread",
    ];
    if (spawnSync(process.env.CC ?? "cc", all, { stdio: ["ignore", 2, 2] }).status === 0) return;
  }
  throw new InstallFailure(`${source} could not be built`, "See the compiler's messages above.");
};
