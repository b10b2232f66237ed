import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compatibilityText } from "../../src/cli/commands/compatibility.ts";

it("docs/compatibility.md is what `npm run compatibility` makes", () => {
  const path = new URL("../../docs/compatibility.md", import.meta.url);
  expect(readFileSync(path, "utf8")).toBe(compatibilityText());
});
