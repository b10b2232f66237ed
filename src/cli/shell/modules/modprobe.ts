import type { ByteString } from "../../../base/bytes.ts";
import { EEXIST, ENOENT } from "../../../base/errno.ts";
import { strerror } from "../../../base/strerror.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { O_NONBLOCK } from "../../../kernel/user.ts";
import { readText } from "../io.ts";
import { complain, runProgram } from "../launch.ts";
import { type Options, parseOptions } from "../options.ts";
import { type Program, type ProgramCall, ProgramFailure } from "../program.ts";
import { type ModprobeConfig, parseConfig } from "../../module-folder/config.ts";
import { joinParameters, loadedModules } from "./files.ts";
import { type ModuleFolder, dependencies, lookUp, softdepsOf } from "../../module-folder/folder.ts";
import { type ProbeStep, probePlan } from "./plan.ts";

/** What one run of modprobe works with. */
interface Run {
  readonly call: ProgramCall;
  readonly folder: ModuleFolder;
  readonly config: ModprobeConfig;
  readonly options: Options;
}

const NO_FOLDER: ModuleFolder = {
  files: new Map(),
  fields: () => [],
  exports: () => [],
  image: () => undefined,
  config: [],
};

const CONFIG_FOLDERS = ["/etc/modprobe.d", "/run/modprobe.d", "/lib/modprobe.d"];

