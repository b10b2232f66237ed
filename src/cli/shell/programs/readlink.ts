import type { ByteString } from "../../../base/bytes.ts";
import { ELOOP, ENOENT } from "../../../base/errno.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { S_IFLNK, S_IFMT } from "../../../kernel/user.ts";
import { parseOptions, usageFailure } from "../options.ts";
import type { Program, ProgramCall } from "../program.ts";
import { complainAbout } from "./inputs.ts";

const MAX_SYMLINKS = 40;
const partsOf = (path: ByteString): ByteString[] =>
  path.split("/").filter((part) => part !== "" && part !== ".");

/** The path without any link in it; the last part need not exist. ENOENT, ELOOP. */
function* canonical({ sys }: ProgramCall, path: ByteString): Routine<ByteString> {
  let rest = partsOf(path.startsWith("/") ? path : `${sys.getcwd()}/${path}`);
  let done: ByteString[] = [];
  let links = 0;
  while (rest.length > 0) {
    const [part = "", ...more] = rest;
    rest = more;
    if (part === "..") {
      done.pop();
      continue;
    }
    const here = `/${[...done, part].join("/")}`;
    try {
      if (((yield* sys.lstat(here)).mode & S_IFMT) === S_IFLNK) {
        if (++links > MAX_SYMLINKS) throw new Errno(ELOOP);
        const target = yield* sys.readlink(here);
        if (target.startsWith("/")) done = [];
        rest = [...partsOf(target), ...rest];
        continue;
      }
    } catch (error) {
      if (!(error instanceof Errno) || error.errno !== ENOENT || rest.length > 0) throw error;
    }
    done.push(part);
  }
  return `/${done.join("/")}`;
}

export const readlink: Program = function* (call) {
  const usage = "[-fnv] FILE";
  const options = parseOptions(call.argv, { letters: "fnvsq", usage });
  const [path] = options.rest;
  if (path === undefined || options.rest.length > 1) throw usageFailure("readlink", usage);
  try {
    const target = options.has("f") ? yield* canonical(call, path) : yield* call.sys.readlink(path);
    yield* call.out.print(`${target}${options.has("n") ? "" : "\n"}`);
    return 0;
  } catch (error) {
    if (options.has("v")) yield* complainAbout(call, path, error);
    else if (!(error instanceof Errno)) throw error;
    return 1;
  }
};
