import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { arm } from "../../../src/analysis/armed.ts";
import { findUninitialised, freshMemory } from "../../../src/analysis/sanitizers/uninitialised.ts";
import { boot } from "../../../src/sandbox.ts";

const find = (name: string) => {
  const sandbox = boot({ ram: 48 << 20 });
  try {
    const fresh = freshMemory(sandbox);
    const armed = arm(sandbox, { bytes: readFileSync(name) });
    if (armed.kind !== "armed") throw new Error("does not load");
    return findUninitialised(sandbox, fresh, armed.module, () => {
      armed.restore();
      return JSON.stringify(armed.init());
    });
  } finally {
    sandbox.close();
  }
};

it("tells where a module decides on memory that nobody wrote", () => {
  const found = find("test/bugs/uninitialised_bug.ko");
  expect(found?.kind).toBe("uninitialised-memory");
  expect(found?.where).toMatch(/^bug_init\+/);
});

it.each([
  "test/bugs/uninitialised_ok.ko",
  "test/bugs/heap_overflow_ok.ko",
  "samples/proc/proc.ko",
  "samples/chardev/chardev.ko",
])("says nothing of %s", (name) => {
  expect(find(name)).toBeUndefined();
});
