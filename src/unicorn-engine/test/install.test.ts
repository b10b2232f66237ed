import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SOURCE = fileURLToPath(new URL("../", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "unicorn-engine-test-"));
  for (const name of ["install.mjs", "install", "native", "package.json"]) {
    cpSync(join(SOURCE, name), join(folder, name), { recursive: true });
  }
  mkdirSync(join(folder, "bin"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A command of that name, first and alone in the path. */
const command = (name: string, script: string): void => {
  const path = join(folder, "bin", name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
};

const install = (root: string = folder) =>
  spawnSync(process.execPath, [join(root, "install.mjs")], {
    encoding: "utf8",
    env: { PATH: join(folder, "bin"), HOME: folder },
  });

describe("install.mjs", () => {
  it("does nothing where it has done its work", () => {
    const { status, stderr } = install(SOURCE);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("says what to install where there is neither Unicorn nor apt", () => {
    const { status, stderr } = install();
    expect(status).toBe(1);
    expect(stderr).toContain("Unicorn 2.1 or newer was not found (this system has no apt)");
    expect(stderr).toContain("apt-get install libunicorn-dev");
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(existsSync(join(folder, "build/unicorn_engine.node"))).toBe(false);
  });

  it("says why apt could not help", () => {
    command("dpkg", "echo amd64");
    command("apt-get", 'case "$1" in --version) exit 0;; indextargets) exit 0;; esac; exit 1');
    const { status, stderr } = install();
    expect(status).toBe(1);
    expect(stderr).toMatch(/Unicorn 2.1 or newer was not found \(.*(?:no Debian mirror|not installed)/);
  });

  it("passes on apt's own complaint, and leaves nothing behind", () => {
    command("dpkg", "echo amd64");
    command(
      "apt-get",
      'case "$1" in --version) exit 0;; indextargets) echo "http://mirror.invalid/debian/|bookworm|main|Packages"; exit 0;; esac; echo "E: no such mirror" >&2; exit 100',
    );
    const { status, stderr } = install();
    expect(status).toBe(1);
    expect(stderr).toMatch(/apt-get update failed: E: no such mirror|not installed/);
    expect(existsSync(join(folder, ".unicorn"))).toBe(false);
  });

  it("says so where there is no compiler", () => {
    command(
      "pkg-config",
      `case "$*" in *includedir*) echo ${folder}/usr/include;; *libdir*) echo ${folder}/lib;; *modversion*) echo 2.1.9;; esac`,
    );
    mkdirSync(join(folder, "lib"));
    writeFileSync(join(folder, "lib/libunicorn.so"), "");
    const { status, stderr } = install();
    expect(status).toBe(1);
    expect(stderr).toContain("the compiler c++ does not run");
  });
});
