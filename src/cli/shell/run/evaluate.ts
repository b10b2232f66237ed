import { signalName } from "../../../base/signals.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { O_RDONLY } from "../../../kernel/user.ts";
import type { Node } from "../syntax/ast.ts";
import { parseNextLine } from "../syntax/parse.ts";
import { openSource } from "../syntax/source.ts";
import { capture, fork, pipeline, waitForeground } from "./child.ts";
import { runSimple } from "./command.ts";
import { expandArguments, expandPattern, expandText, type Substitute } from "./expand.ts";
import { compilePattern } from "./pattern.ts";
import { withRedirections } from "./redirect.ts";
import { ControlFlow, setVariable, type Shell, ShellError } from "./state.ts";

/**
 * Where a command stands: after a "last" one the process has nothing more to do, so that it needs
 * no child of its own (ash's EV_EXIT).
 */
export type Place = "middle" | "last";

export const substitute: Substitute = (shell, body) =>
  capture(shell, (child) => evaluate(child, body, "last"));

type NodeOf<K extends Node["kind"]> = Extract<Node, { kind: K }>;

/** Runs `body` where a failure is an answer, not an error (`set -e`). */
function* tested(shell: Shell, node: Node): Routine<number> {
  shell.state.tested += 1;
  try {
    return yield* evaluate(shell, node, "middle");
  } finally {
    shell.state.tested -= 1;
  }
}

/** SIGINT, SIGQUIT */
const KEYBOARD = [2, 3] as const;

function* runBackground(shell: Shell, body: Node): Routine<number> {
  const pid = yield* fork(shell, function* (child) {
    // No job control: the keyboard's signals are not for it.
    for (const signal of KEYBOARD) child.sys.sigaction(signal, "ignore");
    const nothing = yield* child.sys.open("/dev/null", O_RDONLY);
    yield* child.sys.dup2(nothing, 0);
    if (nothing !== 0) yield* child.sys.close(nothing);
    return yield* evaluate(child, body, "last");
  });
  shell.state.background = pid;
  shell.state.children.add(pid);
  return 0;
}

function* runPipeline(shell: Shell, { commands }: NodeOf<"pipeline">): Routine<number> {
  const pids = yield* pipeline(
    shell,
    commands.map((command) => (child: Shell) => evaluate(child, command, "last")),
  );
  let status = 0;
  for (const pid of pids) status = yield* waitForeground(shell, pid);
  return status;
}

function* runSubshell(shell: Shell, node: NodeOf<"subshell" | "group">, place: Place): Routine<number> {
  if (node.kind === "group" || (place === "last" && shell.state.traps.size === 0)) {
    return yield* evaluate(shell, node.body, node.redirections.length === 0 ? place : "middle");
  }
  const pid = yield* fork(shell, (child) => evaluate(child, node.body, "last"));
  return yield* waitForeground(shell, pid);
}

/** One round of a loop; false when the loop is over. */
function* round(shell: Shell, body: () => Routine<unknown>): Routine<boolean> {
  shell.state.loopDepth += 1;
  try {
    yield* body();
    return true;
  } catch (error) {
    if (!(error instanceof ControlFlow) || (error.kind !== "break" && error.kind !== "continue")) throw error;
    if (error.value > 1) {
      error.value -= 1;
      throw error;
    }
    return error.kind === "continue";
  } finally {
    shell.state.loopDepth -= 1;
  }
}

/** Nothing that a sandbox waits for takes so many rounds, and nobody can interrupt a loop of builtins. */
const MAX_ROUNDS = 200_000;

function* runWhile(shell: Shell, node: NodeOf<"while" | "until">): Routine<number> {
  let status = 0;
  for (let rounds = 0; ; rounds += 1) {
    if (rounds >= MAX_ROUNDS) throw new ShellError(`a loop does not end (${MAX_ROUNDS} rounds)`);
    let more = false;
    const alive = yield* round(shell, function* () {
      more = ((yield* tested(shell, node.condition)) === 0) === (node.kind === "while");
      if (more) status = yield* evaluate(shell, node.body, "middle");
    });
    if (!alive) return 0;
    if (!more) return status;
  }
}

