import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnSync } from "node:child_process";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A program's end as a user sees it. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built `kobox`, as a process of its own. `npm test` and `npm run build` build it. */
export const kobox = (args: readonly string[], options: { cwd?: string; input?: string } = {}): Ended => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "bin/kobox.cjs"), ...args], {
    cwd: options.cwd ?? ROOT,
    input: options.input ?? "",
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
};

/** An empty folder that is gone when `use` returns. */
export const inFolder = <T>(use: (path: string) => T): T => {
  const path = mkdtempSync(join(tmpdir(), "kobox-test-"));
  try {
    return use(path);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
};

/** Two empty folders that are gone when what `use` promises is done. */
export const inFolders = async (use: (one: string, other: string) => Promise<void>): Promise<void> => {
  const paths = [0, 1].map(() => mkdtempSync(join(tmpdir(), "kobox-test-")));
  try {
    await use(paths[0] ?? "", paths[1] ?? "");
  } finally {
    for (const path of paths) rmSync(path, { recursive: true, force: true });
  }
};
