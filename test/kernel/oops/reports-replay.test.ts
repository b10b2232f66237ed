import { describe, expect, it } from "vitest";
import { toPattern } from "../../../src/base/address.ts";
import { createTraces } from "../../../src/kernel/oops/traces.ts";
import { fakeTask, pushGuestFrame } from "./fake-host.ts";
import { parseDump, splitVia } from "./parse-block.ts";
import { blurUser, rebuild } from "./rebuild.ts";
import { readRecording } from "./recorded.ts";

const jobs = [...readRecording("dev.jsonl"), ...readRecording("oops/oops.jsonl")];
const logOf = (name: string, step: number): readonly string[] =>
  jobs.find(({ job }) => job === name)?.steps[step]?.dmesg ?? [];
const strip = (line: string): string => line.replace(/^<\d+>/, "");
const consoleOf = (name: string, first: RegExp): string[] => {
  const lines = jobs.find(({ job }) => job === name)?.console ?? [];
  const texts = lines.map((line) => line.replace(/^\[ *\d+\.\d+\] /, ""));
  return texts.slice(texts.findIndex((line) => first.test(line))).filter((line) => line !== "");
};

describe("dump_stack", () => {
  it("from a stub: dump_stack_lvl, then the guest", () => {
    const log = logOf("crash-dumpstack", 0);
    const lines = log.slice(
      log.findIndex((line) => line.startsWith("<4>CPU:")),
      log.indexOf("<4> </TASK>") + 1,
    );
    const { dump } = splitVia(parseDump(lines.map(strip)));
    const { host } = rebuild(dump, lines.map(strip));
    createTraces(host).dumpStack();
    expect(blurUser(host.printed)).toEqual(blurUser(lines));
  });

  it("from kernel code: with callers of its own", () => {
    const log = logOf("ret-5-positive", 0);
    const lines = log.slice(
      log.findIndex((line) => line.startsWith("<4>CPU:")),
      log.indexOf("<4> </TASK>") + 1,
    );
    const dump = parseDump(lines.map(strip));
    const { host, task } = rebuild({ ...dump, trace: [] }, lines.map(strip));
    task.frames.length = 0;
    const callers = dump.trace.slice(1).map(({ text, reliable }) => (reliable ? text : `? ${text}`));
    createTraces(host).dumpStack({ callers });
    expect(blurUser(host.printed)).toEqual(blurUser(lines));
  });
});

describe("scheduling while atomic", () => {
  it.each([
    ["crash-schedatomic", 0, "msleep"],
    ["crash-exit-schedatomic", 1, "msleep"],
  ])("%s", (name, step, stub) => {
    const log = logOf(name, step);
    const start = log.findIndex((line) => line.startsWith("<3>BUG: scheduling"));
    const lines = log
      .slice(start, log.indexOf("<4> </TASK>") + 1)
      .filter((line) => !line.includes("? __bpf_trace"));
    const plain = lines.map(strip);
    const { dump } = splitVia(parseDump(plain));
    const { host, task } = rebuild(dump, plain);
    host.knobs.preempt = 1;
    createTraces(host).schedulingWhileAtomic(task, stub);
    expect(blurUser(host.printed)).toEqual(blurUser(lines));
    expect(host.knobs.preempt).toBe(0);
    expect(host.taints.value() & 0x200).toBe(0x200);
  });
});

describe("watchdog", () => {
  it("reports guest code that never stops", () => {
    const lines = consoleOf("crash-loop", /^watchdog: /);
    const dump = parseDump(lines);
    const { host, task } = rebuild(dump, lines);
    createTraces(host).softLockup(task);
    expect(blurUser(host.printed.map(strip))).toEqual(blurUser(lines));
    expect(host.taints.value() & 0x4000).toBe(0x4000);
  });
});