function* runFor(shell: Shell, node: NodeOf<"for">): Routine<number> {
  const values =
    node.words === undefined ? shell.state.positional : yield* expandArguments(shell, node.words, substitute);
  let status = 0;
  for (const value of values) {
    setVariable(shell.state, node.name, value);
    const alive = yield* round(shell, function* () {
      status = yield* evaluate(shell, node.body, "middle");
    });
    if (!alive) return 0;
  }
  return status;
}

function* runCase(shell: Shell, node: NodeOf<"case">, place: Place): Routine<number> {
  const text = yield* expandText(shell, node.word, substitute);
  for (const { patterns, body } of node.arms) {
    for (const pattern of patterns) {
      if (compilePattern(yield* expandPattern(shell, pattern, substitute))(text)) {
        return yield* evaluate(shell, body, place);
      }
    }
  }
  return 0;
}

function* runSequence(shell: Shell, items: readonly Node[], place: Place): Routine<number> {
  let status = 0;
  for (const [index, item] of items.entries()) {
    status = yield* evaluate(shell, item, index === items.length - 1 ? place : "middle");
  }
  return status;
}

function* runCompound(shell: Shell, node: Node, place: Place): Routine<number> {
  switch (node.kind) {
    case "subshell":
    case "group":
      return yield* runSubshell(shell, node, place);
    case "if": {
      const condition = yield* tested(shell, node.condition);
      if (condition === 0) return yield* evaluate(shell, node.consequent, place);
      return node.alternative === undefined ? 0 : yield* evaluate(shell, node.alternative, place);
    }
    case "while":
    case "until":
      return yield* runWhile(shell, node);
    case "for":
      return yield* runFor(shell, node);
    case "case":
      return yield* runCase(shell, node, place);
    default:
      throw new ShellError(`cannot run ${node.kind}`);
  }
}

function* runNode(shell: Shell, node: Node, place: Place): Routine<number> {
  switch (node.kind) {
    case "simple":
      return yield* runSimple(shell, node, place);
    case "sequence":
      return yield* runSequence(shell, node.items, place);
    case "background":
      return yield* runBackground(shell, node.body);
    case "not":
      return (yield* tested(shell, node.body)) === 0 ? 1 : 0;
    case "and":
    case "or": {
      const left = yield* tested(shell, node.left);
      return (left === 0) === (node.kind === "and") ? yield* evaluate(shell, node.right, place) : left;
    }
    case "pipeline":
      return yield* runPipeline(shell, node);
    case "function":
      shell.state.functions.set(node.name, node.body);
      return 0;
    default: {
      const inner = node.redirections.length === 0 ? place : "middle";
      return yield* withRedirections(shell, node.redirections, substitute, () =>
        runCompound(shell, node, inner),
      );
    }
  }
}

/** A function that calls itself for ever must end before the host's stack does. */
const MAX_DEPTH = 400;

/** Traps of the signals that have come meanwhile. */
function* runTraps(shell: Shell): Routine<void> {
  const { state } = shell;
  if ([...state.traps].every(([condition, action]) => condition === "EXIT" || action === "")) return;
  const { status } = state;
  for (const signal of shell.sys.caughtSignals()) {
    const source = openSource(state.traps.get(signalName(signal).slice("SIG".length)) ?? "");
    for (let node = parseNextLine(source); node !== undefined; node = parseNextLine(source))
      yield* evaluate(shell, node, "middle");
  }
  state.status = status;
}

/** Runs a command and returns its status, which is also `$?` afterwards. */
export function* evaluate(shell: Shell, node: Node, place: Place): Routine<number> {
  const { state } = shell;
  if (state.depth >= MAX_DEPTH) throw new ShellError("commands nested too deeply");
  state.depth += 1;
  let status: number;
  try {
    // A shell with traps stays to run them.
    status = yield* runNode(shell, node, state.traps.size > 0 ? "middle" : place);
  } finally {
    state.depth -= 1;
  }
  state.status = status;
  if (state.traps.size > 0) yield* runTraps(shell);
  const simple = node.kind === "simple" || node.kind === "pipeline" || node.kind === "subshell";
  if (status !== 0 && simple && state.tested === 0 && state.options.has("e"))
    throw new ControlFlow("exit", status);
  return status;
}