/** The sandbox's own configuration, then the folder's. */
export function* readConfig(call: ProgramCall, folder: ModuleFolder): Routine<ModprobeConfig> {
  const texts: ByteString[] = [];
  for (const place of CONFIG_FOLDERS) {
    try {
      const names = (yield* call.sys.readdir(place)).map(({ name }) => name);
      for (const name of names.filter((each) => each.endsWith(".conf")).sort()) {
        texts.push(yield* readText(call.sys, `${place}/${name}`));
      }
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  return parseConfig([...texts, ...folder.config]);
}

export const moduleFolder = (call: ProgramCall): ModuleFolder => call.host.modules?.() ?? NO_FOLDER;

const notFound = ({ call }: Run, name: ByteString): string =>
  `Module ${name} not found in directory /lib/modules/${call.sys.uname().release}`;

/** kmod's words for why a module was not taken (tools/modprobe.c). */
const reason = (errno: number): string => {
  if (errno === EEXIST) return "Module already in kernel";
  if (errno === ENOENT) return "Unknown symbol in module, or unknown parameter (see dmesg)";
  return strerror(errno);
};

function* isLoaded({ call }: Run, name: ByteString): Routine<boolean> {
  return (yield* loadedModules(call)).some((loaded) => loaded.name === name);
}

/** An install or remove command of the configuration, by sh. */
function* runCommand(
  { call }: Run,
  name: ByteString,
  command: ByteString,
  more: ByteString,
): Routine<number> {
  const { sys, programs } = call;
  const argv = ["sh", "-c", command.replaceAll("$CMDLINE_OPTS", more)];
  const shell = programs("sh");
  if (shell === undefined) return 127;
  const environment = new Map([...call.environment, ["MODPROBE_MODULE", name]]);
  yield* call.out.flush();
  const pid = yield* sys.spawn({ comm: "sh", argv }, (child) =>
    runProgram(shell, { ...call, sys: child, argv, environment }),
  );
  return (yield* sys.waitpid(pid)).code;
}

/** 0, or why the module was not taken. */
function* insert(run: Run, step: ProbeStep, parameters: ByteString): Routine<number> {
  const { call, folder, options } = run;
  const text = step.options === "" ? parameters : `${step.options} ${parameters}`;
  const showing = options.has("D");
  const says =
    step.install === undefined
      ? `insmod ${folder.files.get(step.name) ?? step.name} ${text}\n`
      : `install ${step.install} ${text}\n`;
  if (!showing && (yield* isLoaded(run, step.name))) return EEXIST;
  if (step.install === undefined && !folder.files.has(step.name)) return ENOENT;
  if (showing || options.has("v")) yield* call.out.print(says);
  if (showing || options.has("n")) return 0;
  if (step.install !== undefined)
    return (yield* runCommand(run, step.name, step.install, text)) === 0 ? 0 : 22;
  const image = folder.image(step.name);
  if (image === undefined) return ENOENT;
  const fd = yield* call.sys.memfd(step.name, image);
  try {
    yield* call.sys.finitModule(fd, text, options.has("f") ? 3 : 0);
    return 0;
  } catch (error) {
    if (error instanceof Errno) return error.errno;
    throw error;
  } finally {
    yield* call.sys.close(fd);
  }
}

function* probe(run: Run, name: ByteString, parameters: ByteString): Routine<number> {
  const { config, folder, options } = run;
  const steps = probePlan(folder, config, name, { ignoreInstall: options.has("i") });
  for (const step of steps) {
    const wanted = step.name === name;
    const errno = yield* insert(run, step, wanted ? parameters : "");
    const already = errno === EEXIST && !(wanted && options.has("1"));
    if (errno === 0 || already || !step.required || options.has("D")) continue;
    if (!options.has("q")) {
      yield* complain(run.call.sys, `modprobe: ERROR: could not insert '${name}': ${reason(errno)}`);
    }
    return 1;
  }
  return 0;
}

/** One name of the command line. */
function* probeGiven(run: Run, given: ByteString, parameters: ByteString): Routine<number> {
  const { call, config, folder, options } = run;
  const { names, exact } = lookUp(folder, config, given);
  if (names.length === 0) {
    if (options.has("q")) return 1;
    if (!options.has("a")) throw new ProgramFailure(`FATAL: ${notFound(run, given)}`);
    yield* complain(call.sys, `modprobe: WARNING: ${notFound(run, given)}`);
    return 1;
  }
  if (options.has("R")) {
    for (const name of names) yield* call.out.print(`${name}\n`);
    return 0;
  }
  // A blacklist is for aliases; what is named itself is loaded all the same.
  const barred = (name: ByteString): boolean => config.blacklist.has(name) && (!exact || options.has("b"));
  let status = 0;
  for (const name of names) if (!barred(name)) status |= yield* probe(run, name, parameters);
  return status;
}

/** Removes one module of /proc/modules. `quiet`: it may be in use. */
function* removeOne(run: Run, name: ByteString, quiet: boolean): Routine<boolean> {
  const { call, config, options } = run;
  const loaded = (yield* loadedModules(call)).find((each) => each.name === name);
  const command = options.has("i") ? undefined : config.remove.get(name);
  if (loaded === undefined && command === undefined) return true;
  if (command === undefined && loaded !== undefined && !/^[0-]/.test(loaded.count)) {
    if (!quiet) yield* complain(call.sys, `modprobe: FATAL: Module ${name} is in use.`);
    return false;
  }
  if (options.has("v"))
    yield* call.out.print(command === undefined ? `rmmod ${name}\n` : `remove ${command} \n`);
  if (options.has("n")) return true;
  if (command !== undefined) return (yield* runCommand(run, name, command, "")) === 0;
  try {
    yield* call.sys.deleteModule(name, O_NONBLOCK);
    return true;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (!quiet)
      yield* complain(call.sys, `modprobe: ERROR: could not remove '${name}': ${strerror(error.errno)}`);
    return false;
  }
}

/** modprobe -r: what came with it goes with it, as far as nobody else needs it. */
function* remove(run: Run, given: ByteString): Routine<number> {
  const { call, config, folder, options } = run;
  const known = lookUp(folder, config, given).names;
  const names = known.length === 0 && (yield* isLoaded(run, given)) ? [given] : known;
  if (names.length === 0) {
    if (options.has("q")) return 1;
    throw new ProgramFailure(`FATAL: Module ${given} not found.`);
  }
  let status = 0;
  for (const name of names) {
    const loaded = yield* isLoaded(run, name);
    if (!loaded && options.has("1")) {
      yield* complain(call.sys, `modprobe: FATAL: Module ${name} is not in kernel.`);
      status = 1;
    }
    const { pre, post } = softdepsOf(folder, config, name);
    for (const each of post) yield* removeOne(run, each, true);
    if (!(yield* removeOne(run, name, false))) status = 1;
    else if (loaded) {
      for (const each of dependencies(folder, name).toReversed()) yield* removeOne(run, each, true);
      for (const each of pre) yield* removeOne(run, each, true);
    }
  }
  return status;
}

export const modprobe: Program = function* (call) {
  const options = parseOptions(call.argv, {
    letters: "+aqrvnfiRbDs1C:d:S:",
    long: {
      all: "a",
      quiet: "q",
      remove: "r",
      verbose: "v",
      "dry-run": "n",
      show: "n",
      force: "f",
      "ignore-install": "i",
      "ignore-remove": "i",
      "resolve-alias": "R",
      "use-blacklist": "b",
      "show-depends": "D",
      "first-time": "1",
      syslog: "s",
    },
    usage: "[options] [-r] modulename [parameters]",
  });
  const [name, ...rest] = options.rest;
  if (name === undefined) throw new ProgramFailure("ERROR: missing parameters. See -h.");
  const folder = moduleFolder(call);
  const run: Run = { call, folder, config: yield* readConfig(call, folder), options };
  const several = options.has("a") || options.has("r");
  let status = 0;
  for (const each of several ? options.rest : [name]) {
    status |= options.has("r")
      ? yield* remove(run, each)
      : yield* probeGiven(run, each, several ? "" : joinParameters(rest));
  }
  return status;
};
