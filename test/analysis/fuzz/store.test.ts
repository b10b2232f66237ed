import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EMPTY } from "../../../src/analysis/fuzz/input.ts";
import { type SessionIdentity, openStore, readReproducer } from "../../../src/analysis/fuzz/store.ts";

const IDENTITY: SessionIdentity = {
  module: "00",
  kernel: "6.1.0-56-amd64",
  target: "init",
  parameters: "",
  seed: 1,
  sanitize: "none",
};
const CRASH = { kind: "oops", message: "went wrong", where: "f+0x1", stack: ["f+0x1"] };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kobox-store-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("has all of it again when opened again", () => {
  const store = openStore(folder, IDENTITY);
  const later = { ...EMPTY, chance: 2 };
  store.addInput({ execution: 9, input: later });
  store.addInput({ execution: 3, input: EMPTY });
  const path = store.addCrash({ execution: 4, input: later, key: "k", crash: CRASH });
  store.setProgress({ executions: 12, seconds: 1.5 });
  const again = openStore(folder, IDENTITY);
  expect(again.progress).toEqual({ executions: 12, seconds: 1.5 });
  expect(again.corpus).toEqual([EMPTY, later]);
  expect(again.crashes).toMatchObject([{ crash: CRASH, input: later, target: "init" }]);
  expect(readReproducer(path)).toEqual(again.crashes[0]);
});

it("does not mix sessions", () => {
  openStore(folder, IDENTITY).setProgress({ executions: 0, seconds: 0 });
  expect(() => openStore(folder, { ...IDENTITY, target: "params" })).toThrow(/another target/);
});

it("passes over files that a killed session left half-written", () => {
  const store = openStore(folder, IDENTITY);
  store.addInput({ execution: 0, input: EMPTY });
  writeFileSync(join(folder, "corpus", "0000.json.new"), "{");
  expect(openStore(folder, IDENTITY).corpus).toEqual([EMPTY]);
});

it("leaves nothing behind before there is something to keep", () => {
  openStore(join(folder, "session"), IDENTITY);
  expect(readdirSync(folder)).toEqual([]);
});

it("refuses what is no reproducer, by name", () => {
  const path = join(folder, "x.json");
  for (const text of ["", "null", "{}", '{"reproducer_version":1,"input":{}}']) {
    writeFileSync(path, text);
    expect(() => readReproducer(path)).toThrow(path);
  }
});
