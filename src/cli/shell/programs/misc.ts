import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { runProgram } from "../launch.ts";
import { parseOptions, usageFailure } from "../options.ts";
import { basename, type Program, type ProgramCall, ProgramFailure } from "../program.ts";
import { signalNumber } from "../../../base/signals.ts";
import { listTime } from "./mode.ts";

const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86400 };

/** Nanoseconds of "2", "0.3", "5m". */
const duration = (text: string): number => {
  const match = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(text);
  const unit = match === null ? undefined : UNITS[match[2] ?? ""];
  if (match === null || unit === undefined) throw new ProgramFailure(`invalid number '${text}'`);
  return Math.round(Number(match[1]) * unit * 1e9);
};

export const sleep: Program = function* ({ sys, args }) {
  if (args.length === 0) throw usageFailure("sleep", "[N]...");
  const total = args.reduce((sum, text) => sum + duration(text), 0);
  yield* sys.nanosleep(total);
  return 0;
};

export const trueProgram: Program = function* () {
  return 0;
};
export const falseProgram: Program = function* () {
  return 1;
};

/** Runs a program found by name in this very process. */
function* become(
  call: ProgramCall,
  argv: readonly string[],
  environment = call.environment,
): Routine<number> {
  const [command = ""] = argv;
  const program = call.programs(command) ?? call.host.commands?.get(command);
  if (program === undefined)
    throw new ProgramFailure(`can't execute '${command}': No such file or directory`, 127);
  yield* call.out.flush();
  call.sys.setIdentity({ comm: basename(command).slice(0, 15), argv });
  return yield* runProgram(program, { ...call, argv, environment });
}

/** A watcher in the background sends the signal; the process itself becomes the program (timeout.c). */
export const timeout: Program = function* (call) {
  const usage = "[-s SIG] [-k KILL_SECS] SECS PROG ARGS";
  const options = parseOptions(call.argv, { letters: "+s:k:t:", usage });
  const [limit, ...argv] = options.rest;
  if (limit === undefined || argv.length === 0) throw usageFailure("timeout", usage);
  const signal = signalNumber(options.value("s") ?? "TERM");
  if (signal === undefined) throw new ProgramFailure(`bad signal name '${options.value("s") ?? ""}'`);
  const wait = duration(limit);
  const { sys } = call;
  yield* sys.spawn({ comm: "timeout", argv: call.argv }, function* (watcher) {
    for (const fd of [0, 1, 2]) yield* closeQuietly(() => watcher.close(fd));
    // In steps of a second, so that it ends soon after the program did.
    for (let left = wait; left > 0; left -= 1e9) {
      yield* watcher.nanosleep(Math.min(left, 1e9));
      if (!(yield* alive(() => watcher.kill(sys.pid, 0)))) return 0;
    }
    yield* closeQuietly(() => watcher.kill(sys.pid, signal));
    return 0;
  });
  return yield* become(call, argv);
};

