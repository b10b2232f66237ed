import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Armed, arm } from "../../src/analysis/armed.ts";
import { auditModule } from "../../src/analysis/ledger/audit.ts";
import { type Ledger, openLedger } from "../../src/analysis/ledger/ledger.ts";
import type { Finding } from "../../src/kernel/events.ts";
import { type Sandbox, boot } from "../../src/sandbox.ts";

const mod = (path: string): Uint8Array => readFileSync(new URL(`../../${path}.ko`, import.meta.url));

interface Bench {
  readonly sandbox: Sandbox;
  readonly ledger: Ledger;
  readonly module: Armed;
}
const prepare = (path: string, parameters = ""): Bench => {
  const sandbox = boot({ ram: 64 << 20 });
  const ledger = openLedger(sandbox.kernel, sandbox.binder);
  const module = arm(sandbox, { bytes: mod(path), parameters });
  if (module.kind !== "armed") throw new Error("not armed");
  return { sandbox, ledger, module };
};
/** Init, exit, and what the ledger then says. */
const life = ({ sandbox, ledger, module }: Bench): readonly Finding[] => {
  const { kernel } = sandbox;
  module.init();
  module.exit();
  auditModule(kernel, ledger, module.module.name, "exit");
  return kernel.findings.all();
};
const kindsOf = (path: string, parameters = ""): string[] =>
  life(prepare(path, parameters)).map(({ kind }) => kind);

describe("the ledger", () => {
  it.each([
    ["mode=leak", "leak"],
    ["mode=cacheleak", "leak"],
    ["mode=doublefree", "double-free"],
    ["mode=vfreebad", "wrong-free"],
  ])("t_memleak %s: %s", (parameters, kind) => {
    expect(kindsOf("test/truth/mods/t_memleak", parameters)).toContain(kind);
  });

  it.each([
    ["what=timer", "left-active"],
    ["what=thread", "left-active"],
    ["what=proc", "left-registered"],
    ["what=misc", "left-registered"],
    ["what=notifier", "left-registered"],
  ])("t_leftover %s: %s", (parameters, kind) => {
    expect(kindsOf("test/truth/mods/t_leftover", parameters)).toEqual([kind]);
  });

  it.each(["chardev", "exports", "hello", "kthread", "params", "proc", "timer", "unwind", "work"])(
    "says nothing about the sample %s",
    (name) => {
      expect(kindsOf(`samples/${name}/${name}`)).toEqual([]);
    },
  );

  it("says nothing about a module with nothing wrong in the same files", () => {
    expect(kindsOf("test/truth/mods/t_leftover")).toEqual([]);
    // The kernel warns of what it tries on purpose.
    expect(kindsOf("test/truth/mods/t_mem")).toEqual(["warning"]);
    expect(kindsOf("test/truth/mods/t_memleak", "mode=none")).toEqual([]);
  });

  it("says nothing about numbers given back by a module that never asked for any", () => {
    expect(kindsOf("test/truth/drivers/buses")).toEqual([]);
  });

  it.each(["work", "delayed", "timer", "hrtimer", "tasklet", "rcu"])(
    "says nothing about %s that frees the memory it stands in",
    (what) => {
      const bench = prepare("test/analysis/mods/selffree", `what=${what}`);
      bench.module.init();
      bench.sandbox.sleep(50e6);
      const held = bench.ledger.held().filter(({ kind }) => kind === "slab");
      expect(held).toEqual([]);
      expect(life(bench).map(({ kind }) => kind)).toEqual([]);
    },
  );

  it.each(["early", "again"])("tells of memory freed while work in it is pending: %s", (what) => {
    const bench = prepare("test/analysis/mods/selffree", `what=${what}`);
    bench.module.init();
    bench.sandbox.sleep(50e6);
    expect(bench.sandbox.kernel.findings.all()[0]).toMatchObject({
      kind: "freed-while-in-use",
      message: "kfree() of memory with pending work in it, which the kernel still uses",
    });
  });

  it("names where a leak was allocated", () => {
    const [leak] = life(prepare("test/truth/mods/t_memleak", "mode=leak"));
    expect(leak?.where).toMatch(/^t_memleak_init\+0x[0-9a-f]+\/0x[0-9a-f]+ \[t_memleak\]$/);
    expect(leak?.message).toBe("64 bytes of kmalloc_trace() never freed after its exit");
    expect(leak?.related?.[0]?.message).toMatch(/^allocated by kmalloc_trace\(\) in insmod\/\d+$/);
  });

  it("names both frees of a double free", () => {
    const finding = life(prepare("test/truth/mods/t_memleak", "mode=doublefree")).find(
      ({ kind }) => kind === "double-free",
    );
    expect(finding?.related?.map(({ message }) => message.replace(/\d+$/, "N"))).toEqual([
      "freed by kfree() in insmod/N",
      "allocated by kmalloc_trace() in insmod/N",
    ]);
    const places = [finding?.where, ...(finding?.related ?? []).map(({ stack }) => stack[0])];
    expect(new Set(places).size).toBe(3);
  });

  it("goes back with the kernel", () => {
    const bench = prepare("test/truth/mods/t_memleak", "mode=leak");
    const { ledger, module } = bench;
    expect(life(bench)).toHaveLength(1);
    module.restore();
    expect(ledger.held()).toEqual([]);
    module.init();
    expect(ledger.held().map(({ kind, size }) => [kind, size])).toEqual([["slab", 64]]);
    module.restore();
    expect(ledger.held()).toEqual([]);
  });
});
