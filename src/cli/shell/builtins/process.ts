import { strerror } from "../../../base/strerror.ts";
import { Errno } from "../../../base/errors.ts";
import { become } from "../run/command.ts";
import { fork, waitBackground, waitForeground } from "../run/child.ts";
import { getVariable, type Shell, ShellError, setVariable } from "../run/state.ts";
import { BUILTINS } from "./index.ts";
import { type Builtin, instantly, numberArgument, print } from "./builtin.ts";

const cd: Builtin = function* (shell, [, given]) {
  const previous = shell.sys.getcwd();
  let target = given ?? getVariable(shell.state, "HOME") ?? "/";
  if (given === "-") target = getVariable(shell.state, "OLDPWD") ?? previous;
  try {
    yield* shell.sys.chdir(target);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new ShellError(`cd: line 0: can't cd to ${target}: ${strerror(error.errno)}`);
  }
  const now = shell.sys.getcwd();
  setVariable(shell.state, "OLDPWD", previous);
  setVariable(shell.state, "PWD", now);
  if (given === "-") yield* print(shell, `${now}\n`);
  return 0;
};

const pwd: Builtin = function* (shell) {
  yield* print(shell, `${shell.sys.getcwd()}\n`);
  return 0;
};

const wait: Builtin = function* (shell, [, ...pids]) {
  let status = 0;
  if (pids.length === 0) {
    for (const pid of shell.state.children) yield* waitBackground(shell, pid);
  }
  for (const pid of pids)
    status = yield* waitBackground(shell, numberArgument("wait", pid.replace(/^%/, "")));
  return status;
};

const jobs: Builtin = function* (shell) {
  let number = 0;
  for (const pid of shell.state.children) {
    number += 1;
    const ended = shell.sys.waitpidNow(pid);
    if (ended !== undefined) shell.state.children.delete(pid);
    yield* print(
      shell,
      `[${number}]   ${ended === undefined ? "Running" : "Done"}                    ${pid}\n`,
    );
  }
  return 0;
};

const describe = (shell: Shell, name: string): string | undefined => {
  if (shell.state.functions.has(name)) return `${name} is a function`;
  if (BUILTINS.has(name)) return `${name} is a shell builtin`;
  const known = shell.programs(name) ?? shell.host.commands?.get(name);
  return known === undefined ? undefined : `${name} is ${name}`;
};

const type: Builtin = function* (shell, [, ...names]) {
  let status = 0;
  for (const name of names) {
    const text = describe(shell, name);
    if (text === undefined) status = 127;
    yield* print(shell, `${text ?? `${name}: not found`}\n`);
  }
  return status;
};

/** `command -v NAME`, or `command NAME ...` without regard to functions. */
const command: Builtin = function* (shell, [, ...args]) {
  const [first = "", ...rest] = args;
  if (first === "-v" || first === "-V") {
    const [name = ""] = rest;
    const text = describe(shell, name);
    if (text === undefined) return 127;
    yield* print(shell, `${first === "-v" ? name : text}\n`);
    return 0;
  }
  const builtin = BUILTINS.get(first);
  if (builtin !== undefined) return yield* builtin(shell, args);
  if (first === "") return 0;
  return yield* waitForeground(shell, yield* fork(shell, (child) => become(child, args)));
};

const umask: Builtin = function* (shell, [, mask]) {
  if (mask === undefined) yield* print(shell, "0022\n");
  return 0;
};

export const processes: readonly (readonly [string, Builtin])[] = [
  ["cd", cd],
  ["pwd", pwd],
  ["wait", wait],
  ["jobs", jobs],
  ["type", type],
  ["command", command],
  ["umask", umask],
  ["times", instantly(() => 0)],
  ["hash", instantly(() => 0)],
];
