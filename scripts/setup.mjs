// Gets a fresh clone ready: compiler, npm packages, engine binding, bundle. Each step is skipped
// when it is already done, and says what it does when it is not. Node built-ins only.
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

const say = (text) => process.stderr.write(`kobox setup: ${text}\n`);

const fail = (text, hint) => {
  process.stderr.write(`kobox setup: ${text}\n${hint === undefined ? "" : `  ${hint}\n`}`);
  process.exit(2);
};

const run = (command, args, options = {}) => {
  const result = spawnSync(command, args, { cwd: ROOT, stdio: ["ignore", 2, 2], ...options });
  return result.status === 0;
};

const has = (command) => spawnSync("sh", ["-c", `command -v ${command}`], { stdio: "ignore" }).status === 0;

const checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node ${process.versions.node} is too old`, "Install Node 20.19 or newer.");
  }
  if (process.platform !== "linux" || process.arch !== "x64") {
    fail(`${process.platform}-${process.arch} is not supported`, "kobox runs on Linux, x86-64.");
  }
};

const installCompiler = () => {
  if (has("c++")) return;
  if (!has("apt-get")) fail("no C++ compiler found", "Install g++ (or clang++) so that `c++` runs.");
  const sudo = process.getuid?.() === 0 ? [] : ["sudo"];
  say("installing the C++ compiler (g++) with apt-get");
  const apt = (...args) => run([...sudo, "apt-get"][0], [...sudo, "apt-get"].slice(1).concat(args));
  if (!apt("update", "-q") || !apt("install", "-yq", "--no-install-recommends", "g++", "libc6-dev")) {
    fail("apt-get could not install g++", "Install g++ by hand, then run this again.");
  }
};

const digest = (...files) => {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
};

const installPackages = () => {
  const stamp = join(ROOT, "node_modules", ".kobox-lock");
  const wanted = digest("package-lock.json");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("installing npm packages (npm ci)");
  if (!run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"])) {
    fail("npm ci failed", "See npm's message above; the network may be out of reach.");
  }
  writeFileSync(stamp, wanted);
};

const buildEngine = async () => {
  const built = join(ROOT, "src/unicorn-engine/build/stamp");
  const sources = ["native", "install"].map((folder) => newest(join(ROOT, "src/unicorn-engine", folder)));
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...sources)) return;
  say("building the engine binding (unicorn-engine)");
  if (!run(process.execPath, ["src/unicorn-engine/install.mjs"])) {
    fail("the engine binding could not be built", "See the message above.");
  }
};

const newest = (folder) => {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "build" || entry.name === ".unicorn" || entry.name === "node_modules") continue;
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
};

/** True when dist/ is older than the sources. */
const stale = () => {
  const stamp = join(ROOT, "dist", ".built");
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return ["src", "kernel-stubs", "scripts"].some((folder) => newest(join(ROOT, folder)) > built);
};

const bundle = async () => {
  if (!stale()) return;
  say("bundling (dist/)");
  const { build } = await import("./build.mjs");
  await build();
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  writeFileSync(join(ROOT, "dist", ".built"), "");
};

export const setup = async () => {
  checkNode();
  installCompiler();
  installPackages();
  await buildEngine();
  await bundle();
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await setup();
