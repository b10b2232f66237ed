import { readdirSync } from "node:fs";
import { testJobs } from "../support/truth-replay.ts";
import { describe } from "vitest";

const samples = readdirSync(new URL("../../samples", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
  .map(({ name }) => name);

describe.each(samples)("%s", (name) => testJobs(`samples/${name}/${name}.jobs`));
