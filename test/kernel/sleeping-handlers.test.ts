/** Interrupt handlers that sleep where the real kernel comes to no good end: naps.jobs has what it survives. */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { type Sandbox, boot } from "../../src/sandbox.ts";

const NAPS = readFileSync(new URL("../truth/around/naps.ko", import.meta.url));
const made: { sandbox: Sandbox | undefined } = { sandbox: undefined };
afterEach(() => made.sandbox?.close());

const insert = (parameters: string): { code: number; stop: string | undefined; log: string } => {
  const sandbox = boot({ ram: 128 * 1024 * 1024 });
  made.sandbox = sandbox;
  const { code, stop } = sandbox.run({ comm: "insmod", argv: ["insmod"] }, function* (sys) {
    yield* sys.initModule(NAPS, parameters);
    return 0;
  });
  const log = sandbox.kernel.log.since(0).map(({ text }) => text);
  return { code, stop: stop && `${stop.kind}: ${stop.message}`, log: log.join("\n") };
};

describe("an interrupt that came while nothing ran", () => {
  it("may sleep for a time: the idle task complains, and goes on", () => {
    const { code, stop, log } = insert("where=timer how=msleep idle=1");
    expect({ code, stop }).toEqual({ code: 0, stop: undefined });
    expect(log).toMatch(
      /BUG: scheduling while atomic: swapper\/0\/0\/0x00000102[^]*bad: scheduling from the idle/,
    );
    expect(log).toContain("naps: slept, count 0 off 0 comm swapper/0");
    expect(log).toContain("naps: later, count 0 off 0");
  });

  it.each([
    ["mutex", "mutex held"],
    ["wait", "to be woken"],
  ])("is lost where somebody has to wake it: %s", (how, reason) => {
    const { stop, log } = insert(`where=timer how=${how} idle=1`);
    expect(stop).toContain(`hang: the idle task waits for ${reason}`);
    expect(log).toContain("bad: scheduling from the idle thread!");
    expect(log).not.toContain("softirq: huh");
  });
});

describe("handlers that sleep on top of each other", () => {
  it("come to an end", () => {
    const { stop } = insert("where=many");
    expect(stop).toBe(
      "panic: 16 interrupt handlers sleep already; another waits for msleep(1) in an interrupt",
    );
  });
});
