import { strerror } from "../../../base/strerror.ts";
import { Errno } from "../../../base/errors.ts";
import { signalName, signalNumber } from "../../../base/signals.ts";
import { readText } from "../io.ts";
import { become } from "../run/command.ts";
import { runLines } from "../run/script.ts";
import { ControlFlow, type Shell, ShellError } from "../run/state.ts";
import { type Builtin, instantly, numberArgument, print, quoted } from "./builtin.ts";

const leave = (kind: "break" | "continue"): Builtin =>
  instantly((shell, [count = "1"]) => {
    const levels = numberArgument(kind, count);
    if (shell.state.loopDepth === 0) return 0;
    throw new ControlFlow(kind, Math.max(1, Math.min(levels, shell.state.loopDepth)));
  });

const evalWords: Builtin = function* (shell, argv) {
  return yield* runLines(shell, argv.slice(1).join(" "), "middle");
};

const source: Builtin = function* (shell, [, path = "", ...args]) {
  const { state } = shell;
  let text: string;
  try {
    text = yield* readText(shell.sys, path);
  } catch (error) {
    if (error instanceof Errno)
      throw new ShellError(`.: line 0: can't open '${path}': ${strerror(error.errno)}`);
    throw error;
  }
  const { positional } = state;
  if (args.length > 0) state.positional = args;
  try {
    return yield* runLines(shell, text, "middle");
  } catch (error) {
    if (error instanceof ControlFlow && error.kind === "return") return error.value;
    throw error;
  } finally {
    if (args.length > 0) state.positional = positional;
  }
};

const exec: Builtin = function* (shell, argv) {
  if (argv.length === 1) return 0;
  try {
    throw new ControlFlow("exit", yield* become(shell, argv.slice(1)));
  } catch (error) {
    if (error instanceof ShellError) throw new ShellError(`exec: line 0: ${error.message}`, error.status);
    throw error;
  }
};

const SIGINT = 2;

/** What the signal does from now on; SIGINT stays the prompt's. */
const setAction = ({ sys }: Shell, condition: string, action: string): void => {
  const signal = signalNumber(condition) ?? 0;
  if (signal === 0 || signal === SIGINT) return;
  sys.sigaction(signal, action === "" ? "ignore" : action === "-" ? "default" : "handle-restart");
};

/** EXIT, or the signal's name without SIG. */
const conditionOf = (name: string): string => {
  const signal = signalNumber(name);
  if (signal === undefined) throw new ShellError(`trap: ${name}: invalid signal specification`);
  return signal === 0 ? "EXIT" : signalName(signal).slice("SIG".length);
};

const trap: Builtin = function* (shell, [, ...args]) {
  const { traps } = shell.state;
  const [action, ...conditions] = args;
  if (action === undefined) {
    for (const [condition, text] of traps) yield* print(shell, `trap -- ${quoted(text)} ${condition}\n`);
    return 0;
  }
  const names = conditions.length === 0 ? [action] : conditions;
  for (const name of names) {
    const condition = conditionOf(name);
    const reset = conditions.length === 0 || action === "-";
    setAction(shell, condition, reset ? "-" : action);
    if (reset) traps.delete(condition);
    else traps.set(condition, action);
  }
  return 0;
};

export const flow: readonly (readonly [string, Builtin])[] = [
  [":", instantly(() => 0)],
  ["true", instantly(() => 0)],
  ["false", instantly(() => 1)],
  ["break", leave("break")],
  ["continue", leave("continue")],
  [
    "return",
    instantly((shell, [status]) => {
      const value = status === undefined ? shell.state.status : numberArgument("return", status) & 255;
      throw new ControlFlow(shell.state.scopes.length > 0 ? "return" : "exit", value);
    }),
  ],
  [
    "exit",
    instantly((shell, [status]) => {
      const value = status === undefined ? shell.state.status : numberArgument("exit", status) & 255;
      throw new ControlFlow("exit", value);
    }),
  ],
  ["eval", evalWords],
  [".", source],
  ["source", source],
  ["exec", exec],
  ["trap", trap],
];
