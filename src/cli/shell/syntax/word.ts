import { unescape } from "../escapes.ts";
import type { Node, ParameterPart, Word, WordPart } from "./ast.ts";
import { nested, next, openSource, peek, ShellSyntaxError, type Source, startsWith } from "./source.ts";

/** Parses the list of commands inside `$( )` and backquotes; given by the grammar, which stands above. */
export type ParseList = (source: Source, end: ")" | "") => Node;

const META = new Set([" ", "\t", "\r", "\n", ";", "&", "|", "<", ">", "(", ")", ""]);
const unfinished = (message: string): ShellSyntaxError => new ShellSyntaxError(message, { incomplete: true });

/** Collects parts, joining neighbouring texts of the same kind. */
const createParts = (): { parts: WordPart[]; text(text: string, quoted: boolean): void } => {
  const parts: WordPart[] = [];
  return {
    parts,
    text(text, quoted) {
      const last = parts.at(-1);
      if (last?.kind === "text" && last.quoted === quoted) {
        parts[parts.length - 1] = { ...last, text: last.text + text };
      } else parts.push({ kind: "text", text, quoted });
    },
  };
};

const singleQuoted = (source: Source): string => {
  const end = source.text.indexOf("'", source.at);
  if (end < 0) throw unfinished("unterminated quoted string");
  const text = source.text.slice(source.at, end);
  source.line += text.split("\n").length - 1;
  source.at = end + 1;
  return text;
};

