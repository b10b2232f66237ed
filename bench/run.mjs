// Benchmarks as ratios in one run: absolute figures depend on the machine, ratios hardly.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBare, runAddon, runBare } from "../src/unicorn-engine/bench/run.mjs";
import { createRequire } from "node:module";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

const addon = createRequire(import.meta.url)(join(ROOT, "src/unicorn-engine/build/unicorn_engine.node"));
/** The least of each figure of several rounds, taken in turn: a round may have hit a busy moment. */
const least = (rounds) =>
  Object.fromEntries(
    Object.keys(rounds[0]).map((key) => [key, Math.min(...rounds.map((round) => round[key]))]),
  );
const program = buildBare();
const rounds = [1, 2, 3].map(() => ({ bare: runBare(program), bound: runAddon(addon) }));
const bare = least(rounds.map((round) => round.bare));
const bound = least(rounds.map((round) => round.bound));

/** Nanoseconds by dist/bench.js; the least of three. */
const figure = (...args) => {
  const one = () =>
    Number(
      spawnSync(process.execPath, [join(ROOT, "bench/figure.mjs"), ...args], { encoding: "utf8" }).stdout,
    );
  return Math.min(one(), one(), one());
};

/** Wall-clock milliseconds of a process. */
const wall = (args, env = process.env) => {
  const start = process.hrtime.bigint();
  spawnSync(process.execPath, args, { cwd: ROOT, stdio: "ignore", env });
  return Number(process.hrtime.bigint() - start) / 1e6;
};
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Medians of several commands, taken in turn so that whatever else the machine does hits all alike. */
const inTurn = (commands, env = process.env, rounds = 21) => {
  const times = commands.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, args] of commands.entries()) times[index].push(wall(args, env));
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
const { NODE_EXTRA_CA_CERTS: certificates, ...bareEnvironment } = process.env;
if (certificates !== undefined) {
  const [alone, run] = inTurn([["-e", "0"], HELLO], bareEnvironment);
  row("node -e 0, without NODE_EXTRA_CA_CERTS", alone, "ms", undefined, "");
  row("kobox run hello.ko, cold, without it", run, "ms", run / alone, "of node");
}

row("bare resume, from C", bare.resume_ns, "ns", undefined, "");
row("bare resume, from JavaScript", bound.resume_ns, "ns", bound.resume_ns / bare.resume_ns, "of C");
const stub = figure("stubRoundTrip", "200000");
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

const hello = join(ROOT, "samples/hello/hello.ko");
const ceiling = 1e9 / bare.execute_ns;
const init = figure("initCost", "300000", hello, "plain");
const executions = 1e9 / init;
const lives = 1e9 / figure("lifeCost", "5000", hello);
row(`init from a snapshot, coverage on: bare C loop (2 stops, ${bare.dirty_pages} pages)`, ceiling, "/s");
row(
  "init of hello from a snapshot, coverage on",
  executions,
  "/s",
  executions / ceiling,
  "of C; at least 0.2",
);
row("init and exit of hello, whole system calls, likewise", lives, "/s", lives / ceiling, "of C");

const memory = ["plain", "watched"].map((kind) => figure("memoryCost", "2000000", kind));
row("memory-heavy guest loop, sanitizers off", memory[0], "ns/turn");
row("memory-heavy guest loop, sanitizers on", memory[1], "ns/turn", memory[1] / memory[0], "of off");
const watched = figure("initCost", "100000", hello, "watched");
row("init of hello from a snapshot, sanitizers on", 1e9 / watched, "/s", watched / init, "times the cost");

const CHECK = ["bin/kobox.cjs", "check", "test/analysis/mods/twenty.ko"];
wall(CHECK);
const [parameters, calls] = inTurn([CHECK, [...CHECK, "--no-parameters"]], process.env, 7);
row("check of 20 fallible calls, whole process", calls, "ms", undefined, "at most 1000");
row("the same and its parameter's edges", parameters, "ms");

const growth = join(ROOT, "test/truth/limits/growth.ko");
for (const [mode, n] of [
  ["threads", 1000],
  ["timers", 10_000],
  ["works", 10_000],
  ["calls", 1_000_000],
]) {
  const [few, many] = [n / 10, n].map((count) => figure("growthCost", `${count}`, growth, mode));
  const note = `of one in ${n / 10}; at most 1.5 times`;
  row(`each of ${n} ${mode}`, many / 1000, "µs", many / few, note);
}
