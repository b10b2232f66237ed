import type { ByteString } from "../../../base/bytes.ts";
import { EINVAL, ENOENT, ENOEXEC, ESRCH } from "../../../base/errno.ts";
import { strerror } from "../../../base/strerror.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { O_NONBLOCK, O_TRUNC } from "../../../kernel/user.ts";
import { readRest, readText } from "../io.ts";
import { complain } from "../launch.ts";
import { parseOptions, usageFailure } from "../options.ts";
import { type Program, type ProgramCall, ProgramFailure } from "../program.ts";
import { joinParameters, loadedModules, moduleName, openModule } from "./files.ts";

/** Busybox's words for why a module was not taken (modutils.c, moderror). */
const reason = (errno: number): string => {
  switch (errno) {
    case ENOEXEC:
      return "invalid module format";
    case ENOENT:
      return "unknown symbol in module, or unknown parameter";
    case ESRCH:
      return "module has wrong symbol version";
    case EINVAL:
      return "invalid parameter";
    default:
      return strerror(errno);
  }
};

function* attempt(load: () => Routine<number>): Routine<number> {
  try {
    yield* load();
    return 0;
  } catch (error) {
    if (error instanceof Errno) return error.errno;
    throw error;
  }
}

/** First finit_module, and when that fails, for whatever reason, init_module. */
function* load(call: ProgramCall, fd: number, parameters: ByteString): Routine<number> {
  const { sys } = call;
  if ((yield* attempt(() => sys.finitModule(fd, parameters, 0))) === 0) return 0;
  yield* sys.lseek(fd, 0, 0);
  const image = yield* readRest(sys, fd);
  return yield* attempt(() => sys.initModule(image, parameters));
}

/** The exit status is the errno; of a file that cannot be opened its negative. */
export const insmod: Program = function* (call) {
  const [path, ...parameters] = call.args;
  if (path === undefined) throw usageFailure("insmod", "FILE [SYMBOL=VALUE]...");
  let fd: number;
  try {
    fd = yield* openModule(call, path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new ProgramFailure(`can't insert '${path}': ${strerror(error.errno)}`, -error.errno & 255);
  }
  const errno = yield* load(call, fd, joinParameters(parameters));
  if (errno !== 0) throw new ProgramFailure(`can't insert '${path}': ${reason(errno)}`, errno & 255);
  return 0;
};

export const rmmod: Program = function* (call) {
  const usage = "[-wfa] [MODULE]...";
  const options = parseOptions(call.argv, { letters: "wfas", usage });
  if (options.rest.length === 0 && !options.has("a")) throw usageFailure("rmmod", usage);
  const flags = (options.has("w") ? 0 : O_NONBLOCK) | (options.has("f") ? O_TRUNC : 0);
  let status = 0;
  for (const path of options.rest) {
    try {
      yield* call.sys.deleteModule(moduleName(path), flags);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* complain(call.sys, `rmmod: can't unload module '${path}': ${strerror(error.errno)}`);
      status = 1;
    }
  }
  return status;
};

const TAINTS = "GFSRMBUDAWCIOELK";

/** The taint word as letters, busybox's heading of lsmod. */
const taintText = (word: number): string => {
  if (word === 0) return "Not tainted";
  const letters = [...TAINTS].map((letter, bit) => {
    if (bit === 0) return (word & 1) !== 0 ? "P" : "G";
    return (word & (1 << bit)) !== 0 ? letter : " ";
  });
  return `Tainted: ${letters.join("")}`;
};

export const lsmod: Program = function* (call) {
  let tainted = 0;
  try {
    tainted = Number(yield* readText(call.sys, "/proc/sys/kernel/tainted"));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  yield* call.out.print(`Module                  Size  Used by    ${taintText(tainted)}\n`);
  for (const { name, size, count, users } of yield* loadedModules(call)) {
    yield* call.out.print(`${name.padEnd(19)} ${size.padStart(8)} ${count.padStart(2)} ${users.join(",")}\n`);
  }
  return 0;
};
