// `npm test`: get ready, then run the tests. Arguments go to vitest.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT, setup } from "./setup.mjs";

await setup();
const report = process.env.KOBOX_TEST_REPORT;
const reporters =
  report === undefined ? [] : ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const { status } = spawnSync(
  process.execPath,
  [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", ...reporters, ...process.argv.slice(2)],
  { cwd: ROOT, stdio: "inherit" },
);
process.exit(status ?? 1);
