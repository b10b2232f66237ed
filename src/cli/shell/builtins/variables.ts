import type { ByteString } from "../../../base/bytes.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { evaluateArithmetic } from "../run/arithmetic.ts";
import { getVariable, setVariable, type Shell, ShellError, type Variable } from "../run/state.ts";
import { type Builtin, instantly, numberArgument, print, quoted } from "./builtin.ts";

const NAME = /^[A-Za-z_]\w*$/;

const checkName = (builtin: string, name: string): void => {
  if (!NAME.test(name)) throw new ShellError(`${builtin}: line 0: ${name}: bad variable name`);
};

const mark = (shell: Shell, name: string, change: Partial<Variable>): void => {
  const { variables } = shell.state;
  const old = variables.get(name) ?? { value: "", exported: false, readonly: false };
  variables.set(name, { ...old, ...change });
};

/** `export` and `readonly`: NAME or NAME=value. */
const attribute = (builtin: "export" | "readonly", change: Partial<Variable>): Builtin =>
  function* (shell, [, ...args]) {
    const names = args.filter((arg) => arg !== "-p" && arg !== "--");
    if (names.length === 0) {
      const key = builtin === "export" ? "exported" : "readonly";
      for (const [name, variable] of [...shell.state.variables].sort()) {
        if (variable[key]) yield* print(shell, `${builtin} ${name}=${quoted(variable.value)}\n`);
      }
    }
    for (const arg of names) {
      const at = arg.indexOf("=");
      const name = at < 0 ? arg : arg.slice(0, at);
      checkName(builtin, name);
      if (at >= 0) setVariable(shell.state, name, arg.slice(at + 1));
      mark(shell, name, change);
    }
    return 0;
  };

const unset = instantly((shell, args) => {
  const functions = args[0] === "-f";
  for (const name of args.filter((arg) => !/^-[fv]$/.test(arg))) {
    if (functions) shell.state.functions.delete(name);
    else if (shell.state.variables.get(name)?.readonly === true)
      throw new ShellError(`unset: line 0: ${name}: is read only`);
    else shell.state.variables.delete(name);
  }
  return 0;
});

const OPTION_NAMES: Readonly<Record<string, string>> = {
  errexit: "e",
  noglob: "f",
  noexec: "n",
  nounset: "u",
  verbose: "v",
  xtrace: "x",
  allexport: "a",
};

const setOption = (shell: Shell, sign: string, letter: string): void => {
  if (!"efnuvxabCmhI".includes(letter)) throw new ShellError(`set: line 0: illegal option ${sign}${letter}`);
  if (sign === "-") shell.state.options.add(letter);
  else shell.state.options.delete(letter);
};

const setOptions = (shell: Shell, args: readonly ByteString[]): void => {
  let at = 0;
  for (; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    if (arg === "--") {
      at += 1;
      shell.state.positional = args.slice(at);
      return;
    }
    if (!/^[-+]./.test(arg)) break;
    const sign = arg.slice(0, 1);
    for (const letter of arg.slice(1)) {
      if (letter !== "o") setOption(shell, sign, letter);
      else {
        at += 1;
        const name = args[at] ?? "";
        if (name === "pipefail") continue;
        const known = Object.hasOwn(OPTION_NAMES, name) ? OPTION_NAMES[name] : undefined;
        if (known === undefined) throw new ShellError(`set: line 0: illegal option ${sign}o ${name}`);
        setOption(shell, sign, known);
      }
    }
  }
  if (at < args.length) shell.state.positional = args.slice(at);
};

const set: Builtin = function* (shell, [, ...args]) {
  if (args.length > 0) {
    setOptions(shell, args);
    return 0;
  }
  for (const [name, { value }] of [...shell.state.variables].sort())
    yield* print(shell, `${name}=${quoted(value)}\n`);
  return 0;
};

const local = instantly((shell, args) => {
  const scope = shell.state.scopes.at(-1);
  if (scope === undefined) throw new ShellError("local: line 0: not in a function");
  for (const arg of args) {
    const at = arg.indexOf("=");
    const name = at < 0 ? arg : arg.slice(0, at);
    checkName("local", name);
    if (!scope.has(name)) scope.set(name, shell.state.variables.get(name));
    if (at >= 0) setVariable(shell.state, name, arg.slice(at + 1));
  }
  return 0;
});

/** One line, byte by byte, so that what follows is left for the next reader. */
function* readLine(shell: Shell, raw: "raw" | "escaped"): Routine<{ line: string; ended: boolean }> {
  let line = "";
  for (;;) {
    const [byte] = yield* shell.sys.read(0, 1);
    if (byte === undefined) return { line, ended: true };
    const char = String.fromCharCode(byte);
    if (char === "\n") {
      if (raw === "raw" || !/(?<!\\)(?:\\\\)*\\$/.test(line)) return { line, ended: false };
      line = line.slice(0, -1);
    } else line += char;
  }
}

/** Words of a line for `read`: the last name gets the rest. */
const distribute = (line: string, names: readonly string[], ifs: string): string[] => {
  const isBlank = (char: string): boolean => ifs.includes(char) && " \t\n".includes(char);
  let rest = line;
  const trimStart = (): void => {
    while (rest !== "" && isBlank(rest.slice(0, 1))) rest = rest.slice(1);
  };
  trimStart();
  return names.map((_, index) => {
    if (index === names.length - 1) {
      while (rest !== "" && isBlank(rest.slice(-1))) rest = rest.slice(0, -1);
      return rest;
    }
    let end = 0;
    while (end < rest.length && !ifs.includes(rest[end] ?? "")) end += 1;
    const word = rest.slice(0, end);
    rest = rest.slice(end);
    trimStart();
    if (rest !== "" && ifs.includes(rest.slice(0, 1))) rest = rest.slice(1);
    trimStart();
    return word;
  });
};

const read: Builtin = function* (shell, [, ...args]) {
  const raw = args[0] === "-r" ? "raw" : "escaped";
  const names = args.filter((arg) => arg !== "-r");
  for (const name of names) checkName("read", name);
  const { line, ended } = yield* readLine(shell, raw);
  const text = raw === "raw" ? line : line.replace(/\\([^])/g, "$1");
  const targets = names.length === 0 ? ["REPLY"] : names;
  const ifs = names.length === 0 ? "" : (getVariable(shell.state, "IFS") ?? " \t\n");
  distribute(text, targets, ifs).forEach((word, index) =>
    setVariable(shell.state, targets[index] ?? "", word),
  );
  return ended ? 1 : 0;
};

const shift = instantly((shell, [count = "1"]) => {
  const by = numberArgument("shift", count);
  if (by > shell.state.positional.length) return 1;
  shell.state.positional = shell.state.positional.slice(by);
  return 0;
});

const letExpression = instantly((shell, args) => {
  const variables = {
    get: (name: string): string | undefined => getVariable(shell.state, name),
    set: (name: string, value: string): void => setVariable(shell.state, name, value),
  };
  const values = args.map((arg) => evaluateArithmetic(arg, variables));
  return values.at(-1) === 0n || values.length === 0 ? 1 : 0;
});

export const variables: readonly (readonly [string, Builtin])[] = [
  ["export", attribute("export", { exported: true })],
  ["readonly", attribute("readonly", { readonly: true })],
  ["unset", unset],
  ["set", set],
  ["local", local],
  ["read", read],
  ["shift", shift],
  ["let", letExpression],
];
