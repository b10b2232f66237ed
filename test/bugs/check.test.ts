import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { check, prepareCheck } from "../../src/analysis/check/check.ts";
import type { Judgement } from "../../src/analysis/check/judge.ts";
import type { Life } from "../../src/analysis/check/life.ts";
import { checkParameters } from "../../src/analysis/check/parameters.ts";
import { parseSanitizers } from "../../src/analysis/sanitizers/sanitizers.ts";
import { boot } from "../../src/sandbox.ts";
import { CHECKED } from "./bugs.ts";

const OPTIONS = { ram: 48 << 20, checks: true };
const SANITIZERS = parseSanitizers("all");

interface Judged {
  readonly judgement: Judgement;
  readonly life: Life;
}

/** Verdicts and kinds of findings of all runs that somebody would have to look at. */
const badIn = (module: string): string[] => {
  const bytes = readFileSync(new URL(`${module}.ko`, import.meta.url));
  const [first, second] = [boot(OPTIONS), boot(OPTIONS)];
  const options = {
    bytes,
    parameters: "",
    sanitizers: SANITIZERS,
    scope: "init",
    pairs: 0,
    limit: 1000,
    only: [],
  } as const;
  const prepared = prepareCheck(first, options);
  if (!("bench" in prepared)) throw new Error(`${module} does not load`);
  const { name, clean, cases } = check(prepared.bench, prepared.armed, options);
  const parameters = checkParameters(second, { name, bytes, parameters: "", sanitizers: SANITIZERS });
  first.close();
  second.close();
  const all: readonly Judged[] = [clean, ...cases, ...parameters];
  return all
    .filter(({ judgement: { severity } }) => severity === "error" || severity === "warning")
    .flatMap(({ judgement: { verdict }, life }) => [verdict, ...life.findings.map(({ kind }) => kind)]);
};

describe("kobox check finds", () => {
  it.each(Object.entries(CHECKED))("%s: %s", (name, kind) => {
    expect(badIn(`${name}_bug`)).toContain(kind);
  });
});

describe("kobox check has nothing against the correct twin of", () => {
  it.each(Object.keys(CHECKED))("%s", (name) => {
    expect(badIn(`${name}_ok`)).toEqual([]);
  });
});
