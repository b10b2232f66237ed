import type { ByteString } from "../../../base/bytes.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import type { UserSystem } from "../../../kernel/user.ts";
import { compilePattern, hasWildcard } from "./pattern.ts";

const unescape = (pattern: string): string => pattern.replace(/\\([^])/g, "$1");

function* namesIn(sys: UserSystem, folder: ByteString): Routine<readonly ByteString[]> {
  try {
    const entries = yield* sys.readdir(folder === "" ? "." : folder);
    return entries.map(({ name }) => name);
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}

function* exists(sys: UserSystem, path: ByteString): Routine<boolean> {
  try {
    yield* sys.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

/** More paths than this is not a command line any more. */
const MAX_PATHS = 100_000;

/** Existing paths that fit the pattern, sorted; empty when there is none. */
export function* globPaths(sys: UserSystem, pattern: string): Routine<readonly ByteString[]> {
  let prefixes: string[] = [""];
  const parts = pattern.split("/");
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const tail = last ? "" : "/";
    const grown: string[] = [];
    const matches = hasWildcard(part) ? compilePattern(part) : undefined;
    for (const prefix of prefixes) {
      if (matches === undefined) {
        const path = prefix + unescape(part) + tail;
        if (part === "" || !last || (yield* exists(sys, path))) grown.push(path);
        continue;
      }
      for (const name of yield* namesIn(sys, prefix)) {
        const hidden = name.startsWith(".") && !part.startsWith(".") && !part.startsWith("\\.");
        if (!hidden && matches(name)) grown.push(prefix + name + tail);
        if (grown.length > MAX_PATHS) return [];
      }
    }
    prefixes = grown;
  }
  const found: string[] = [];
  for (const path of prefixes) if (yield* exists(sys, path)) found.push(path);
  return found.sort((a, b) => (a < b ? -1 : 1));
}
