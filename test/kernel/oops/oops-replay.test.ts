import { describe, expect, it } from "vitest";
import { createTraces } from "../../../src/kernel/oops/traces.ts";
import type { FakeHost } from "./fake-host.ts";
import { parseDump, splitVia } from "./parse-block.ts";
import { blurUser, rebuild } from "./rebuild.ts";
import { type RecordedJob, readRecording } from "./recorded.ts";

const strip = (line: string): string => line.replace(/^<\d+>/, "");
const jobs: RecordedJob[] = [...readRecording("dev.jsonl"), ...readRecording("oops/oops.jsonl")];

const HEADER = /^(?:<4>)?(.*): ([0-9a-f]{4}) \[#\d+\] PREEMPT SMP NOPTI$/;
const START =
  /^<\d>(?:BUG: (?:kernel NULL|unable)|kernel tried|-{12}\[ cut|general protection|divide error|invalid opcode|int3:)/;

interface Recorded {
  readonly name: string;
  readonly lines: readonly string[];
}

/** Oops blocks of the steps' logs: from the first line of the report to the last one of its repetition. */
const oopses: Recorded[] = jobs.flatMap(({ job, steps }) =>
  steps.flatMap(({ dmesg = [] }, step) => {
    const header = dmesg.findIndex((line) => HEADER.test(line));
    if (header < 0) return [];
    let start = header;
    while (start > 0 && START.test(dmesg[start - 1] ?? "")) start -= 1;
    while (/^<\d>(?:#PF|PGD|BUG: |kernel |-{12})/.test(dmesg[start - 1] ?? "")) start -= 1;
    const summary = dmesg.findLastIndex((line) => line.startsWith("<4>PKRU"));
    const note = dmesg[summary + 1]?.startsWith("<6>note: ") === true ? 1 : 0;
    return [{ name: `${job} step ${step}`, lines: dmesg.slice(start, summary + 1 + note) }];
  }),
);

const vectorOf = (text: string): number =>
  text === "Oops"
    ? 14
    : text === "divide error"
      ? 0
      : text === "invalid opcode"
        ? 6
        : text === "int3"
          ? 3
          : 13;

/** Does what happened again, on the fake machine. */
const replay = (lines: readonly string[]): { readonly host: FakeHost; readonly verdict: string } => {
  const plain = lines.map(strip);
  const header = plain.findIndex((line) => HEADER.test(line));
  const [, text = "", code = "0"] = HEADER.exec(plain[header] ?? "") ?? [];
  const dump = parseDump(plain.slice(header));
  const { host, task, ip } = rebuild(dump, plain);
  const [, workqueue, worker] = /^Workqueue: (\S+) (\w+)/m.exec(plain.join("\n")) ?? [];
  const work = host.symbolTable.find(({ name }) => name === worker);
  host.knobs.work = work === undefined ? undefined : { workqueue: workqueue ?? "", function: work.base };
  const traces = createTraces(host);
  const [, address = "0"] = /address: ([0-9a-f]{16})$/m.exec(plain.join("\n")) ?? [];
  const walk = plain.find((line) => line.startsWith("PGD "));
  const entries =
    walk
      ?.trim()
      .split(" ")
      .filter((_, i) => i % 2 === 1)
      .map((hex) => BigInt(`0x${hex}`)) ?? [];
  host.knobs.walk = entries.filter((_, i) => i !== 1);
  host.memory.setU64(task.stack.low, 0x57ac6e9dn);
  const source = /^kernel BUG at (.*):(\d+)!$/.exec(
    plain.find((line) => line.startsWith("kernel BUG")) ?? "",
  );
  if (source !== null && !dump.place.endsWith("]")) {
    const site = { source: `${source[1]}:${source[2]}`, at: dump.place };
    host.registers[16] = BigInt.asUintN(64, BigInt(ip + 1));
    expect(() => traces.bug(site)).toThrow();
    return { host, verdict: traces.exception(task, { vector: 14, errorCode: 0, address: 0n, stub: "x" }) };
  }
  if (source !== null) {
    host.knobs.bugEntry = 0x9000;
    host.memory.setU32(0x9004, 0x100);
    host.memory.setCstring(0x9104, source[1] ?? "");
    host.memory.setU16(0x9008, Number(source[2]));
    host.memory.setU16(0x900a, 0);
  }
  const verdict = traces.exception(task, {
    vector: vectorOf(text.split(",")[0] ?? ""),
    errorCode: Number.parseInt(code, 16),
    address: BigInt(`0x${address}`),
    stub: undefined,
  });
  return { host, verdict };
};

describe("an oops prints again, byte for byte, from its own numbers", () => {
  it("finds the recorded ones", () => {
    expect(oopses.length).toBeGreaterThan(20);
  });

  it.each(oopses)("$name", ({ lines }) => {
    const { host, verdict } = replay(lines);
    expect(blurUser(host.printed)).toEqual(blurUser(lines));
    expect(verdict).toBe("kill");
    expect(host.findings).toHaveLength(1);
  });
});

const WARNING = /^(?:<4>)?WARNING: CPU: 0 PID: \d+ at (\S+):(\d+) (.*)$/;

/** WARN blocks, from the cut-here line to the end marker. */
const warnings: Recorded[] = jobs.flatMap(({ job, steps }) =>
  steps.flatMap(({ dmesg = [] }, step) => {
    const at = dmesg.findIndex((line) => WARNING.test(line));
    if (at < 0) return [];
    const start = dmesg.findLastIndex((line, index) => index < at && line.includes("[ cut here ]"));
    const end = dmesg.findIndex((line, index) => index > at && line.includes("[ end trace"));
    return [{ name: `${job} step ${step}`, lines: dmesg.slice(start, end + 1) }];
  }),
);

const replayWarning = (lines: readonly string[]): FakeHost => {
  const plain = lines.map(strip);
  const at = plain.findIndex((line) => WARNING.test(line));
  const [, file = "", line = "", place = ""] = WARNING.exec(plain[at] ?? "") ?? [];
  const own = place.endsWith("]");
  const parsed = parseDump(plain.slice(at));
  const { via, dump } = own ? { via: [], dump: parsed } : splitVia(parsed);
  const { host, task, ip } = rebuild(dump, plain);
  const traces = createTraces(host);
  const message = at === 2 ? plain[1] : undefined;
  if (!own) {
    host.registers[16] = BigInt.asUintN(64, BigInt(ip + 1));
    traces.warn({ source: `${file}:${line}`, at: place }, { message, via });
    return host;
  }
  // WARN() of a module prints its first two lines itself, and says so in the table.
  if (message !== undefined) for (const text of lines.slice(0, 2)) host.printed.push(text);
  host.knobs.bugEntry = 0x9000;
  host.memory.setU32(0x9004, 0x100);
  host.memory.setCstring(0x9104, file);
  host.memory.setU16(0x9008, Number(line));
  host.memory.setU16(0x900a, 0x901 | (message === undefined ? 0 : 8));
  const verdict = traces.exception(task, { vector: 6, errorCode: 0, address: 0n, stub: undefined });
  expect(verdict).toBe("resume");
  expect(host.registers[16]).toBe(BigInt.asUintN(64, BigInt(ip + 2)));
  return host;
};

describe("a WARN prints again from its own numbers", () => {
  it("finds the recorded ones", () => {
    expect(warnings.length).toBeGreaterThan(5);
  });

  it.each(warnings)("$name", ({ lines }) => {
    const host = replayWarning(lines);
    expect(blurUser(host.printed)).toEqual(blurUser(lines));
    expect(host.findings).toHaveLength(1);
  });
});

/** Reports of machines that died, from the console: no levels. */
const consoleReport = (name: string, first: RegExp): string[] => {
  const lines = jobs.find(({ job }) => job === name)?.console ?? [];
  const texts = lines.map((line) => line.replace(/^\[ *\d+\.\d+\] /, ""));
  const start = texts.findIndex((line) => first.test(line));
  return texts.slice(start).filter((line) => line !== "");
};

describe("reports that end the machine", () => {
  it("int3 is fatal, because its handler runs as an NMI does", () => {
    const lines = consoleReport("crash-int3", /^int3: /);
    const { host } = replay(lines);
    expect(blurUser(host.printed.map(strip))).toEqual(blurUser(lines));
    expect(host.stops).toEqual(["Kernel panic - not syncing: Fatal exception in interrupt"]);
  });

  it("a stack overflow becomes a double fault", () => {
    const lines = consoleReport("crash-stack", /^BUG: TASK stack guard/);
    const dump = parseDump(lines.slice(1));
    // The recorded stack pointer had already left the stack.
    const low = -0x36ff_ffa6_8000;
    const { host, task: parsed } = rebuild(dump, lines, low);
    const task = { ...parsed, stack: { low, high: low + 16384 } };
    const frame = task.frames[0];
    host.knobs.task = task;
    host.knobs.current = task;
    expect(frame?.kind).toBe("guest");
    const verdict = createTraces(host).exception(task, {
      vector: 14,
      errorCode: 2,
      address: BigInt.asUintN(64, BigInt(low - 8)),
      stub: undefined,
    });
    expect(verdict).toBe("kill");
    const hashed = (text: string): string => text.replace(/[0-9a-f]{16}(?=\.\.|\)| \(stack)/g, "#");
    expect(blurUser(host.printed.map(strip)).map(hashed)).toEqual(blurUser(lines).map(hashed));
  });

  it("panic() shows its caller", () => {
    const lines = consoleReport("crash-panic", /^Kernel panic/);
    const dump = parseDump(lines.slice(1));
    const own = dump.trace.slice(2);
    const { host, task } = rebuild({ ...dump, trace: own }, lines);
    expect(() => createTraces(host).panic("asked to, value 33")).toThrow();
    expect(task.signal).toBe(0);
    expect(blurUser(host.printed.map(strip))).toEqual(blurUser(lines));
  });
});
