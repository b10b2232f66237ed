/** What never ends comes to an end: with a report that names the guest's function and stack. */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { StopReason } from "../src/kernel/kernel.ts";
import type { Limits } from "../src/kernel/limits.ts";
import { type Sandbox, boot } from "../src/sandbox.ts";

const FOLDER = new URL("truth/limits/", import.meta.url);
const SMALL: Partial<Limits> = { calls: 100_000, instructions: 20_000_000, seconds: 3600 };
const made: { sandbox: Sandbox | undefined } = { sandbox: undefined };
afterEach(() => made.sandbox?.close());

const insert = (module: string, parameters: string, limits?: Partial<Limits>): ReturnType<Sandbox["run"]> => {
  const sandbox = boot({ ram: 128 * 1024 * 1024, limits });
  made.sandbox = sandbox;
  const bytes = readFileSync(new URL(`${module}.ko`, FOLDER));
  return sandbox.run({ comm: "insmod", argv: ["insmod"] }, function* (sys) {
    yield* sys.initModule(bytes, parameters);
    return 0;
  });
};
const stacks = (stop: StopReason | undefined): string =>
  (stop?.tasks ?? []).map(({ comm, stack }) => `${comm}: ${stack.join(" < ")}`).join("\n");

describe("a stop", () => {
  it.each([
    [
      "deadlock",
      "deadlock",
      undefined,
      "mutex",
      [/insmod: mutex_lock\S* < deadlock\+/, /other: mutex_lock\S* < other_way_round\+/],
    ],
    ["twice", "deadlock", undefined, "mutex first", [/insmod: mutex_lock.* < never_init/]],
    ["spin", "deadlock", undefined, "spinlock spin", [/_raw_spin_lock/]],
    ["loop", "hang", undefined, "endless loop in loop+", [/insmod: loop\+.* < never_init/]],
    [
      "count",
      "hang",
      "instructions",
      "20000000 instructions without a call of a kernel function, as many as may come at a time, are used up in count+",
      [/insmod: count\+/],
    ],
    [
      "calls",
      "hang",
      "calls",
      "100000 calls of kernel functions, as many as one step may make, are used up in loop_with_calls+",
      [/< loop_with_calls\+/],
    ],
    ["schedule", "hang", "calls", "gives up the CPU again and again", [/loop_with_schedule\+/]],
    [
      "sleep",
      "hang",
      undefined,
      "completion never_done [never], and nothing will ever end that",
      [/wait_for_completion/],
    ],
    [
      "sleeps",
      "hang",
      "seconds",
      "msleep(1000) after 3600 virtual seconds, as many as one step may take",
      [/msleep\S* < sleep_and_sleep\+/],
    ],
    ["memory", "out-of-memory", undefined, "must not fail", [/allocate\+/]],
    ["memory-try", "hang", "calls", "100000 calls of kernel functions", [/allocate_and_try\+/]],
  ])("names the function and its callers: %s", (mode, kind, limit, says, expected) => {
    const { stop } = insert("never", `mode=${mode}`, SMALL);
    expect(stop).toMatchObject({ kind, ...(limit === undefined ? {} : { limit }) });
    expect(stop?.message).toContain(says);
    for (const stack of expected) expect(stacks(stop)).toMatch(stack);
  });

  it.each([
    ["loop", 1],
    ["calls", 0],
    ["count", 0],
  ])("lets the watchdog speak where it would have: %s", (mode, times) => {
    insert("never", `mode=${mode}`, SMALL);
    const texts = made.sandbox?.kernel.log.since(0).map(({ text }) => text) ?? [];
    expect(texts.filter((text) => text.startsWith("watchdog: BUG: soft lockup"))).toHaveLength(times);
  });

  it("comes for a thread, too, while time is to pass", () => {
    expect(insert("never", "mode=thread", SMALL).stop?.message).toContain("endless loop in loop+");
    expect(stacks(made.sandbox?.kernel.stopped)).toMatch(/spinner: loop\+.* < thread_loop/);
  });

  it("is the panic of a double fault where the stack overflows", () => {
    const { stop } = insert("never", "mode=recursion");
    expect(stop?.kind).toBe("panic");
    expect(stacks(stop)).toMatch(/insmod: recurse\+.* < recurse\+.* < do_one_initcall/);
    const findings = made.sandbox?.kernel.findings.all().map(({ kind, message }) => `${kind}: ${message}`);
    expect(findings?.join("\n")).toMatch(/stack-overflow: .*recurse\+/);
  });
});

describe("much work", () => {
  it.each([
    ["wait", 3600, 1000],
    ["ticks", 3600, 5000],
    ["threads", 1000, 20_000],
    ["timers", 10_000, 20_000],
    ["works", 10_000, 20_000],
    ["objects", 100_000, 20_000],
    ["calls", 1_000_000, 25_000],
  ])("comes to its end: %s, %i", (mode, n, milliseconds) => {
    const start = performance.now();
    expect(insert("growth", `mode=${mode} n=${n}`)).toMatchObject({ code: 0, signal: 0 });
    expect(made.sandbox?.kernel.stopped).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(milliseconds);
  });
});
