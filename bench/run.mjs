// Benchmarks as ratios in one run: absolute figures depend on the machine, ratios hardly.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBare, runAddon, runBare } from "../src/unicorn-engine/bench/run.mjs";
import { createRequire } from "node:module";
import { helloRate, stubRoundTrip } from "../dist/bench.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

const addon = createRequire(import.meta.url)(join(ROOT, "src/unicorn-engine/build/unicorn_engine.node"));
const bare = runBare(buildBare());
const bound = runAddon(addon);

/** Least wall-clock milliseconds of several runs. */
const least = (args, runs = 10) => {
  let time = Infinity;
  for (let run = 0; run < runs; run += 1) {
    const start = process.hrtime.bigint();
    spawnSync(process.execPath, args, { cwd: ROOT, stdio: "ignore" });
    time = Math.min(time, Number(process.hrtime.bigint() - start) / 1e6);
  }
  return time;
};

const row = (what, value, unit, ratio, limit) => {
  const [figure, factor] = [
    `${value.toFixed(1)} ${unit}`,
    ratio === undefined ? "" : `x ${ratio.toFixed(2)}`,
  ];
  process.stdout.write(`${what.padEnd(58)}${figure.padStart(16)}${factor.padStart(10)}  ${limit}\n`);
};

const node = least(["-e", "0"]);
const cold = least(["bin/kobox.cjs", "run", "samples/hello/hello.ko"]);
row("node -e 0", node, "ms", undefined, "");
row("kobox run hello.ko, cold", cold, "ms", cold / node, "of node; at most 1.7");

row("bare resume, from C", bare.resume_ns, "ns", undefined, "");
row("bare resume, from JavaScript", bound.resume_ns, "ns", bound.resume_ns / bare.resume_ns, "of C");
const stub = stubRoundTrip(200_000);
row(
  "trivial typed stub, whole round trip",
  stub,
  "ns",
  stub / bound.resume_ns,
  "of the bare resume; at most 3",
);
row("guest loop, Unicorn alone", bare.mixed_ns, "ns/turn", undefined, "");
row(
  "guest loop, default hooks",
  bound.mixed_ns,
  "ns/turn",
  bound.mixed_ns / bare.mixed_ns,
  "of Unicorn; at most 1.6",
);

const hello = readFileSync(join(ROOT, "samples/hello/hello.ko"));
const rate = helloRate(hello, 20_000);
const ceiling = 1e9 / bare.hello_ns;
row("60 instructions, 3 stops: bare C loop", ceiling, "/s", undefined, "");
row("init and exit of hello from a snapshot", rate, "/s", rate / ceiling, "of the bare C loop");
