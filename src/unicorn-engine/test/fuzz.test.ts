import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

const path = (name: string): string => new URL(name, import.meta.url).pathname;

it.each([1, 2, 3, 4])(
  "no value passed to the addon crashes the process (seed %i)",
  (seed) => {
    const args = [
      "--expose-gc",
      path("fuzz-child.cjs"),
      path("../build/unicorn_engine.node"),
      String(seed),
      "6000",
    ];
    const { status, signal, stderr } = spawnSync(process.execPath, args, {
      encoding: "utf8",
      timeout: 100_000,
    });
    const lines = stderr.split("\n").filter((line) => line !== "" && !line.includes("tcg fatal error"));
    expect({ status, signal, lines: lines.slice(-5) }).toEqual({ status: 0, signal: null, lines: [] });
  },
  120_000,
);
