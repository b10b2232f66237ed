import { describe, expect, it } from "vitest";
import {
  DEFERRED_CALLERS,
  inKsoftirqd,
  MODULE_CALLERS,
  callbackFrames,
  withSize,
} from "../../../src/kernel/oops/callers.ts";
import { CALL, RECORD_CALLERS, fileCallers } from "../../../src/kernel/oops/file-callers.ts";
import { sleepPath } from "../../../src/kernel/oops/sleep-paths.ts";
import { readRecording } from "./recorded.ts";

/** Certain lines of the trace that follows `@ NAME`, without the module's own and the user's registers. */
const recorded = readRecording("oops/where.jsonl").flatMap(({ job, steps }) =>
  steps.flatMap(({ dmesg = [] }) => {
    const traces: { job: string; name: string; lines: string[] }[] = [];
    dmesg.forEach((line, at) => {
      const [, name] = /^<6>(?:where|atomic): @ (.*)$/.exec(line) ?? [];
      const start = dmesg.indexOf("<4>Call Trace:", at);
      if (name === undefined || start < 0) return;
      const rest = dmesg.slice(start + 2);
      const end = rest.findIndex((text) => /^<4>(?: <\/|RIP: 0033)/.test(text));
      const lines = rest.slice(0, end).map((text) => text.slice(4));
      traces.push({ job, name, lines: lines.filter((text) => /^[a-z_]/.test(text) && !text.endsWith("]")) });
    });
    return traces;
  }),
);
const certain = (chain: readonly string[]): string[] => chain.filter((text) => !text.startsWith("? "));
const traceOf = (name: string, job = "where"): string[] =>
  recorded.find((trace) => trace.name === name && trace.job === job)?.lines.slice(1) ?? [];

describe("callers are those of the recorded traces", () => {
  const { finitModule, initModule, deleteModule } = MODULE_CALLERS;
  it.each([
    ["init", finitModule],
    ["exit", deleteModule],
    ["work", DEFERRED_CALLERS.work],
    ["timer", DEFERRED_CALLERS.timer],
    ["hrtimer", DEFERRED_CALLERS.hrtimer],
    ["hrtimer soft", DEFERRED_CALLERS.hrtimerSoft],
    ["tasklet", inKsoftirqd(DEFERRED_CALLERS.tasklet)],
    ["irq_work", DEFERRED_CALLERS.irqWork],
    ["rcu callback", DEFERRED_CALLERS.rcu],
    ["kthread", DEFERRED_CALLERS.kthread],
    ["kthread work", DEFERRED_CALLERS.kthreadWork],
    ["open", fileCallers("misc", "open", undefined)],
    ["read", fileCallers("misc", "read", undefined)],
    ["write", fileCallers("misc", "write", undefined)],
    ["read_iter", fileCallers("misc", "readIter", undefined)],
    ["write_iter", fileCallers("misc", "writeIter", undefined)],
    ["llseek", fileCallers("misc", "llseek", undefined)],
    ["ioctl", fileCallers("misc", "ioctl", undefined)],
    ["flush", fileCallers("misc", "flush", undefined)],
    ["release", fileCallers("misc", "release", undefined)],
    ["proc open", fileCallers("proc", "open", undefined)],
    ["proc read", fileCallers("proc", "read", undefined)],
    ["proc write", fileCallers("proc", "write", undefined)],
    ["proc release", fileCallers("proc", "release", undefined)],
    ["kobj_attribute show", fileCallers("sysfs", "readIter", CALL.SENDFILE)],
    ["kobj_attribute store", fileCallers("sysfs", "writeIter", undefined)],
    [
      "device_attribute show",
      [...RECORD_CALLERS.deviceShow, ...fileCallers("sysfs", "readIter", CALL.SENDFILE)],
    ],
    ["device_attribute store", fileCallers("sysfs", "writeIter", undefined)],
    ["param set", [...RECORD_CALLERS.parameterSet, ...fileCallers("sysfs", "writeIter", undefined)]],
    ["sysctl write", fileCallers("sysctl", "writeIter", undefined)],
    [
      "debugfs get",
      [...callbackFrames("debugfs_attr_read", "?"), ...fileCallers("debugfs", "read", undefined)],
    ],
    [
      "debugfs set",
      [...callbackFrames("debugfs_attr_write", "?"), ...fileCallers("debugfs", "write", undefined)],
    ],
  ])("%s", (name, chain) => {
    expect(certain(chain)).toEqual(traceOf(name));
  });

  it("init_module", () => {
    expect(certain(initModule)).toEqual(traceOf("init", "where-init_module"));
    expect(certain(MODULE_CALLERS.parametersInit)).toEqual(traceOf("param set", "where-init_module"));
  });

  it("stubs that call back", () => {
    for (const [name, stub] of [
      ["sort cmp", "sort"],
      ["bsearch cmp", "bsearch"],
      ["list_sort cmp", "list_sort"],
      ["idr_for_each", "idr_for_each"],
      ["kmem_cache ctor", "kmem_cache_alloc"],
      ["platform probe", "platform_device_register_full"],
    ] as const) {
      expect([...callbackFrames(stub, "?"), ...finitModule]).toEqual(traceOf(name));
    }
    expect([...callbackFrames("platform_device_unregister", "?"), ...deleteModule]).toEqual(
      traceOf("platform remove"),
    );
    expect(callbackFrames("some_function", "some_function+0x1/0x2")).toEqual(["some_function+0x1/0x2"]);
  });

  it("completes a name without its size", () => {
    expect(withSize("do_one_initcall+0x59")).toBe("do_one_initcall+0x59/0x220");
    expect(withSize("nothing+0x1")).toBe("nothing+0x1");
  });
});

describe("ways to sleep", () => {
  const traces = recorded.filter(({ job, name }) => job === "atomic" && name !== "__get_user bad");
  const stubs: Readonly<Record<string, string>> = {
    ssleep: "msleep",
    wait_event: "schedule",
    wait_event_timeout: "schedule_timeout",
  };
  it.each(traces.map(({ name, lines }) => [name, lines] as const))("%s", (name, lines) => {
    const above = ["dump_stack_lvl+0x44/0x5c", "__schedule_bug.cold+0x42/0x4e", "__schedule+0x804/0xa00"];
    expect([...above, ...sleepPath(stubs[name] ?? name, "?"), ...MODULE_CALLERS.finitModule]).toEqual(lines);
  });
});
