import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Armed, arm } from "../../src/analysis/armed.ts";
import { EBUSY, EINVAL, ENOENT, ENOEXEC } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { MODULE_STATE } from "../../src/kernel/modules/module.ts";
import { O_NONBLOCK } from "../../src/kernel/user.ts";
import { type Sandbox, boot } from "../../src/sandbox.ts";

const file = (path: string): Uint8Array => readFileSync(new URL(`../../${path}.ko`, import.meta.url));
const sample = (name: string): Uint8Array => file(`samples/${name}/${name}`);
const mod = (name: string): Uint8Array => file(`test/truth/mods/${name}`);

const armed = (sandbox: Sandbox, bytes: Uint8Array, parameters = ""): Armed => {
  const result = arm(sandbox, { bytes, parameters });
  if (result.kind !== "armed") throw new Error(`not armed: ${JSON.stringify(result)}`);
  return result;
};
const log = ({ kernel }: Sandbox): string[] =>
  kernel.log.since(0).map(({ level, text }) => `<${level}>${text}`);
const stateOf = ({ kernel }: Sandbox, name: string): number | undefined => {
  const module = kernel.modules.list.find(name);
  return module === undefined ? undefined : kernel.modules.list.state(module);
};
/** insmod and rmmod as plain system calls. */
const plain = (bytes: Uint8Array, name: string, parameters: string): string[] => {
  const sandbox = boot();
  sandbox.run({ comm: "insmod", argv: ["insmod"] }, function* (sys) {
    const fd = yield* sys.memfd("module", bytes);
    yield* sys.finitModule(fd, parameters, 0);
    return 0;
  });
  sandbox.run({ comm: "rmmod", argv: ["rmmod"] }, function* (sys) {
    try {
      yield* sys.deleteModule(name, O_NONBLOCK);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
    return 0;
  });
  const lines = log(sandbox);
  sandbox.close();
  return lines;
};
const blurred = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replaceAll(/PID: \d+|insmod\[\d+\]/g, "PID").replaceAll(/[0-9a-f]{16}/g, "X"));

describe("a module armed before its init", () => {
  it("is COMING, goes LIVE and out, and back again", () => {
    const sandbox = boot();
    const hello = armed(sandbox, sample("hello"));
    const before = log(sandbox);
    for (let round = 0; round < 3; round += 1) {
      expect(stateOf(sandbox, "hello")).toBe(MODULE_STATE.COMING);
      expect(hello.exit()).toEqual({ kind: "returned", value: -EBUSY });
      expect(hello.init()).toEqual({ kind: "returned", value: 0 });
      expect(stateOf(sandbox, "hello")).toBe(MODULE_STATE.LIVE);
      expect(hello.exit()).toEqual({ kind: "returned", value: 0 });
      expect(stateOf(sandbox, "hello")).toBeUndefined();
      expect(hello.exit()).toEqual({ kind: "returned", value: -ENOENT });
      expect(log(sandbox).length).toBeGreaterThan(before.length);
      hello.restore();
      expect(log(sandbox)).toEqual(before);
    }
    sandbox.close();
  });

  it.each([
    ["t_ret", "ret=5"],
    ["t_ret", "ret=-5000"],
    ["t_crash", "mode=warn when=init"],
    ["t_crash", "mode=null when=init"],
  ])("says what the plain system calls say: %s %s", (name, parameters) => {
    const sandbox = boot();
    const module = armed(sandbox, mod(name), parameters);
    for (let round = 0; round < 2; round += 1) {
      module.restore();
      module.init();
      module.exit();
      expect(blurred(log(sandbox))).toEqual(blurred(plain(mod(name), name, parameters)));
    }
    sandbox.close();
  });
});

describe("what comes of it", () => {
  it("is an errno when loading fails", () => {
    const sandbox = boot();
    expect(arm(sandbox, { bytes: new Uint8Array(10) })).toEqual({ kind: "returned", value: -ENOEXEC });
    expect(arm(sandbox, { bytes: sample("exports_user") })).toEqual({ kind: "returned", value: -ENOENT });
    expect(arm(sandbox, { bytes: sample("params"), parameters: "count=x" })).toEqual({
      kind: "returned",
      value: -EINVAL,
    });
    sandbox.close();
  });
});

describe("a runner of init", () => {
  it("runs it again and again, each time the same", () => {
    const sandbox = boot();
    const { kernel } = sandbox;
    const runner = armed(sandbox, mod("t_crash"), "mode=warn when=init").runner();
    const state = (): unknown[] => [
      log(sandbox),
      kernel.clock.now(),
      [...kernel.executor.registers],
      createHash("sha256").update(kernel.machine.ram).digest("hex"),
    ];
    expect(runner.run()).toEqual({ kind: "returned", value: 0 });
    const told = log(sandbox);
    // From then on the page tables' accessed and dirty bits stay.
    runner.restore();
    const before = state();
    runner.run();
    const first = state();
    expect(log(sandbox)).toEqual(told);
    for (let round = 0; round < 300; round += 1) {
      runner.restore();
      runner.run();
    }
    expect(state()).toEqual(first);
    runner.restore();
    expect(state()).toEqual(before);
    sandbox.close();
  });

  it("says how it ended", () => {
    const sandbox = boot();
    expect(armed(sandbox, mod("t_ret"), "ret=-5").runner().run()).toEqual({ kind: "returned", value: -5 });
    const killed = armed(sandbox, mod("t_crash"), "mode=null when=init").runner();
    const logs = [0, 1, 2].map(() => {
      expect(killed.run()).toEqual({ kind: "killed", signal: 9 });
      const lines = log(sandbox);
      killed.restore();
      return lines;
    });
    // With the page tables' entries as they are shown.
    expect(logs).toEqual([logs[0], logs[0], logs[0]]);
    sandbox.close();
  });
});
