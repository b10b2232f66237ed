/** Every example of docs/library.md. */
import { describe, expect, test } from "vitest";
import * as kobox from "../../src/library/index.ts";
import * as matchers from "../../src/library/vitest/index.ts";
import { codeBlocks, runBlock } from "../support/markdown-code.ts";

const GUIDE = new URL("../../docs/library.md", import.meta.url).pathname;

describe.each(codeBlocks(GUIDE, "ts"))("line $line: $heading", ({ code }) => {
  runBlock(code, { kobox, "kobox/vitest": matchers, vitest: { expect, test } });
});
