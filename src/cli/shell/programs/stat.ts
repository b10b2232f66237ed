import type { ByteString } from "../../../base/bytes.ts";
import { major, minor, type Stat } from "../../../kernel/user.ts";
import { parseOptions, usageFailure } from "../options.ts";
import type { Program } from "../program.ts";
import { complainAbout } from "./inputs.ts";
import { fileTypeName, modeString } from "./mode.ts";
import { readNames } from "./users.ts";

interface Names {
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
}

const longTime = (time: bigint): string => {
  const text = new Date(Number(time / 1_000_000n)).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}.${String(time % 1_000_000_000n).padStart(9, "0")} +0000`;
};

const permissions = (mode: number): string => (mode & 0o7777).toString(8);

const field = (letter: string, name: ByteString, stat: Stat, names: Names): string | undefined => {
  const fields: Readonly<Record<string, () => string>> = {
    n: () => name,
    N: () => name,
    s: () => String(stat.size),
    F: () => fileTypeName(stat.mode, stat.size),
    a: () => permissions(stat.mode),
    A: () => modeString(stat.mode),
    f: () => stat.mode.toString(16),
    u: () => String(stat.uid),
    g: () => String(stat.gid),
    U: () => names.users.get(stat.uid) ?? "UNKNOWN",
    G: () => names.groups.get(stat.gid) ?? "UNKNOWN",
    i: () => String(stat.ino),
    h: () => String(stat.nlink),
    b: () => String(stat.blocks),
    B: () => "512",
    o: () => "4096",
    t: () => major(stat.rdev).toString(16),
    T: () => minor(stat.rdev).toString(16),
    Y: () => String(stat.mtime / 1_000_000_000n),
    y: () => longTime(stat.mtime),
    "%": () => "%",
  };
  return fields[letter]?.();
};

const DEFAULT = (name: ByteString, stat: Stat, names: Names): string => {
  const owner = (id: number, from: ReadonlyMap<number, string>): string =>
    `(${String(id).padStart(5)}/${(from.get(id) ?? "UNKNOWN").padStart(8)})`;
  const device =
    stat.rdev === 0 ? "" : ` Device type: ${major(stat.rdev).toString(16)},${minor(stat.rdev).toString(16)}`;
  const type = fileTypeName(stat.mode, stat.size);
  return [
    `  File: ${name}`,
    `  Size: ${String(stat.size).padEnd(10)}\tBlocks: ${String(stat.blocks).padEnd(10)} IO Block: 4096   ${type}`,
    `Device: 0h/0d\tInode: ${String(stat.ino).padEnd(10)}  Links: ${String(stat.nlink)}${device === "" ? "" : `    ${device}`}`,
    `Access: (${permissions(stat.mode).padStart(4, "0")}/${modeString(stat.mode)})  Uid: ${owner(stat.uid, names.users)}   Gid: ${owner(stat.gid, names.groups)}`,
    ...["Access", "Modify", "Change"].map((what) => `${what}: ${longTime(stat.mtime)}`),
    "",
  ].join("\n");
};

export const stat: Program = function* (call) {
  const usage = "[-L] [-c FMT] FILE...";
  const options = parseOptions(call.argv, { letters: "ltLfzc:", usage });
  if (options.rest.length === 0) throw usageFailure("stat", usage);
  const names = {
    users: yield* readNames(call.sys, "/etc/passwd"),
    groups: yield* readNames(call.sys, "/etc/group"),
  };
  const format = options.value("c");
  let status = 0;
  for (const path of options.rest) {
    try {
      const found = options.has("L") ? yield* call.sys.stat(path) : yield* call.sys.lstat(path);
      const text =
        format === undefined
          ? DEFAULT(path, found, names)
          : `${format.replace(/%(.)/g, (all, letter: string) => field(letter, path, found, names) ?? all)}\n`;
      yield* call.out.print(text);
    } catch (error) {
      yield* complainAbout(call, `can't stat '${path}'`, error);
      status = 1;
    }
  }
  return status;
};
