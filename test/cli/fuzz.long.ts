import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT, inFolder, inFolders, kobox } from "../support/command-line.ts";

const MODULE = "test/bugs/write_lock_held_bug.ko";
const TARGET = "file:/dev/write_lock_held_bug";
const TOTAL = 2500;

const fuzzArguments = (folder: string, executions: number): string[] => [
  "fuzz",
  MODULE,
  `--target=${TARGET}`,
  `--corpus=${folder}`,
  `--executions=${executions}`,
  "--sanitize=none",
];
const executionsIn = (folder: string): number => {
  try {
    return (JSON.parse(readFileSync(join(folder, "session.json"), "utf8")) as { executions: number })
      .executions;
  } catch {
    return 0;
  }
};
const contents = (folder: string): string[] =>
  ["corpus", "crashes"].flatMap((part) =>
    readdirSync(join(folder, part))
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => `${name} ${readFileSync(join(folder, part, name), "utf8")}`),
  );

/** Starts a session and kills it without warning once it has come that far. */
const killed = (folder: string, after: number): Promise<void> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ["bin/kobox.cjs", ...fuzzArguments(folder, TOTAL)], {
      cwd: ROOT,
      stdio: "ignore",
    });
    const look = setInterval(() => {
      if (executionsIn(folder) >= after) child.kill("SIGKILL");
    }, 20);
    child.on("exit", () => {
      clearInterval(look);
      resolve();
    });
  });

it("goes on after kill -9 as if nothing had happened", async () => {
  await inFolders(async (one, other) => {
    expect(kobox(fuzzArguments(one, TOTAL)).status).toBe(1);
    await killed(other, 500);
    const done = executionsIn(other);
    expect(done).toBeGreaterThanOrEqual(500);
    expect(done).toBeLessThan(TOTAL);
    expect(kobox(fuzzArguments(other, TOTAL - done)).status).toBe(1);
    expect(contents(other)).toEqual(contents(one));
    expect(executionsIn(other)).toBe(TOTAL);
  });
});

it("replays a crash byte for byte", () => {
  inFolder((folder) => {
    kobox(fuzzArguments(folder, 500));
    const [crash = ""] = readdirSync(join(folder, "crashes"));
    const replay = () => kobox(["run", MODULE, "--replay", join(folder, "crashes", crash)]);
    const [first, second] = [replay(), replay()];
    expect(first.status).toBe(1);
    expect(first.stderr).toContain("lock-held-at-return");
    expect(second).toEqual(first);
  });
});

it("shares a corpus among workers, the same way each time", () => {
  const session = (folder: string): string[] => {
    kobox([...fuzzArguments(folder, 1000), "--jobs=2"]);
    return contents(folder);
  };
  expect(inFolder(session)).toEqual(inFolder(session));
});

it("tells in one sentence what is wrong with a target", () => {
  const { status, stderr } = kobox(["fuzz", MODULE, "--target=file:/dev/nothing"]);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^kobox: \/dev\/nothing: no such file\n.*\/dev\/write_lock_held_bug/);
});
