import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KoboxError } from "../../../src/base/errors.ts";
import { parseJobs } from "../../../src/cli/truth/jobs.ts";
import { moduleFiles } from "../../../src/cli/truth/modules.ts";
import { readRecordings } from "../../../src/cli/truth/recording.ts";

const DEV = "test/truth/dev.jobs";
const SAMPLES = readdirSync("samples", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
  .map(({ name }) => name);

test("mod is load, 50 ms, unload; files are named as inside the sandbox", () => {
  const [job] = parseJobs(
    "# c\n\njob one fresh\n mod sub/a-b.ko x=1 y='2 3'\nsh insmod /m/c.ko; cat /m/d.ko\n",
  );
  expect(job).toEqual({
    name: "one",
    fresh: true,
    modules: ["sub/a-b.ko", "c.ko", "d.ko"],
    steps: [
      { op: "load", arg: "/m/a-b.ko x=1 y='2 3'" },
      { op: "sleep", arg: "50" },
      { op: "unload", arg: "a_b" },
      { op: "sh", arg: "insmod /m/c.ko; cat /m/d.ko" },
    ],
  });
});

test("mistakes are named by file and line", () => {
  expect(() => parseJobs("load x.ko", "f.jobs")).toThrow(/f\.jobs:1: a step before the first job/);
  expect(() => parseJobs("job a\n\nfrobnicate", "f.jobs")).toThrow(/f\.jobs:3: unknown step "frobnicate"/);
  expect(() => parseJobs("x y", "f.jobs")).toThrow(KoboxError);
});

test("every step of the scenarios stands in the recording, in order", () => {
  const recordings = readRecordings(DEV.replace(".jobs", ".jsonl"));
  for (const job of parseJobs(readFileSync(DEV, "utf8"))) {
    const steps = (recordings.get(job.name)?.steps ?? []).filter(({ op }) => op !== "end");
    expect(steps.length, job.name).toBeGreaterThan(0);
    expect(job.steps.slice(0, steps.length)).toEqual(steps.map(({ op, arg }) => ({ op, arg })));
  }
});

test("all modules of the scenarios are there, or come from the kernel image package", () => {
  const files = moduleFiles(["test/truth/mods"], "6.1.0-56-amd64");
  for (const name of parseJobs(readFileSync(DEV, "utf8")).flatMap((job) => job.modules)) {
    const bytes = files.read(name);
    if (!name.startsWith("bad_deb_")) expect(bytes, name).toBeDefined();
  }
  expect(() => files.read("absent.ko")).toThrow(/absent\.ko: not found/);
});

test.each(SAMPLES)("sample %s: source, module, and a recording of its scenario", (name) => {
  const folder = `samples/${name}`;
  expect(existsSync(`${folder}/${name}.c`)).toBe(true);
  const [job] = parseJobs(readFileSync(`${folder}/${name}.jobs`, "utf8"));
  const recording = readRecordings(`${folder}/truth.json`).get(name);
  const steps = (recording?.steps ?? []).filter(({ op }) => op !== "end");
  expect(job?.steps).toEqual(steps.map(({ op, arg }) => ({ op, arg })));
  const files = moduleFiles([folder], "6.1.0-56-amd64");
  for (const path of job?.modules ?? [])
    expect(files.read(path)?.slice(0, 4)).toEqual(Buffer.from("\x7fELF"));
});
