import { describe, expect, it } from "vitest";
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

describe("kobox fuzz has nothing against the correct twin of", () => {
  it.each(FUZZED)(
    "$name",
    ({ name, target, executions }) => {
      expect(found(`${name}_ok`, target, Math.min(executions, 800))).toEqual([]);
    },
    120_000,
  );
});
