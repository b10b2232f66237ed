/** `kobox run FILE.ko` starts from a bundle of its own (src/cli/run-main.ts); with any option, from the full one. */
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, kobox } from "../support/command-line.ts";

const HELLO = "samples/hello/hello.ko";
/** What it is anyway, but an option. */
const OPTION = ["--seed", "1"];

describe("the bundle of `kobox run` does what the full one does", () => {
  it.each([
    ["a clean run", [HELLO]],
    ["a clean run, as JSON", [HELLO, "--json"]],
    ["parameters", ["samples/params/params.ko", "nosuch=1"]],
    ["a character device", ["samples/chardev/chardev.ko"]],
    ["an oops", ["samples/oops/oops.ko"]],
    ["a panic, as JSON", ["test/truth/mods/t_crash.ko", "mode=timer", "--json"]],
    ["no module", ["package.json"]],
    ["no file", ["nosuch.ko"]],
  ])("%s", (_name, words) => {
    const alone = kobox(["run", ...words]);
    expect(alone).toEqual(kobox(["run", ...words, ...OPTION]));
    expect(alone.stdout + alone.stderr).not.toBe("");
  });
});

describe("standard output", () => {
  const shell = (command: string, env: NodeJS.ProcessEnv = {}): string =>
    spawnSync("bash", ["-c", command], { cwd: ROOT, encoding: "utf8", env: { ...process.env, ...env } })
      .stdout;

  it("may be closed by its reader", () => {
    const run = `node bin/kobox.cjs run ${HELLO} 2>&1 1>&3`;
    expect(shell(`{ { ${run}; echo "status $?" >&2; } 3>&1 | true; } 2>&1`)).toMatch(/^status 0$/m);
  });

  it("has colours where they are asked for", () => {
    expect(shell(`node bin/kobox.cjs run ${HELLO}`, { CI: "true" })).not.toContain("\u001b[");
    expect(shell(`node bin/kobox.cjs run ${HELLO}`, { FORCE_COLOR: "1" })).toContain(
      "\u001b[1m[    2.250000] hello: module verification failed",
    );
    expect(shell(`node bin/kobox.cjs run ${HELLO}`, { FORCE_COLOR: "1", NO_COLOR: "1" })).not.toContain(
      "\u001b[",
    );
  });
});

describe("a start", () => {
  it("loads what it uses", () => {
    kobox(["run", HELLO]);
    // All that V8 had compiled when hello was done; half as much again when all files are loaded.
    const hash = readFileSync(join(ROOT, "dist/run.cjs"), "latin1").slice(-12);
    const { size } = statSync(join(ROOT, `dist/run.cjs.${hash}.${process.versions.v8}.run.cache`));
    expect(size).toBeLessThan(1_100_000);
  });
});
