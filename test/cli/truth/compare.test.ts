import { expect, test } from "vitest";
import { consoleTail } from "../../../src/cli/truth/blur.ts";
import { compareJob } from "../../../src/cli/truth/compare.ts";
import { readRecordings, type Recording, type StepResult } from "../../../src/cli/truth/recording.ts";
import { formatDifferences, formatTotals, totals } from "../../../src/cli/truth/table.ts";

const RECORDINGS = readRecordings("test/truth/dev.jsonl");

/** What a perfect kobox would report for a recording. */
const asResults = (recording: Recording): StepResult[] =>
  recording.steps.map((step) => {
    if (step.timeout !== true && step.unfinished !== true) return step;
    const shown = consoleTail(recording.console ?? []).map((line) => `<4>${line}`);
    const dmesg = step.unfinished === true ? shown : step.dmesg;
    return { ...step, dmesg, stop: { kind: "x", message: "" } };
  });

test("a recording agrees with itself", () => {
  const all = [...RECORDINGS.values()].map((recording) => compareJob(recording, asResults(recording)));
  const sums = totals(all);
  expect(formatDifferences(all)).toBe("");
  expect(sums.stepsAgree).toBe(sums.steps);
  expect(sums.linesAgree).toBe(sums.lines);
  expect(sums.lines).toBeGreaterThan(1000);
});

const recording = (step: Recording["steps"][number]): Recording => ({
  job: "j",
  outcome: "done",
  steps: [step],
});
const load = { op: "load", arg: "/m/x.ko", ret: 0, errno: 0, dmesg: [], late: [] };

test("another errno, a missing line, an extra one and a late one are told", () => {
  const compared = compareJob(
    recording({ ...load, dmesg: ["<6>one", "<6>two", "<6>three"], late: ["<4>open"] }),
    [{ ret: -1, errno: 12, dmesg: ["<6>one", "<5>two", "<6>three", "<4>open"], late: [] }],
  );
  expect(compared.steps[0]?.fields).toEqual([
    { field: "ret", recorded: "0", kobox: "-1" },
    { field: "errno", recorded: "0", kobox: "12" },
  ]);
  expect(compared.steps[0]?.log).toEqual({
    matched: 2,
    missing: ["<6>two", "late <4>open"],
    extra: ["<5>two", "<4>open"],
  });
  expect(formatDifferences([compared])).toMatch(
    /j\n {2}step 0: load \/m\/x\.ko\n {4}ret: recorded 0, kobox -1/,
  );
  expect(formatTotals(totals([compared]))).toMatch(/log lines +2\/6 +33\.3 %/);
});

test("only what cannot agree is blurred", () => {
  const pairs: [string, string, boolean][] = [
    [
      "<4>RAX: 0000000000000001 RBX: ffff88803fef16d0 RCX: 0000000000000000",
      "<4>RAX: 0000000000000000 RBX: 0000000000000000 RCX: 0000000000000001",
      true,
    ],
    [
      "<4>RAX: 0000000000000001 RBX: 0000000000000000",
      "<4>RAX: 0000000000000001 RSI: 0000000000000000",
      false,
    ],
    ["<6>p=00000000d1e2f3a4", "<6>p=000000001b2c3d4e", true],
    ["<6>p=0000000000000010", "<6>p=0000000000000000", false],
    ["<6>p=ffff888012345678", "<6>p=ffff88803fffffff", true],
    ["<1>BUG: fault for address: ffffffffc0201040", "<1>BUG: fault for address: ffffffffc0201044", false],
    ["<4>CPU: 0 PID: 80 Comm: init Tainted: G", "<4>CPU: 0 PID: 8123 Comm: init Tainted: G", true],
    ["<4>CPU: 0 PID: 80 Comm: init Tainted: G", "<4>CPU: 0 PID: 80 Comm: cat Tainted: G", false],
    ["<6>note: init[80] exited with irqs disabled", "<6>note: init[1] exited with irqs disabled", true],
    ["<6>PGD 2a15067 P4D 2a15067 PUD 0 ", "<6>PGD 1a15067 P4D 2a1 PUD 0 ", true],
    ["<6>PGD 2a15067 P4D 2a15067 PUD 0 ", "<6>PGD 2a15067 P4D 0", false],
    ["<6>hello", "<4>hello", false],
  ];
  for (const [left, right, same] of pairs) {
    const [step] = compareJob(recording({ ...load, dmesg: [left] }), [{ ...load, dmesg: [right] }]).steps;
    expect(step?.log.missing.length === 0, `${left} | ${right}`).toBe(same);
  }
});

test("of modules' places only the first after boot is compared", () => {
  const out = (text: string) => ({ op: "sh", arg: "", status: 0, out: text, dmesg: [], late: [] });
  const missing = (left: string, right: string): number =>
    compareJob(recording(out(left)), [out(right)]).steps[0]?.out.missing.length ?? -1;
  expect(missing("a 1 0 - Live 0xffffffffc0206000 (OE)\n", "a 1 0 - Live 0xffffffffc020a000 (OE)\n")).toBe(0);
  expect(missing("a 1 0 - Live 0xffffffffc0201000 (OE)\n", "a 1 0 - Live 0xffffffffc020a000 (OE)\n")).toBe(1);
});

test("stale entries of a call trace do not count; code bytes only where they are the module's", () => {
  const trace = (rip: string, code: string): string[] => [
    `<4>RIP: ${rip}`,
    `<4>Code: ${code}`,
    "<4> f+0x1/0x2",
  ];
  const log = (lines: string[], other: string[]): number =>
    compareJob(recording({ ...load, dmesg: lines }), [{ ...load, dmesg: other }]).steps[0]?.log.missing
      .length ?? -1;
  expect(log(["<4> ? g+0x5/0x6", ...trace("0010:k+0x1/0x2", "00 01")], trace("0010:k+0x1/0x2", "?"))).toBe(0);
  expect(log(trace("0010:go+0x1/0x2 [m]", "00 01"), trace("0010:go+0x1/0x2 [m]", "00 02"))).toBe(1);
  expect(log(trace("0033:0x4464f9", "28 00"), trace("0033:0x7f00", "29"))).toBe(0);
});

test("a step that never ended wants a stop, and a stop wants such a step", () => {
  const hung = { op: "load", arg: "/m/x.ko", timeout: true, dmesg: [], late: [] };
  const stop = { kind: "endless-loop", message: "in init" };
  expect(compareJob(recording(hung), [{ dmesg: [], late: [], stop }]).steps[0]?.fields).toEqual([]);
  expect(compareJob(recording(hung), [load]).steps[0]?.fields[0]?.field).toBe("stop");
  expect(compareJob(recording(load), [{ ...load, stop }]).steps[0]?.fields[0]?.field).toBe("stop");
  expect(compareJob(recording(load), []).steps[0]?.fields[0]?.kobox).toBe("not reached");
});

test("a panic is compared by what the console showed", () => {
  const panicked: Recording = {
    job: "p",
    outcome: "panic",
    steps: [{ op: "sleep", arg: "600", unfinished: true, dmesg: [], late: [] }],
    console: [
      "[    2.1] before",
      "[    2.2] @@mark 1",
      "[    2.3] tsc: x",
      "[    2.4] Kernel panic - not syncing: y",
      "",
    ],
  };
  const stop = { kind: "panic", message: "y" };
  const [step] = compareJob(panicked, [
    { dmesg: ["<0>Kernel panic - not syncing: y"], late: [], stop },
  ]).steps;
  expect(step?.log).toEqual({ matched: 1, missing: [], extra: [] });
  expect(step?.fields).toEqual([]);
});
