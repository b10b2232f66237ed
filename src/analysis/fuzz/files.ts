import { Errno } from "../../base/errors.ts";
import type { Routine } from "../../kernel/routine.ts";
import { type DirectoryEntry, S_IFDIR, S_IFLNK, S_IFMT, type UserSystem } from "../../kernel/user.ts";
import type { Sandbox } from "../../sandbox.ts";

/** Where modules make files that users open. */
const ROOTS = ["/dev", "/proc", "/sys/kernel/debug", "/sys/module"];
const DEEPEST = 5;
const MOST = 2000;

function* walk(sys: UserSystem, folder: string, depth: number, found: string[]): Routine<void> {
  let entries: readonly DirectoryEntry[] = [];
  try {
    entries = yield* sys.readdir(folder);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return;
  }
  for (const { name, type } of entries) {
    const path = `${folder}/${name}`;
    const kind = type & S_IFMT;
    if (found.length >= MOST || kind === S_IFLNK || /^\/proc\/(\d|self)/.test(path)) continue;
    if (kind !== S_IFDIR) found.push(path);
    else if (depth < DEEPEST) yield* walk(sys, path, depth + 1, found);
  }
}

/** Paths of files there are; what a module makes is the difference of two lists. */
export const listFiles = (sandbox: Sandbox): readonly string[] => {
  const found: string[] = [];
  sandbox.run({ comm: "find", argv: ["find"] }, function* (sys) {
    for (const root of ROOTS) yield* walk(sys, root, 0, found);
    return 0;
  });
  return found;
};