describe("khungtaskd", () => {
  it("reports a task that waits for a mutex", () => {
    const log = readRecording("oops/hung.jsonl")[0]?.steps[1]?.dmesg ?? [];
    const start = log.findIndex((line) => line.startsWith("<3>INFO: task"));
    const lines = log.slice(start, log.indexOf("<6> </TASK>") + 1);
    const plain = lines.map(strip);
    const { dump } = splitVia(parseDump(plain));
    const { host, task: parsed } = rebuild(dump, plain);
    const task = { ...parsed, comm: "init", pid: 81 };
    for (const flag of [12, 13]) host.taints.add(flag, "still-ok");
    host.knobs.task = undefined;
    host.knobs.current = undefined;
    task.registers.set(host.registers);
    createTraces(host).hungTask({ task, seconds: 4, stub: "mutex_lock", parent: 1 });
    expect(blurUser(host.printed)).toEqual(blurUser(lines));
    expect(host.findings).toHaveLength(1);
  });
});

describe("in an interrupt", () => {
  it("an oops shows both stacks and is the end", () => {
    const lines = consoleOf("crash-timer", /^BUG: kernel NULL/);
    const end = lines.indexOf(" </IRQ>");
    const header = lines.findIndex((line) => line.startsWith("CPU: "));
    const shown = parseDump([...lines.slice(header, end), " </TASK>"]);
    const { host, task: parsed } = rebuild({ ...shown, trace: [] }, lines);
    const callers = shown.trace.map(({ text, reliable }) => (reliable ? text : `? ${text}`));
    const task = {
      ...parsed,
      ...fakeTask("swapper/0", 0, callers),
      context: "softirq" as const,
      stack: parsed.stack,
    };
    pushGuestFrame(task, parsed.stack.high - 64);
    task.frames.push(...parsed.frames.slice(0, 1));
    task.frames.shift();
    host.knobs.task = task;
    host.knobs.current = undefined;
    host.knobs.walk = [0x3fefb067n, 0x3fefc067n, 0n];
    host.memory.setU64(task.stack.low, 0x57ac6e9dn);
    const exception = { vector: 14, errorCode: 2, address: 0n, stub: undefined };
    expect(createTraces(host).exception(task, exception)).toBe("kill");
    // What the idle loop had in its registers differs from run to run.
    const idle = (text: string): string => text.replace(/^(R..|RSP): .*/, "$1");
    expect(host.printed.map(strip).map(idle)).toEqual(lines.map(idle));
    expect(host.stops).toHaveLength(1);
  });
});

describe("an imbalance after init", () => {
  it.each(["crash-leakspin", "crash-leakirq"])("%s", (name) => {
    const log = logOf(name, 0);
    const start = log.findIndex((line) => line.includes("[ cut here ]"));
    const lines = log.slice(start, log.findIndex((line) => line.includes("[ end trace")) + 1);
    const plain = lines.map(strip);
    const dump = parseDump(plain.slice(2));
    const { host, task: parsed } = rebuild({ ...dump, trace: [] }, plain);
    const trace = dump.trace.map(({ text, reliable }) => (reliable ? text : `? ${text}`));
    const task = { ...parsed, callers: ["do_one_initcall+0x59/0x220", ...trace] };
    task.frames.length = 0;
    host.knobs.task = task;
    host.knobs.preempt = name === "crash-leakspin" ? 1 : 0;
    const fn = -0x3fdf_a000;
    host.symbolTable.push({ base: fn, size: 0x1000, name: "t_crash_init", module: "t_crash" });
    const flags = dump.values["EFLAGS"] ?? 0n;
    if (name === "crash-leakirq") host.registers[17] = flags & ~0x200n;
    createTraces(host).checkInitcall(task, fn, 0);
    expect(blurUser(host.printed)).toEqual(blurUser(lines));
    expect(host.knobs.preempt).toBe(0);
    expect((host.registers[17] ?? 0n) & 0x200n).toBe(0x200n);
    expect(toPattern(fn)).toBe(0xffff_ffff_c020_6000n);
  });
});
