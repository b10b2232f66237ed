// `npm start`: get ready, then show the main job on a real sample.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT, setup } from "./setup.mjs";

await setup();
const args = process.argv.length > 2 ? process.argv.slice(2) : ["run", "samples/hello/hello.ko"];
const { status } = spawnSync(process.execPath, [join(ROOT, "bin/kobox.cjs"), ...args], {
  cwd: ROOT,
  stdio: "inherit",
});
process.exit(status ?? 3);
