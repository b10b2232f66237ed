import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

const path = (name: string): string => new URL(name, import.meta.url).pathname;

const child = (kind: string): unknown => {
  const args = ["--expose-gc", path("lifetime-child.cjs"), path("../build/unicorn_engine.node"), kind];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: 100_000,
  });
  expect({ status, signal, stderr: stderr.replaceAll(/.*tcg fatal error\n/g, "") }).toEqual({
    status: 0,
    signal: null,
    stderr: "",
  });
  return JSON.parse(stdout);
};

describe("engines", () => {
  // 150 engines of 2 MiB each, and more for the CPU.
  it.each([
    ["gc", 100],
    ["close", 20],
  ])(
    "give their memory back (%s)",
    (kind, limit) => {
      expect((child(kind) as { grown: number }).grown).toBeLessThan(limit);
    },
    120_000,
  );

  it.each(["workers", "worker-only"])(
    "work in many threads at once (%s)",
    (kind) => {
      expect(child(kind)).toEqual({ codes: [0, 0, 0, 0], trapped: "memory access out of bounds" });
    },
    120_000,
  );
});
