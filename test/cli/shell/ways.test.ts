/** docs/ways.md against what there is: each word of the prompt runs and answers in JSON, each name of the library is a function. */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { BUILTINS } from "../../../src/cli/shell/builtins/index.ts";
import { VERBS, outsidePrograms } from "../../../src/cli/shell/outside.ts";
import { programNames } from "../../../src/cli/shell/programs/index.ts";
import { boot } from "../../../src/library/boot.ts";

const rows = readFileSync(new URL("../../../docs/ways.md", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && line.includes("`"))
  .slice(1)
  .map((line) =>
    line.split("|").map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "")),
  );
const [prompt, library] = [2, 3].map((column) => rows.flatMap((cells) => cells[column] ?? [])) as [
  string[],
  string[],
];

const kernel = await boot();
afterAll(() => kernel.close());

test("every row has both", () => {
  expect(rows.length).toBeGreaterThan(15);
  for (const cells of rows) expect([cells[2]?.length, cells[3]?.length]).not.toContain(0);
});

test("every verb of kobox is in the table, and no other", () => {
  const said = prompt.filter((word) => word.startsWith("kobox ")).map((word) => word.slice("kobox ".length));
  expect(said.toSorted()).toEqual([...VERBS.keys()].toSorted());
});

describe("at the prompt", () => {
  const programs = new Set([
    ...programNames(),
    ...BUILTINS.keys(),
    ...outsidePrograms(kernel.sandbox).keys(),
  ]);
  test.each(prompt)("%s", (word) => expect(programs).toContain(word.split(" ")[0]));
});

describe("in the library", () => {
  test.each(library)("%s", (path) => {
    const found = path
      .split(".")
      .slice(1)
      .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], kernel);
    expect(found).toBeTypeOf("function");
  });
});

test("chains are called, then the machine goes down", () => {
  kernel.insmod("test/truth/around/notif.ko");
  expect(kernel.notify("reboot", 1)).toBe(0);
  expect(() => kernel.notify("nothing", 1)).toThrow("there is no notifier chain nothing");
  kernel.power("off");
  // As recorded when busybox's poweroff did it.
  expect(
    kernel
      .dmesg()
      .slice(-4)
      .map(({ text }) => text),
  ).toEqual([
    "notif: reboot 1 none",
    "notif: reboot 3 none",
    "ACPI: PM: Preparing to enter system sleep state S5",
    "reboot: Power down",
  ]);
  expect(kernel.stopped).toMatchObject({ kind: "power", message: "the machine is off" });
  expect(() => kernel.settle()).toThrow("the machine is off");
});
