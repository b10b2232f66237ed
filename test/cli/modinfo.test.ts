/** modinfo's lines as kmod 30's modinfo wrote them (modinfo.json; the filename left out). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { modinfoEntries } from "../../src/cli/commands/modinfo.ts";

const { files } = JSON.parse(readFileSync(new URL("modinfo.json", import.meta.url), "utf8")) as {
  files: Readonly<Record<string, string>>;
};

test.each(Object.entries(files))("%s", (path, recorded) => {
  const lines = modinfoEntries(readFileSync(path), path).map(
    ([field, value]) => `${`${field}:`.padEnd(15)} ${value}\n`,
  );
  expect(lines.join("")).toBe(recorded);
});