function* alive(probe: () => Routine<void>): Routine<boolean> {
  try {
    yield* probe();
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

function* closeQuietly(close: () => Routine<void>): Routine<void> {
  yield* alive(close);
}

export const env: Program = function* (call) {
  const options = parseOptions(call.argv, {
    letters: "+iu:",
    usage: "[-i] [-u NAME]... [NAME=VALUE]... [PROG ARGS]",
  });
  const environment = new Map(options.has("i") ? [] : call.environment);
  for (const name of options.values("u")) environment.delete(name);
  const rest = [...options.rest];
  while (/^[^=]+=/.test(rest[0] ?? "")) {
    const [name = "", ...value] = (rest.shift() ?? "").split("=");
    environment.set(name, value.join("="));
  }
  if (rest.length > 0) return yield* become(call, rest, environment);
  for (const [name, value] of environment) yield* call.out.print(`${name}=${value}\n`);
  return 0;
};

export const seq: Program = function* (call) {
  const usage = "[-w] [-s SEP] [FIRST [INC]] LAST";
  const words = call.args.filter((arg) => !/^-[ws]/.test(arg));
  const options = parseOptions(["seq", ...call.args.filter((arg) => /^-[ws]/.test(arg))], {
    letters: "ws:",
    usage,
  });
  const numbers = words.map(Number);
  if (numbers.length === 0 || numbers.length > 3 || numbers.some((value) => Number.isNaN(value))) {
    throw usageFailure("seq", usage);
  }
  const [first, step, last] =
    numbers.length === 3 ? numbers : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : [1, 1, numbers[0]];
  const [from, by, to] = [first ?? 1, step ?? 1, last ?? 1];
  const decimals = Math.max(...words.map((word) => (word.split(".")[1] ?? "").length));
  const width = options.has("w") ? Math.max(from.toFixed(decimals).length, to.toFixed(decimals).length) : 0;
  const separator = options.value("s") ?? "\n";
  const count = by === 0 ? 0 : Math.min(Math.floor((to - from) / by + 1e-9) + 1, 10_000_000);
  for (let index = 0; index < count; index += 1) {
    const text = (from + index * by).toFixed(decimals).padStart(width, "0");
    yield* call.out.print(text + (index === count - 1 ? "\n" : separator));
  }
  return 0;
};

/** Even into a sink that takes everything it ends, after this many lines. */
const YES_LINES = 1_000_000;

export const yes: Program = function* (call) {
  const line = `${call.args.length === 0 ? "y" : call.args.join(" ")}\n`;
  for (let count = 0; count < YES_LINES; count += 1) yield* call.out.print(line);
  return 1;
};

export const uname: Program = function* (call) {
  const options = parseOptions(call.argv, { letters: "amnrspvio", usage: "[-amnrspvio]" });
  const name = call.sys.uname();
  const fields = [
    ["s", name.sysname],
    ["n", name.nodename],
    ["r", name.release],
    ["v", name.version],
    ["m", name.machine],
    ["o", "GNU/Linux"],
  ] as const;
  const none = !"amnrspvio".split("").some((letter) => options.has(letter));
  const shown = fields.filter(
    ([letter]) => options.has(letter) || options.has("a") || (none && letter === "s"),
  );
  yield* call.out.print(`${shown.map(([, text]) => text).join(" ")}\n`);
  return 0;
};

export const id: Program = function* (call) {
  const options = parseOptions(call.argv, { letters: "unrgG", usage: "[-ugGnr]" });
  const uid = call.sys.getuid();
  const plain = ["u", "g", "G"].some((letter) => options.has(letter));
  yield* call.out.print(plain ? `${uid}\n` : `uid=${uid} gid=${uid}\n`);
  return 0;
};

export const basenameProgram: Program = function* (call) {
  const [path, suffix = ""] = call.args;
  if (path === undefined) throw usageFailure("basename", "FILE [SUFFIX]");
  const name = basename(path.replace(/(?<=.)\/+$/, ""));
  const cut = suffix !== "" && name !== suffix && name.endsWith(suffix);
  yield* call.out.print(`${cut ? name.slice(0, -suffix.length) : name}\n`);
  return 0;
};

export const dirname: Program = function* (call) {
  const [path = "."] = call.args;
  const at = path.replace(/(?<=.)\/+$/, "").lastIndexOf("/");
  yield* call.out.print(`${at < 0 ? "." : path.slice(0, at) || "/"}\n`);
  return 0;
};

export const date: Program = function* (call) {
  const now = call.sys.realtime();
  const when = new Date(Number(now / 1_000_000n));
  const iso = when.toISOString();
  const [format] = call.args;
  const days = "Sun Mon Tue Wed Thu Fri Sat".split(" ");
  const fields: Readonly<Record<string, string>> = {
    s: String(now / 1_000_000_000n),
    N: String(now % 1_000_000_000n).padStart(9, "0"),
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    "%": "%",
  };
  const text =
    format?.startsWith("+") === true
      ? format.slice(1).replace(/%(.)/g, (all, letter: string) => fields[letter] ?? all)
      : `${days[when.getUTCDay()] ?? ""} ${listTime(now, now).slice(0, 6)} ${iso.slice(11, 19)} UTC ${iso.slice(0, 4)}`;
  yield* call.out.print(`${text}\n`);
  return 0;
};
