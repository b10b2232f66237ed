import { counted } from "../../../base/words.ts";
import type { ByteString } from "../../../base/bytes.ts";
import { EEXIST, EISDIR, ENOENT, ENOTDIR } from "../../../base/errno.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import {
  makedev,
  O_CREAT,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFMT,
} from "../../../kernel/user.ts";
import { complain } from "../launch.ts";
import { parseOptions, usageFailure } from "../options.ts";
import { basename, type Program, type ProgramCall, ProgramFailure } from "../program.ts";
import { complainAbout } from "./inputs.ts";
import { parseMode } from "./mode.ts";

/** Does `act` for each path, says which failed; the exit status. */
function* eachPath(
  call: ProgramCall,
  paths: readonly ByteString[],
  wording: (path: ByteString) => ByteString,
  act: (path: ByteString) => Routine<void>,
): Routine<number> {
  let status = 0;
  for (const path of paths) {
    try {
      yield* act(path);
    } catch (error) {
      yield* complainAbout(call, wording(path), error);
      status = 1;
    }
  }
  return status;
}

function* makeParents(call: ProgramCall, path: ByteString): Routine<void> {
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
    try {
      yield* call.sys.mkdir(path.slice(0, at), 0o777);
    } catch (error) {
      if (!(error instanceof Errno) || error.errno !== EEXIST) throw error;
    }
  }
}

export const mkdir: Program = function* (call) {
  const usage = "[-m MODE] [-p] DIRECTORY...";
  const options = parseOptions(call.argv, { letters: "m:pv", usage });
  if (options.rest.length === 0) throw usageFailure("mkdir", usage);
  const mode = parseMode(options.value("m") ?? "777", 0o777) ?? 0o777;
  return yield* eachPath(
    call,
    options.rest,
    (path) => `can't create directory '${path}'`,
    function* (path) {
      if (options.has("p")) yield* makeParents(call, path);
      try {
        yield* call.sys.mkdir(path, mode);
      } catch (error) {
        if (!options.has("p") || !(error instanceof Errno) || error.errno !== EEXIST) throw error;
      }
    },
  );
};

export const rmdir: Program = function* (call) {
  const usage = "[-p] DIRECTORY...";
  const options = parseOptions(call.argv, { letters: "p", usage });
  if (options.rest.length === 0) throw usageFailure("rmdir", usage);
  return yield* eachPath(
    call,
    options.rest,
    (path) => `'${path}'`,
    (path) => call.sys.rmdir(path),
  );
};

function* removeTree(call: ProgramCall, path: ByteString, depth: number): Routine<void> {
  const { mode } = yield* call.sys.lstat(path);
  if ((mode & S_IFMT) !== S_IFDIR || depth > 100) {
    yield* call.sys.unlink(path);
    return;
  }
  for (const { name } of yield* call.sys.readdir(path)) yield* removeTree(call, `${path}/${name}`, depth + 1);
  yield* call.sys.rmdir(path);
}

export const rm: Program = function* (call) {
  const usage = "[-irf] FILE...";
  const options = parseOptions(call.argv, { letters: "irRf", usage });
  if (options.rest.length === 0 && !options.has("f")) throw usageFailure("rm", usage);
  const recursive = options.has("r") || options.has("R");
  let status = 0;
  for (const path of options.rest) {
    try {
      const { mode } = yield* call.sys.lstat(path);
      if ((mode & S_IFMT) === S_IFDIR && !recursive) {
        yield* complain(call.sys, `rm: '${path}' is a directory`);
        status = 1;
      } else yield* removeTree(call, path, 0);
    } catch (error) {
      if (options.has("f") && error instanceof Errno && error.errno === ENOENT) continue;
      yield* complainAbout(call, `can't remove '${path}'`, error);
      status = 1;
    }
  }
  return status;
};

export const touch: Program = function* (call) {
  const usage = "[-c] FILE...";
  const options = parseOptions(call.argv, { letters: "cham", usage });
  if (options.rest.length === 0) throw usageFailure("touch", usage);
  return yield* eachPath(
    call,
    options.rest,
    (path) => path,
    function* (path) {
      if (options.has("c")) return;
      yield* call.sys.close(yield* call.sys.open(path, O_WRONLY | O_CREAT, 0o666));
    },
  );
};

