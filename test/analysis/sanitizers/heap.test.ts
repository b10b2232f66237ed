import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { openLedger } from "../../../src/analysis/ledger/ledger.ts";
import { watchHeap } from "../../../src/analysis/sanitizers/heap.ts";
import { boot } from "../../../src/sandbox.ts";
import { arm } from "../../../src/analysis/armed.ts";

/** Findings of a module's life with the heap watched. */
const findings = (name: string): readonly string[] => {
  const sandbox = boot({ ram: 48 << 20, checks: true });
  try {
    watchHeap(sandbox, openLedger(sandbox.kernel, sandbox.binder));
    const armed = arm(sandbox, { bytes: readFileSync(`test/bugs/${name}.ko`) });
    if (armed.kind !== "armed") throw new Error("does not load");
    armed.init();
    armed.exit();
    return sandbox.kernel.findings.all().map(({ kind, message, where }) => `${kind}: ${message} in ${where}`);
  } finally {
    sandbox.close();
  }
};

it("names a write behind the end of an object", () => {
  const [found] = findings("heap_overflow_bug");
  expect(found).toMatch(
    /^slab-out-of-bounds: write of 4 bytes at 0xffff888\w+, 0 bytes behind an object of 40 bytes \(kmalloc-64\) in bug_init\+/,
  );
});

it("names a use of freed memory", () => {
  const found = findings("timer_uses_freed_bug");
  expect(found).toEqual([
    expect.stringMatching(/^use-after-free: read of 4 bytes .* 0 bytes inside a freed object of 4 bytes/),
  ]);
});

it.each([
  "heap_overflow_ok",
  "timer_uses_freed_ok",
  "leak_exit_ok",
  "double_free_ok",
  "class_order_ok",
  "left_proc_ok",
])("says nothing of %s", (name) => {
  expect(findings(name)).toEqual([]);
});
