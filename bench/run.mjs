// Benchmarks as ratios in one run: absolute figures depend on the machine, ratios hardly.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBare, runAddon, runBare } from "../src/unicorn-engine/bench/run.mjs";
import { createRequire } from "node:module";
import { initCost, lifeCost, stubRoundTrip } from "../dist/bench.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

const addon = createRequire(import.meta.url)(join(ROOT, "src/unicorn-engine/build/unicorn_engine.node"));
const bare = runBare(buildBare());
const bound = runAddon(addon);

/** Wall-clock milliseconds of a process. */
const wall = (args) => {
  const start = process.hrtime.bigint();
  spawnSync(process.execPath, args, { cwd: ROOT, stdio: "ignore" });
  return Number(process.hrtime.bigint() - start) / 1e6;
};
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Medians of several commands, taken in turn so that whatever else the machine does hits all alike. */
const inTurn = (commands, rounds = 21) => {
  const times = commands.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, args] of commands.entries()) times[index].push(wall(args));
  return times.map(median);
};

const row = (what, value, unit, ratio, limit = "") => {
  const [figure, factor] = [
    `${value.toFixed(1)} ${unit}`,
    ratio === undefined ? "" : `x ${ratio.toFixed(2)}`,
  ];
  process.stdout.write(`${what.padEnd(66)}${figure.padStart(16)}${factor.padStart(10)}  ${limit}\n`);
};

const HELLO = ["bin/kobox.cjs", "run", "samples/hello/hello.ko"];
// The first run writes the code cache.
wall(HELLO);
const [node, cold] = inTurn([["-e", "0"], HELLO]);
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
const ceiling = 1e9 / bare.execute_ns;
const executions = 1e9 / initCost(hello, 500_000);
const lives = 1e9 / lifeCost(hello, 5000);
row(`init from a snapshot, coverage on: bare C loop (2 stops, ${bare.dirty_pages} pages)`, ceiling, "/s");
row(
  "init of hello from a snapshot, coverage on",
  executions,
  "/s",
  executions / ceiling,
  "of C; at least 0.2",
);
row("init and exit of hello, whole system calls, likewise", lives, "/s", lives / ceiling, "of C");
