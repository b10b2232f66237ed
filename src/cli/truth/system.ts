import type { ByteString } from "../../base/bytes.ts";
import { EEXIST } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Routine } from "../../kernel/routine.ts";
import {
  O_CREAT,
  O_NONBLOCK,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
  type ProcessIdentity,
  type UserSystem,
} from "../../kernel/user.ts";
import { createReporter, type ReportedLog } from "../reporter.ts";
import { readFile, readText, writeAll } from "../shell/io.ts";
import { busyboxPrograms } from "../shell/programs/index.ts";
import { runScript } from "../shell/shell.ts";
import type { StepResult } from "./recording.ts";
import type { BootOptions, ScenarioSystem } from "./scenario.ts";

export interface ProcessEnd {
  readonly code: number;
  /** 0 when it exited by itself. */
  readonly signal: number;
  /** It will never end: why. */
  readonly stop?: { readonly kind: string; readonly message: string };
}

/** What scenarios need of a booted kernel. */
export interface ScenarioHost {
  readonly log: ReportedLog & { consoleLevel: number };
  /** Runs a program as a process of its own until it has ended, or never will. */
  run(identity: ProcessIdentity, program: (sys: UserSystem) => Routine<number>): ProcessEnd;
  /** Lets virtual time pass while everything else goes on. */
  sleep(nanoseconds: number): ProcessEnd;
  /** Everything request_module() has asked for so far. */
  requests(): readonly ByteString[];
}

/** The program that does the steps is the first process, forked for each. */
const INIT: ProcessIdentity = { comm: "init", argv: ["/init"] };
const OUT = "/run/out";

interface SyscallEnd {
  ret?: number;
  errno?: number;
}

/** Does one system call and notes how it ended, as a C program sees it. */
function* noting(end: SyscallEnd, call: Routine<number>): Routine<number> {
  try {
    const ret = yield* call;
    Object.assign(end, { ret, errno: 0 });
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    Object.assign(end, { ret: -1, errno: error.errno });
  }
  return 0;
}

function* load(
  sys: UserSystem,
  op: "load" | "iload",
  path: ByteString,
  parameters: ByteString,
): Routine<number> {
  if (op === "iload") return yield* sys.initModule(yield* readFile(sys, path), parameters);
  return yield* sys.finitModule(yield* sys.open(path, O_RDONLY), parameters, 0);
}

function* unload(sys: UserSystem, name: ByteString, flags: number): Routine<number> {
  yield* sys.deleteModule(name, flags);
  return 0;
}

function* makeFolder(sys: UserSystem, path: ByteString): Routine<void> {
  try {
    yield* sys.mkdir(path, 0o755);
  } catch (error) {
    if (!(error instanceof Errno) || error.errno !== EEXIST) throw error;
  }
}

/** Standard input is empty; both outputs go to a file. */
function* redirectOutput(sys: UserSystem): Routine<void> {
  const nothing = yield* sys.open("/dev/null", O_RDONLY);
  if (nothing !== 0) yield* sys.dup2(nothing, 0);
  const out = yield* sys.open(OUT, O_WRONLY | O_CREAT | O_TRUNC, 0o600);
  for (const fd of [1, 2]) if (fd !== out) yield* sys.dup2(out, fd);
  if (out > 2) yield* sys.close(out);
}

function* populate(sys: UserSystem, files: ReadonlyMap<string, Uint8Array>): Routine<number> {
  for (const folder of ["/run", "/m"]) yield* makeFolder(sys, folder);
  for (const [path, bytes] of files) {
    const fd = yield* sys.open(path, O_WRONLY | O_CREAT, 0o644);
    yield* writeAll(sys, fd, bytes);
    yield* sys.close(fd);
  }
  yield* sys.chdir("/");
  return 0;
}

function* readIfThere(sys: UserSystem, path: ByteString): Routine<ByteString> {
  try {
    return yield* readText(sys, path);
  } catch (error) {
    if (error instanceof Errno) return "";
    throw error;
  }
}

const runShellStep = (host: ScenarioHost, command: ByteString): Partial<StepResult> => {
  const identity = { comm: "busybox", argv: ["sh", "-c", command] };
  const end = host.run(INIT, function* (sys) {
    yield* redirectOutput(sys);
    sys.setIdentity(identity);
    const environment = new Map([
      ["HOME", "/"],
      ["TERM", "linux"],
    ]);
    return yield* runScript(sys, command, { name: "sh", programs: busyboxPrograms, environment, identity });
  });
  if (end.stop !== undefined) return { stop: end.stop };
  let out = "";
  host.run(INIT, function* (sys) {
    out = yield* readIfThere(sys, OUT);
    return 0;
  });
  const status = end.signal === 0 ? end.code : 128 + end.signal;
  return { status, out, ...(end.signal === 0 ? {} : { signal: end.signal }) };
};

/** Scenarios' system over a booted kernel: every step a process, then what was logged meanwhile. */
export const createScenarioSystem = (host: ScenarioHost, options: BootOptions): ScenarioSystem => {
  host.log.consoleLevel = options.consoleLevel;
  host.run(INIT, (sys) => populate(sys, options.files));
  const report = createReporter(host.log, host.requests);
  const stopOf = ({ stop }: ProcessEnd): Partial<StepResult> => (stop === undefined ? {} : { stop });
  const syscall = (call: (sys: UserSystem) => Routine<number>): StepResult => {
    const noted: SyscallEnd = {};
    const end = host.run(INIT, (sys) => noting(noted, call(sys)));
    const signal = end.signal === 0 ? {} : { signal: end.signal };
    return { ...noted, ...signal, ...stopOf(end), ...report() };
  };
  const loading =
    (op: "load" | "iload") =>
    (path: string, parameters: string): StepResult =>
      syscall((sys) => load(sys, op, path, parameters));
  return {
    load: loading("load"),
    iload: loading("iload"),
    dep: loading("load"),
    unload: (name) => syscall((sys) => unload(sys, name, O_NONBLOCK)),
    funload: (name) => syscall((sys) => unload(sys, name, O_NONBLOCK | O_TRUNC)),
    sleep: (milliseconds) => ({ ...stopOf(host.sleep(milliseconds * 1e6)), ...report() }),
    sh: (command) => ({ ...runShellStep(host, command), ...report() }),
    end() {
      let [tainted, modules] = [0, ""];
      host.run(INIT, function* (sys) {
        tainted = Number.parseInt(yield* readIfThere(sys, "/proc/sys/kernel/tainted"), 10) || 0;
        modules = yield* readIfThere(sys, "/proc/modules");
        return 0;
      });
      const left = modules.split("\n").flatMap((line) => (line === "" ? [] : [line.split(" ", 1)[0] ?? ""]));
      return { tainted, left, ...report() };
    },
  };
};
