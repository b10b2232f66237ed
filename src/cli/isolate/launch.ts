import { type ChildProcess, type StdioOptions, fork } from "node:child_process";
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a process may use that runs a module nobody trusts. */
export interface Allowance {
  /** Address space, MiB. */
  readonly memory: number;
  /** Seconds of CPU time; no limit when absent. */
  readonly cpuSeconds?: number;
  /** Absolute paths of files it may read besides kobox's own, or FOLDER/* with all below. */
  readonly readable: readonly string[];
}

const MIB = 1024;
/** Node, V8 and the engine's translations: 1.4 GiB of addresses were enough for hello; most is never touched. */
const OWN_MEMORY = 4096;

/** For a guest with so many MiB: its memory, a snapshot's copy, and the process's own. */
export const memoryFor = (guest: number): number => OWN_MEMORY + 2 * guest;

/**
 * No core dumps, no file written, bounded addresses and CPU time; no network where a name space of its own can
 * be had, as root or as a user. The process keeps its ID: all is exec.
 */
const SCRIPT = `
ulimit -c 0; ulimit -f 0; ulimit -v "$1"; [ "$2" = 0 ] || ulimit -t "$2"; shift 2
for how in -n -rn; do
  unshare $how true 2>/dev/null && exec unshare $how "$@"
done
exec "$@"`;

/** Node's permission model: no writing, no processes, no threads, no reading but of what is listed. */
const permissions = (readable: readonly string[]): readonly string[] => {
  const known = process.allowedNodeEnvironmentFlags;
  const model = ["--permission", "--experimental-permission"].find((flag) => known.has(flag));
  if (model === undefined || !known.has("--allow-addons")) return [];
  // Node 20 aborts when it is told a path twice; FOLDER beside FOLDER/* counts as that.
  const paths = [...new Set(readable)];
  return ["--no-warnings", model, "--allow-addons", ...paths.map((path) => `--allow-fs-read=${path}`)];
};

/** Where kobox is installed, wherever its command is linked from. */
const program = (): { readonly file: string; readonly folder: string } => {
  const file = realpathSync(process.argv[1] ?? "");
  return { file, folder: join(dirname(file), "..") };
};

/** Starts `kobox COMMAND` as a process that can do little harm; it speaks with its parent only. */
export const launchIsolated = (
  command: string,
  { memory, cpuSeconds = 0, readable }: Allowance,
  stdout: "ignore" | "pipe",
): ChildProcess => {
  const { file, folder } = program();
  const stdio: StdioOptions = ["ignore", stdout, "ignore", "ipc"];
  return fork(file, [command], {
    execPath: "/bin/sh",
    execArgv: ["-c", SCRIPT, "kobox", `${memory * MIB}`, `${Math.ceil(cpuSeconds)}`].concat(
      [process.execPath, "--max-old-space-size=2048"],
      permissions([join(folder, "*"), ...readable]),
    ),
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
    serialization: "advanced",
    stdio,
  });
};

/** How a process ended, for a sentence about it. */
export const deathOf = (code: number | null, signal: string | null): string =>
  signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
