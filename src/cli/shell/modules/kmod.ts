import type { ByteString } from "../../../base/bytes.ts";
import { EINVAL, ENOENT, ENOEXEC, ESRCH } from "../../../base/errno.ts";
import { strerror } from "../../../base/strerror.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { O_NONBLOCK, O_TRUNC } from "../../../kernel/user.ts";
import { readRest } from "../io.ts";
import { complain } from "../launch.ts";
import { parseOptions } from "../options.ts";
import { type Program, type ProgramCall, ProgramFailure } from "../program.ts";
import { joinParameters, loadedModules, moduleName, openModule } from "./files.ts";

/** kmod's words for why a module was not taken (tools/insmod.c). */
const reason = (errno: number): string => {
  switch (errno) {
    case ENOEXEC:
      return "Invalid module format";
    case ENOENT:
      return "Unknown symbol in module";
    case ESRCH:
      return "Module has wrong symbol version";
    case EINVAL:
      return "Invalid parameters";
    default:
      return strerror(errno);
  }
};

const MODULE_INIT_IGNORE_MODVERSIONS = 1;
const MODULE_INIT_IGNORE_VERMAGIC = 2;

export const insmod: Program = function* (call) {
  const options = parseOptions(call.argv, {
    letters: "+fsv",
    long: { force: "f" },
    usage: "[options] filename [module options]",
  });
  const [path, ...parameters] = options.rest;
  if (path === undefined) throw new ProgramFailure("ERROR: missing filename.");
  let fd: number;
  try {
    fd = yield* openModule(call, path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new ProgramFailure(`ERROR: could not load module ${path}: ${strerror(error.errno)}`);
  }
  const flags = options.has("f") ? MODULE_INIT_IGNORE_MODVERSIONS | MODULE_INIT_IGNORE_VERMAGIC : 0;
  try {
    yield* call.sys.finitModule(fd, joinParameters(parameters), flags);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new ProgramFailure(`ERROR: could not insert module ${path}: ${reason(error.errno)}`);
  }
  return 0;
};

/** Why rmmod does not even try: kmod looks before it asks the kernel (tools/rmmod.c). */
function* refusal(call: ProgramCall, name: ByteString): Routine<string | undefined> {
  const found = (yield* loadedModules(call)).find((loaded) => loaded.name === name);
  if (found === undefined) return `Module ${name} is not currently loaded`;
  if (found.users.length > 0) return `Module ${name} is in use by: ${found.users.join(" ")}`;
  return /^[1-9]/.test(found.count) ? `Module ${name} is in use` : undefined;
}

export const rmmod: Program = function* (call) {
  const options = parseOptions(call.argv, {
    letters: "fsvw",
    long: { force: "f" },
    usage: "[options] modulename ...",
  });
  if (options.rest.length === 0) throw new ProgramFailure("ERROR: missing module name.");
  let status = 0;
  for (const path of options.rest) {
    const name = moduleName(path);
    const why = options.has("f") ? undefined : yield* refusal(call, name);
    if (why !== undefined) {
      yield* complain(call.sys, `rmmod: ERROR: ${why}`);
      status = 1;
      continue;
    }
    try {
      yield* call.sys.deleteModule(name, O_NONBLOCK | (options.has("f") ? O_TRUNC : 0));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const text = strerror(error.errno);
      const place = "../libkmod/libkmod-module.c:856 kmod_module_remove_module()";
      yield* complain(call.sys, `rmmod: ERROR: ${place} could not remove '${name}': ${text}`);
      yield* complain(call.sys, `rmmod: ERROR: could not remove module ${path}: ${text}`);
      status = 1;
    }
  }
  return status;
};

export const lsmod: Program = function* (call) {
  yield* call.out.print("Module                  Size  Used by\n");
  for (const { name, size, count, users } of yield* loadedModules(call)) {
    const tail = users.length === 0 ? "" : ` ${users.join(",")}`;
    yield* call.out.print(`${name.padEnd(19)} ${size.padStart(8)}  ${count}${tail}\n`);
  }
  return 0;
};

function* readModule(call: ProgramCall, path: ByteString): Routine<Uint8Array> {
  const fd = yield* openModule(call, path);
  const image = yield* readRest(call.sys, fd);
  yield* call.sys.close(fd);
  return image;
}

export const modinfo: Program = function* (call) {
  const options = parseOptions(call.argv, {
    letters: "adlpn0F:k:",
    long: { author: "a", description: "d", license: "l", parameters: "p", filename: "n", field: "F" },
    usage: "[options] filename [args]",
  });
  if (options.rest.length === 0) throw new ProgramFailure("ERROR: missing module or filename.");
  const short = { a: "author", d: "description", l: "license", p: "parm", n: "filename" } as const;
  const letter = (["a", "d", "l", "p", "n"] as const).find((candidate) => options.has(candidate));
  const only = options.value("F") ?? (letter === undefined ? undefined : short[letter]);
  for (const path of options.rest) {
    let image: Uint8Array;
    try {
      image = yield* readModule(call, path);
    } catch (error) {
      if (error instanceof Errno) throw new ProgramFailure(`ERROR: Module ${path} not found.`);
      throw error;
    }
    const described = call.host.describeModule?.(path, image);
    if (described === undefined) {
      throw new ProgramFailure(
        `ERROR: could not get modinfo from '${moduleName(path)}': ${strerror(EINVAL)}`,
      );
    }
    const fields = [["filename", path] as const, ...described];
    for (const [field, value] of fields) {
      if (only === undefined) yield* call.out.print(`${`${field}:`.padEnd(15)} ${value}\n`);
      else if (field === only) yield* call.out.print(`${value}\n`);
    }
  }
  return 0;
};