export const mknod: Program = function* (call) {
  const usage = "[-m MODE] NAME TYPE [MAJOR MINOR]";
  const options = parseOptions(call.argv, { letters: "m:", usage });
  const [name, type = "", ...numbers] = options.rest;
  const kind = { b: S_IFBLK, c: S_IFCHR, u: S_IFCHR, p: S_IFIFO }[type];
  if (name === undefined || kind === undefined || numbers.length !== (type === "p" ? 0 : 2)) {
    throw usageFailure("mknod", usage);
  }
  const [major = 0, minor = 0] = numbers.map((text) => {
    if (!/^(0x[0-9a-fA-F]+|\d+)$/.test(text)) throw new ProgramFailure(`invalid number '${text}'`);
    return Number(text);
  });
  const mode = parseMode(options.value("m") ?? "666", 0o666) ?? 0o666;
  return yield* eachPath(
    call,
    [name],
    (path) => path,
    (path) => call.sys.mknod(path, kind | mode, makedev(major, minor)),
  );
};

export const ln: Program = function* (call) {
  const usage = "-s [-f] TARGET... LINK|DIR";
  const options = parseOptions(call.argv, { letters: "sfnb", usage });
  const [target, link] = options.rest;
  if (target === undefined) throw usageFailure("ln", usage);
  if (!options.has("s")) throw new ProgramFailure("only symbolic links (-s) can be made");
  const path = link ?? basename(target);
  return yield* eachPath(
    call,
    [path],
    (name) => name,
    function* (name) {
      if (options.has("f")) yield* quietly(() => call.sys.unlink(name));
      yield* call.sys.symlink(target, name);
    },
  );
};

function* quietly(act: () => Routine<void>): Routine<void> {
  try {
    yield* act();
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

export const chmod: Program = function* (call) {
  const usage = "MODE FILE...";
  const [mode, ...paths] = call.args;
  if (mode === undefined || paths.length === 0) throw usageFailure("chmod", usage);
  return yield* eachPath(
    call,
    paths,
    (path) => path,
    function* (path) {
      const bits = parseMode(mode, (yield* call.sys.stat(path)).mode);
      if (bits === undefined) throw new ProgramFailure(`invalid mode '${mode}'`);
      yield* call.sys.chmod(path, bits);
    },
  );
};

export const mv: Program = function* (call) {
  const options = parseOptions(call.argv, { letters: "fin", usage: "SOURCE DEST" });
  const [from, to] = options.rest;
  if (from === undefined || to === undefined) throw usageFailure("mv", "SOURCE DEST");
  return yield* eachPath(
    call,
    [from],
    (path) => `can't rename '${path}'`,
    function* (path) {
      let target = to;
      try {
        if (((yield* call.sys.stat(to)).mode & S_IFMT) === S_IFDIR) target = `${to}/${basename(from)}`;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
      }
      yield* call.sys.rename(path, target);
    },
  );
};

const BRANCH = ["|-- ", "`-- "] as const;

function* branch(
  call: ProgramCall,
  path: ByteString,
  indent: string,
  depth: number,
  sums: [number, number],
): Routine<void> {
  let entries;
  try {
    entries = [...(yield* call.sys.readdir(path))];
  } catch (error) {
    if (error instanceof Errno && (error.errno === ENOTDIR || error.errno === EISDIR)) return;
    if (error instanceof Errno) return;
    throw error;
  }
  const names = entries.map(({ name }) => name).filter((name) => !name.startsWith("."));
  names.sort();
  for (const [index, name] of names.entries()) {
    const last = index === names.length - 1;
    const child = path.endsWith("/") ? path + name : `${path}/${name}`;
    const { mode } = yield* call.sys.lstat(child);
    const folder = (mode & S_IFMT) === S_IFDIR;
    const link = (mode & S_IFMT) === 0o120000 ? ` -> ${yield* call.sys.readlink(child)}` : "";
    yield* call.out.print(`${indent}${BRANCH[last ? 1 : 0]}${name}${link}\n`);
    sums[folder ? 0 : 1] += 1;
    if (folder && depth > 1)
      yield* branch(call, child, `${indent}${last ? "    " : "|   "}`, depth - 1, sums);
  }
}

export const tree: Program = function* (call) {
  const options = parseOptions(call.argv, { letters: "L:", usage: "[-L LEVEL] [DIRECTORY]..." });
  const sums: [number, number] = [0, 0];
  for (const path of options.rest.length === 0 ? ["."] : options.rest) {
    yield* call.out.print(`${path}\n`);
    yield* branch(call, path, "", Number(options.value("L") ?? 40), sums);
  }
  yield* call.out.print(`\n${counted(sums[0], "directory", "directories")}, ${counted(sums[1], "file")}\n`);
  return 0;
};
