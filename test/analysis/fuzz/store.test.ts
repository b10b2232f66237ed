import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
  devices: [],
  firmware: {},
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
  const lamp = { ...IDENTITY, devices: [{ name: "lamp" }] };
  expect(() => openStore(folder, lamp)).toThrow(/differs in its devices/);
  expect(() => openStore(folder, { ...IDENTITY, target: "params" })).toThrow(/differs in its target/);
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

it("goes on with what was written before there were devices", () => {
  openStore(folder, IDENTITY).setProgress({ executions: 7, seconds: 0 });
  const path = join(folder, "session.json");
  const { devices: _, firmware: __, ...old } = JSON.parse(readFileSync(path, "utf8")) as SessionIdentity;
  writeFileSync(path, JSON.stringify(old));
  expect(openStore(folder, IDENTITY).progress.executions).toBe(7);
});

it("refuses what is no reproducer, by name", () => {
  const path = join(folder, "x.json");
  const good = { reproducer_version: 1, input: EMPTY };
  const damaged = [{ devices: {} }, { firmware: null }].map((around) =>
    JSON.stringify({ ...good, ...around }),
  );
  for (const text of ["", "null", "{}", '{"reproducer_version":1,"input":{}}', ...damaged]) {
    writeFileSync(path, text);
    expect(() => readReproducer(path)).toThrow(path);
  }
});