/** After `$'`: up to the next quote without a backslash before it. */
const ansiQuoted = (source: Source): string => {
  const match = /(?:[^'\\]|\\[^])*/y;
  match.lastIndex = source.at;
  const text = match.exec(source.text)?.[0] ?? "";
  source.at += text.length;
  if (next(source) !== "'") throw unfinished("unterminated quoted string");
  return text.replaceAll("\\'", "'").replaceAll('\\"', '"');
};

const backquoted = (source: Source, quoted: boolean, parseList: ParseList): WordPart => {
  let text = "";
  const { line } = source;
  for (;;) {
    const char = next(source);
    if (char === "") throw unfinished("EOF in backquote substitution");
    if (char === "`") break;
    if (char === "\\" && ["`", "\\", "$"].includes(peek(source))) text += next(source);
    else text += char;
  }
  const body = nested(source, () => parseList({ ...openSource(text, line), depth: source.depth }, ""));
  return { kind: "command", body, quoted };
};

const NAME = /[A-Za-z_][A-Za-z_0-9]*/y;
const SPECIAL = "?$#@*!-";

const readName = (source: Source): string => {
  NAME.lastIndex = source.at;
  const name = NAME.exec(source.text)?.[0] ?? "";
  source.at += name.length;
  return name;
};

const readParameterName = (source: Source, digits: RegExp): string => {
  const name = readName(source);
  if (name !== "") return name;
  digits.lastIndex = source.at;
  const number = digits.exec(source.text)?.[0];
  if (number !== undefined) {
    source.at += number.length;
    return number;
  }
  return SPECIAL.includes(peek(source)) ? next(source) : "";
};

const OPERATORS = [":-", ":=", ":?", ":+", "%%", "##", "//", "-", "=", "?", "+", "%", "#", "/", ":"];

/** The rest after `${`. */
const bracedParameter = (source: Source, quoted: boolean, parseList: ParseList): ParameterPart => {
  const head = { kind: "parameter", quoted } as const;
  const isLength =
    peek(source) === "#" && /[A-Za-z_0-9@*?!$#-]/.test(peek(source, 1)) && peek(source, 1) !== "}";
  if (isLength) {
    next(source);
    const name = readParameterName(source, /\d+/y);
    if (next(source) !== "}") throw new ShellSyntaxError("bad substitution");
    return { ...head, name, operator: "length", word: [] };
  }
  if (peek(source) === "") throw new ShellSyntaxError("missing '}'", { incomplete: true });
  const name = readParameterName(source, /\d+/y);
  if (name === "") throw new ShellSyntaxError("bad substitution");
  if (peek(source) === "}") {
    next(source);
    return { ...head, name, operator: "", word: [] };
  }
  const operator = OPERATORS.find((candidate) => startsWith(source, candidate));
  if (operator === undefined) {
    if (peek(source) === "") throw new ShellSyntaxError("missing '}'", { incomplete: true });
    throw new ShellSyntaxError("bad substitution");
  }
  source.at += operator.length;
  const word = nested(source, () => parseUntil(source, "}", quoted, parseList));
  return { ...head, name, operator, word };
};

/** `$((`: the text up to the matching `))`, or undefined when it is a command in parentheses. */
const arithmetic = (source: Source, quoted: boolean, parseList: ParseList): WordPart | undefined => {
  let depth = 0;
  for (let at = source.at; at < source.text.length; at += 1) {
    const char = source.text[at];
    if (char === "(") depth += 1;
    else if (char === ")" && depth > 0) depth -= 1;
    else if (char === ")") {
      if (source.text[at + 1] !== ")") return undefined;
      const inner = { ...openSource(source.text.slice(source.at, at), source.line), depth: source.depth };
      source.at = at + 2;
      return { kind: "arithmetic", expression: parseUntil(inner, "", true, parseList), quoted };
    }
  }
  throw new ShellSyntaxError("missing '))'", { incomplete: true });
};

const dollar = (source: Source, quoted: boolean, parseList: ParseList): WordPart => {
  if (startsWith(source, "((")) {
    const saved = { at: source.at, line: source.line };
    source.at += 2;
    const part = nested(source, () => arithmetic(source, quoted, parseList));
    if (part !== undefined) return part;
    Object.assign(source, saved);
  }
  if (peek(source) === "(") {
    next(source);
    const body = nested(source, () => parseList(source, ")"));
    if (next(source) !== ")")
      throw new ShellSyntaxError('unexpected end of file (expecting ")")', { incomplete: true });
    return { kind: "command", body, quoted };
  }
  if (peek(source) === "'" && !quoted) {
    next(source);
    return { kind: "text", text: unescape(ansiQuoted(source)).text, quoted: true };
  }
  if (peek(source) === "{") {
    next(source);
    return bracedParameter(source, quoted, parseList);
  }
  const name = readParameterName(source, /\d/y);
  if (name === "") return { kind: "text", text: "$", quoted: true };
  return { kind: "parameter", name, operator: "", word: [], quoted };
};

/**
 * Reads parts up to `end` (consumed): `"` for a double-quoted string, `}` for the word of a
 * parameter expansion, "" for the whole text (here-documents, arithmetic).
 */
export const parseUntil = (
  source: Source,
  end: string,
  quoted: boolean,
  parseList: ParseList,
): WordPart[] => {
  const out = createParts();
  const inString = quoted || end === '"';
  if (end === '"') out.text("", true);
  for (;;) {
    const char = next(source);
    if (char === "" && end === "") return out.parts;
    if (char === "")
      throw end === "}"
        ? new ShellSyntaxError("missing '}'", { incomplete: true })
        : unfinished("unterminated quoted string");
    if (char === end) return out.parts;
    if (char === "$") out.parts.push(dollar(source, inString, parseList));
    else if (char === "`") out.parts.push(backquoted(source, inString, parseList));
    else if (char === "\\") escape(source, inString ? end : undefined, out);
    else if (char === "'" && !inString) out.text(singleQuoted(source), true);
    else if (char === '"' && end === "}") out.parts.push(...parseUntil(source, '"', true, parseList));
    else out.text(char, inString);
  }
};

/** After a backslash: inside double quotes only some characters are special. */
const escape = (source: Source, string: string | undefined, out: ReturnType<typeof createParts>): void => {
  const char = next(source);
  if (char === "\n") return;
  const special =
    string === undefined || "$`\\".includes(char) || (string !== "" && (char === '"' || char === string));
  out.text(special && char !== "" ? char : `\\${char}`, true);
};

/** A word up to the next unquoted operator or blank; empty when there is none. */
export const parseWord = (source: Source, parseList: ParseList): Word => {
  const out = createParts();
  for (;;) {
    const char = peek(source);
    if (META.has(char)) return out.parts;
    next(source);
    if (char === "'") out.text(singleQuoted(source), true);
    else if (char === '"') out.parts.push(...parseUntil(source, '"', true, parseList));
    else if (char === "$") out.parts.push(dollar(source, false, parseList));
    else if (char === "`") out.parts.push(backquoted(source, false, parseList));
    else if (char === "\\") escape(source, undefined, out);
    else out.text(char, false);
  }
};

/** The word's text when it is plain and unquoted: only such words are keywords. */
export const plainText = (word: Word): string | undefined => {
  const [part] = word;
  return word.length === 1 && part?.kind === "text" && !part.quoted ? part.text : undefined;
};

/** Text of a here-document's delimiter, and whether any of it was quoted. */
export const delimiterOf = (word: Word): { text: string; quoted: boolean } => ({
  text: word.map((part) => (part.kind === "text" ? part.text : "")).join(""),
  quoted: word.some((part) => part.kind === "text" && part.quoted),
});
