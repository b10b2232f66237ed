import type { ByteString } from "../../../base/bytes.ts";
import type { Routine } from "../../../kernel/routine.ts";
import type { Node, ParameterPart, Word, WordPart } from "../syntax/ast.ts";
import { evaluateArithmetic } from "./arithmetic.ts";
import { type Segment, splitFields } from "./fields.ts";
import { globPaths } from "./glob.ts";
import { hasWildcard, quotePattern, trim } from "./pattern.ts";
import { getVariable, setVariable, type Shell, ShellError, type ShellState } from "./state.ts";

/** Runs a command substitution and returns what it printed; the evaluator, which stands above. */
export type Substitute = (shell: Shell, body: Node) => Routine<ByteString>;

const OPTION_LETTERS = "efnuvxa";

/** Value of `$name` where it is one string; undefined when unset. */
const parameter = (state: ShellState, name: string): ByteString | undefined => {
  if (/^\d+$/.test(name)) return name === "0" ? state.name : state.positional[Number(name) - 1];
  switch (name) {
    case "?":
      return String(state.status);
    case "$":
      return String(state.rootPid);
    case "#":
      return String(state.positional.length);
    case "!":
      return state.background === 0 ? "" : String(state.background);
    case "-":
      return [...OPTION_LETTERS].filter((letter) => state.options.has(letter)).join("");
    case "@":
    case "*":
      return state.positional.length === 0 ? undefined : state.positional.join(" ");
    default:
      return getVariable(state, name);
  }
};

const ifsOf = (state: ShellState): ByteString => getVariable(state, "IFS") ?? " \t\n";

/** `$@` and `$*` as several fields. */
const expandPositional = (state: ShellState, part: ParameterPart): Segment[] => {
  const kind = part.quoted ? "quoted" : "expanded";
  if (part.name === "*" && part.quoted) {
    const separator = ifsOf(state).slice(0, 1);
    return [{ text: state.positional.join(separator), kind }];
  }
  return state.positional.flatMap((text, index): Segment[] =>
    index === 0
      ? [{ text, kind }]
      : [
          { text: "", kind: "break" },
          { text, kind },
        ],
  );
};

function* replaceAll(
  shell: Shell,
  value: ByteString,
  part: ParameterPart,
  substitute: Substitute,
): Routine<ByteString> {
  const pattern = yield* expandPattern(shell, part.word, substitute);
  const cut = /(?<!\\)\//.exec(pattern)?.index ?? pattern.length;
  const head = pattern.slice(0, cut);
  const to = pattern.slice(cut + 1).replace(/\\([^])/g, "$1");
  let out = "";
  let rest = value;
  while (rest !== "") {
    const length = rest.length - trim(rest, "##", head).length;
    out += length > 0 ? to : rest.slice(0, 1);
    rest = rest.slice(Math.max(length, 1));
    if (length > 0 && part.operator === "/") break;
  }
  return out + rest;
}

/** Plain text of a word inside an expansion is split like what an expansion brings. */
function* insideExpansion(shell: Shell, word: Word, substitute: Substitute): Routine<readonly Segment[]> {
  const segments = yield* expandWord(shell, word, substitute);
  return segments.map((segment) => (segment.kind === "literal" ? { ...segment, kind: "expanded" } : segment));
}

/** `${x-word}` and its relatives: undefined when the parameter's own value is to be used. */
function* defaultValue(
  shell: Shell,
  part: ParameterPart,
  value: ByteString | undefined,
  substitute: Substitute,
): Routine<readonly Segment[] | undefined> {
  const isSet = part.operator.startsWith(":") ? value !== undefined && value !== "" : value !== undefined;
  const action = part.operator.slice(-1);
  if (action === "+") return isSet ? yield* insideExpansion(shell, part.word, substitute) : [];
  if (isSet) return undefined;
  if (action === "-") return yield* insideExpansion(shell, part.word, substitute);
  const text = yield* expandText(shell, part.word, substitute);
  if (action === "?") {
    throw new ShellError(`${part.name}: ${text === "" ? "parameter not set or null" : text}`);
  }
  setVariable(shell.state, part.name, text);
  return [{ text, kind: part.quoted ? "quoted" : "expanded" }];
}

