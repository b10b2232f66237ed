import { expect, it } from "vitest";
import { EMPTY, type Operation } from "../../../src/analysis/fuzz/input.ts";
import { boot } from "../../../src/sandbox.ts";
import { createHarness } from "../../../src/analysis/fuzz/harness.ts";
import { parseTarget } from "../../../src/analysis/fuzz/target.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../support/command-line.ts";

it("what is first called after the snapshot is bound once, not at each execution", () => {
  const sandbox = boot();
  const load = { bytes: readFileSync(join(ROOT, "samples/scull/scull.ko")) };
  const harness = createHarness(sandbox, load, parseTarget("sequence"), new Set());
  const names: string[] = [];
  const { bind } = sandbox.binder;
  Object.assign(sandbox.binder, {
    bind(stub: Parameters<typeof bind>[0]) {
      names.push(stub.name);
      return bind(stub);
    },
  });
  const operations = harness.knowledge.files.flatMap((_, file): Operation[] => [
    { op: "open", file },
    { op: "read", slot: file, count: 16 },
  ]);
  const { results } = harness.execute({ ...EMPTY, operations });
  // The parameters' files have the kernel call a function that the module does not import.
  expect(names).toContain("param_get_int");
  const bound = [...names];
  expect(harness.execute({ ...EMPTY, operations }).results).toEqual(results);
  expect(names).toEqual(bound);
  sandbox.close();
});
