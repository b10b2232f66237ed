import { describe, expect, it } from "vitest";
import { crashKey } from "../../src/analysis/fuzz/crash.ts";
import { EMPTY, inputText, parseInput } from "../../src/analysis/fuzz/input.ts";
import { fuzzing } from "../support/fuzzing.ts";
import { FUZZED } from "./bugs.ts";

/** Kinds of what that many executions of NAME_VARIANT.ko find. */
const found = (name: string, target: string, executions: number): readonly string[] =>
  fuzzing(`test/bugs/${name}.ko`, target.replace("DEVICE", `/dev/${name}`), (session) =>
    session.round(0, executions).crashes.map(({ crash }) => crash.kind),
  );

describe("kobox fuzz finds", () => {
  it.each(FUZZED)(
    "$name: $kind",
    ({ name, target, kind, executions }) => {
      expect(found(`${name}_bug`, target, executions)).toContain(kind);
    },
    120_000,
  );
});

describe("what devices answered", () => {
  it("is kept with the crash, made small, and shows it again", () => {
    const path = "test/bugs/mmio_length_bug.ko";
    const target = "file:/dev/mmio_length_bug";
    const [crash] = fuzzing(path, target, (session) => session.round(0, 200).crashes);
    expect(crash?.input.answers).toHaveLength(1);
    const input = parseInput(JSON.parse(inputText(crash?.input ?? EMPTY)), "the file");
    const again = fuzzing(path, target, (_, { examine }) => examine(input).crashes);
    expect(again.map(crashKey)).toContain(crash?.key);
    const without = fuzzing(path, target, (_, { examine }) => examine({ ...input, answers: [] }).crashes);
    expect(without).toEqual([]);
  });
});

describe("kobox fuzz has nothing against the correct twin of", () => {
  it.each(FUZZED)(
    "$name",
    ({ name, target, executions }) => {
      expect(found(`${name}_ok`, target, Math.min(executions, 800))).toEqual([]);
    },
    120_000,
  );
});