function* slice(
  shell: Shell,
  value: ByteString,
  part: ParameterPart,
  substitute: Substitute,
): Routine<ByteString> {
  const [offset = "", length] = (yield* expandText(shell, part.word, substitute)).split(":");
  const number = (text: string): number => Number(evaluateArithmetic(text, variablesOf(shell.state)));
  const from = number(offset);
  const start = from < 0 ? Math.max(0, value.length + from) : from;
  if (length === undefined) return value.slice(start);
  const count = number(length);
  return value.slice(start, count < 0 ? value.length + count : start + count);
}

function* expandParameter(
  shell: Shell,
  part: ParameterPart,
  substitute: Substitute,
): Routine<readonly Segment[]> {
  const { state } = shell;
  const { operator, name } = part;
  if ((name === "@" || name === "*") && operator === "") return expandPositional(state, part);
  const value = parameter(state, name);
  if (/^:?[-=?+]$/.test(operator)) {
    const other = yield* defaultValue(shell, part, value, substitute);
    if (other !== undefined) return other;
  }
  if (value === undefined && state.options.has("u") && !/^:?[-=?+]$/.test(operator)) {
    throw new ShellError(`${name}: parameter not set`);
  }
  const kind = part.quoted ? "quoted" : "expanded";
  let text = value ?? "";
  if (operator === "length") text = String(text.length);
  else if (operator === "%" || operator === "%%" || operator === "#" || operator === "##") {
    text = trim(text, operator, yield* expandPattern(shell, part.word, substitute));
  } else if (operator === "/" || operator === "//") text = yield* replaceAll(shell, text, part, substitute);
  else if (operator === ":") text = yield* slice(shell, text, part, substitute);
  return [{ text, kind }];
}

const variablesOf = (
  state: ShellState,
): { get(n: string): string | undefined; set(n: string, v: string): void } => ({
  get: (name) => getVariable(state, name),
  set: (name, value) => setVariable(state, name, value),
});

function* expandPart(shell: Shell, part: WordPart, substitute: Substitute): Routine<readonly Segment[]> {
  if (part.kind === "text") return [{ text: part.text, kind: part.quoted ? "quoted" : "literal" }];
  if (part.kind === "parameter") return yield* expandParameter(shell, part, substitute);
  const kind = part.quoted ? "quoted" : "expanded";
  if (part.kind === "command") {
    const text = (yield* substitute(shell, part.body)).replaceAll("\0", "").replace(/\n+$/, "");
    return [{ text, kind }];
  }
  const expression = yield* expandText(shell, part.expression, substitute);
  return [{ text: String(evaluateArithmetic(expression, variablesOf(shell.state))), kind }];
}

const expandTilde = (shell: Shell, word: Word): Word => {
  const [first, ...rest] = word;
  if (first?.kind !== "text" || first.quoted || !/^~(?=\/|$)/.test(first.text)) return word;
  const home = getVariable(shell.state, "HOME") ?? "~";
  return [{ kind: "text", text: home, quoted: true }, { ...first, text: first.text.slice(1) }, ...rest];
};

export function* expandWord(shell: Shell, word: Word, substitute: Substitute): Routine<readonly Segment[]> {
  const segments: Segment[] = [];
  for (const part of expandTilde(shell, word)) segments.push(...(yield* expandPart(shell, part, substitute)));
  return segments;
}

/** A word as one string: assignments, redirections, here-documents. */
export function* expandText(shell: Shell, word: Word, substitute: Substitute): Routine<ByteString> {
  const segments = yield* expandWord(shell, word, substitute);
  return segments.map(({ text, kind }) => (kind === "break" ? " " : text)).join("");
}

/** A word as a pattern in which what was quoted stands for itself. */
export function* expandPattern(shell: Shell, word: Word, substitute: Substitute): Routine<string> {
  const segments = yield* expandWord(shell, word, substitute);
  return segments.map(({ text, kind }) => (kind === "quoted" ? quotePattern(text) : text)).join("");
}

/** Words as arguments: split into fields, globbed. */
export function* expandArguments(
  shell: Shell,
  words: readonly Word[],
  substitute: Substitute,
): Routine<ByteString[]> {
  const out: ByteString[] = [];
  for (const word of words) {
    const fields = splitFields(yield* expandWord(shell, word, substitute), ifsOf(shell.state));
    for (const { text, pattern } of fields) {
      const paths =
        hasWildcard(pattern) && !shell.state.options.has("f") ? yield* globPaths(shell.sys, pattern) : [];
      if (paths.length === 0) out.push(text);
      else out.push(...paths);
    }
  }
  return out;
}
