import type { ByteString } from "../../../base/bytes.ts";
import { ENOEXEC } from "../../../base/errno.ts";
import { strerror } from "../../../base/strerror.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { S_IFMT, S_IFREG } from "../../../kernel/user.ts";
import { BUILTINS, type Builtin, isSpecialBuiltin } from "../builtins/index.ts";
import { readText } from "../io.ts";
import { complain, runProgram } from "../launch.ts";
import { basename, type Program } from "../program.ts";
import type { Assignment, Node, SimpleCommand } from "../syntax/ast.ts";
import { fork, report, waitForeground } from "./child.ts";
import { evaluate, type Place, substitute } from "./evaluate.ts";
import { expandArguments, expandText } from "./expand.ts";
import { closeQuietly, redirectForGood, withRedirections } from "./redirect.ts";
import { runText } from "./script.ts";
import { ControlFlow, environment, setVariable, type Shell, ShellError, type Variable } from "./state.ts";

/** `NAME=value` before a command: exported to it, gone afterwards. */
function* withAssignments(
  shell: Shell,
  assignments: readonly Assignment[],
  body: () => Routine<number>,
): Routine<number> {
  const { variables } = shell.state;
  const old = new Map<string, Variable | undefined>();
  try {
    for (const { name, value } of assignments) {
      if (!old.has(name)) old.set(name, variables.get(name));
      setVariable(shell.state, name, yield* expandText(shell, value, substitute));
      const variable = variables.get(name);
      if (variable !== undefined) variables.set(name, { ...variable, exported: true });
    }
    return yield* body();
  } finally {
    for (const [name, variable] of old) {
      if (variable === undefined) variables.delete(name);
      else variables.set(name, variable);
    }
  }
}

function* assign(shell: Shell, assignments: readonly Assignment[]): Routine<void> {
  for (const { name, value } of assignments) {
    const text = yield* expandText(shell, value, substitute);
    setVariable(shell.state, name, text);
    if (shell.state.options.has("x")) yield* complain(shell.sys, `+ ${name}=${traced(text)}`);
  }
}

export function* callFunction(shell: Shell, body: Node, args: readonly ByteString[]): Routine<number> {
  const { state } = shell;
  const { positional } = state;
  state.positional = args;
  const scope = new Map<string, Variable | undefined>();
  state.scopes.push(scope);
  try {
    return yield* evaluate(shell, body, "middle");
  } catch (error) {
    if (error instanceof ControlFlow && error.kind === "return") return error.value;
    throw error;
  } finally {
    state.scopes.pop();
    for (const [name, variable] of scope) {
      if (variable === undefined) state.variables.delete(name);
      else state.variables.set(name, variable);
    }
    state.positional = positional;
  }
}

/** A file of commands, for a path that names no program: as execve finds it. */
function* fileProgram(shell: Shell, path: ByteString): Routine<Program> {
  let text: ByteString;
  try {
    const { mode } = yield* shell.sys.stat(path);
    if ((mode & S_IFMT) !== S_IFREG || (mode & 0o111) === 0) {
      throw new ShellError(`${path}: Permission denied`, 126);
    }
    text = yield* readText(shell.sys, path);
  } catch (error) {
    if (error instanceof Errno) throw new ShellError(`${path}: not found`, 127);
    throw error;
  }
  if (text.startsWith("\x7fELF") || text.includes("\0")) {
    throw new ShellError(`${path}: ${strerror(ENOEXEC)}`, 126);
  }
  return ({ args }) => runText({ ...shell, state: { ...shell.state, name: path, positional: args } }, text);
}

function* findProgram(shell: Shell, command: ByteString): Routine<Program> {
  const program = shell.programs(command) ?? shell.host.commands?.get(command);
  if (program !== undefined) return program;
  if (command.includes("/")) return yield* fileProgram(shell, command);
  throw new ShellError(`${command}: not found`, 127);
}

/** Busybox runs these in the forked shell without execve: the command line stays the shell's. */
const NOT_EXECUTED = new Set(["ps"]);

/** The process becomes the program. */
export function* become(shell: Shell, argv: readonly ByteString[]): Routine<number> {
  const [command = ""] = argv;
  const program = yield* findProgram(shell, command);
  const line = NOT_EXECUTED.has(command) ? shell.identity.argv : argv;
  shell.sys.setIdentity({ comm: basename(command).slice(0, 15), argv: line });
  // Loading a program takes a while: others of the pipeline get as far as this one.
  yield { kind: "yield" };
  for (const fd of shell.saved) yield* closeQuietly(shell, fd);
  return yield* runProgram(program, {
    sys: shell.sys,
    argv,
    environment: environment(shell.state),
    host: shell.host,
    programs: shell.programs,
  });
}

function* runExternal(
  shell: Shell,
  command: SimpleCommand,
  argv: readonly ByteString[],
  place: Place,
): Routine<number> {
  function* inside(child: Shell): Routine<number> {
    yield* redirectForGood(child, command.redirections, substitute);
    return yield* withAssignments(child, command.assignments, () => become(child, argv));
  }
  if (place === "last" && shell.state.traps.size === 0) return yield* inside(shell);
  return yield* waitForeground(shell, yield* fork(shell, inside));
}

function* runBuiltin(
  shell: Shell,
  command: SimpleCommand,
  argv: readonly ByteString[],
  builtin: Builtin,
): Routine<number> {
  const [name = ""] = argv;
  const special = isSpecialBuiltin(name);
  try {
    if (name === "exec") {
      yield* redirectForGood(shell, command.redirections, substitute);
      return yield* builtin(shell, argv);
    }
    return yield* withRedirections(shell, command.redirections, substitute, () => {
      if (!special) return withAssignments(shell, command.assignments, () => builtin(shell, argv));
      return (function* () {
        yield* assign(shell, command.assignments);
        return yield* builtin(shell, argv);
      })();
    });
  } catch (error) {
    if (special || error instanceof ControlFlow || !(error instanceof ShellError)) throw error;
    return yield* report(shell, error);
  }
}

/** A word as `set -x` shows it. */
const traced = (text: ByteString): ByteString =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Runs a command without keywords: assignments, a function, a builtin or a program. */
export function* runSimple(shell: Shell, command: SimpleCommand, place: Place): Routine<number> {
  const { state } = shell;
  state.substituted = undefined;
  const argv = yield* expandArguments(shell, command.words, substitute);
  if (state.options.has("x") && argv.length > 0)
    yield* complain(shell.sys, `+ ${argv.map(traced).join(" ")}`);
  const [name] = argv;
  if (name === undefined) {
    yield* assign(shell, command.assignments);
    try {
      return yield* withRedirections(shell, command.redirections, substitute, function* () {
        return state.substituted ?? 0;
      });
    } catch (error) {
      if (error instanceof ShellError) return yield* report(shell, error);
      throw error;
    }
  }
  const body = state.functions.get(name);
  if (body !== undefined) {
    return yield* withRedirections(shell, command.redirections, substitute, () =>
      withAssignments(shell, command.assignments, () => callFunction(shell, body, argv.slice(1))),
    );
  }
  const builtin = BUILTINS.get(name);
  if (builtin !== undefined) return yield* runBuiltin(shell, command, argv, builtin);
  return yield* runExternal(shell, command, argv, place);
}
