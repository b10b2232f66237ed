import type { ByteString } from "../../../base/bytes.ts";
import type { Assignment, Node, Redirection, Word } from "./ast.ts";
import { EMPTY } from "./ast.ts";
import { parseCompound } from "./compound.ts";
import {
  nested,
  next,
  openSource,
  peek,
  ShellSyntaxError,
  skipBlanks,
  type Source,
  startsWith,
} from "./source.ts";
import { delimiterOf, parseUntil, parseWord, plainText } from "./word.ts";

/** Words that end a list of commands when they stand where a command would. */
const CLOSERS = new Set(["then", "else", "elif", "fi", "do", "done", "esac", "}"]);

/** The plain word that comes next, not consumed. */
export const peekWord = (source: Source): string => {
  skipBlanks(source);
  return /[^\s;&|<>()"'`$\\]*/y.exec(source.text.slice(source.at, source.at + 64))?.[0] ?? "";
};

export const unexpected = (source: Source, expecting?: string): ShellSyntaxError => {
  skipBlanks(source);
  const tail = expecting === undefined ? "" : ` (expecting "${expecting}")`;
  if (peek(source) === "") return new ShellSyntaxError(`unexpected end of file${tail}`, { incomplete: true });
  if (peek(source) === "\n") return new ShellSyntaxError(`unexpected newline${tail}`);
  const operator = ["&&", "||", ";;", "<<", ">>", ";", "&", "|", "(", ")", "<", ">"].find((op) =>
    startsWith(source, op),
  );
  const word = peekWord(source);
  const what = operator ?? (CLOSERS.has(word) ? word : undefined);
  return new ShellSyntaxError(`unexpected ${what === undefined ? "word" : `"${what}"`}${tail}`);
};

/** Reads the here-documents announced on the line that just ended. */
const readDocuments = (source: Source): void => {
  for (const { redirection, delimiter, quoted, stripTabs } of source.documents.splice(0)) {
    let text = "";
    for (;;) {
      if (source.at >= source.text.length) {
        throw new ShellSyntaxError("unexpected end of file in here-document", { incomplete: true });
      }
      const end = source.text.indexOf("\n", source.at);
      let line = source.text.slice(source.at, end < 0 ? undefined : end);
      source.at = end < 0 ? source.text.length : end + 1;
      source.line += 1;
      if (stripTabs) line = line.replace(/^\t+/, "");
      if (line === delimiter) break;
      text += `${line}\n`;
    }
    const inner = { ...openSource(text, source.line), depth: source.depth };
    redirection.target = quoted
      ? [{ kind: "text", text, quoted: true }]
      : parseUntil(inner, "", true, parseList);
  }
};

export const skipNewlines = (source: Source): void => {
  for (skipBlanks(source); peek(source) === "\n"; skipBlanks(source)) {
    next(source);
    readDocuments(source);
  }
};

const REDIRECTION = /(\d*)(<<-?|<&|<>|<|>>|>&|>\||>)/y;

/** A redirection at this place, or undefined. */
export const parseRedirection = (source: Source): Redirection | undefined => {
  REDIRECTION.lastIndex = source.at;
  const match = REDIRECTION.exec(source.text);
  if (match === null) return undefined;
  const [all, digits = "", operator = ""] = match;
  source.at += all.length;
  skipBlanks(source);
  const target = parseWord(source, parseList);
  if (target.length === 0) throw unexpected(source);
  const isDocument = operator.startsWith("<<");
  const kind = (isDocument ? "<<" : operator) as Redirection["operator"];
  const redirection: Redirection = {
    fd: digits === "" ? Number(!operator.startsWith("<")) : Number(digits),
    operator: kind,
    target,
  };
  if (isDocument) {
    const { text, quoted } = delimiterOf(target);
    source.documents.push({ redirection, delimiter: text, quoted, stripTabs: operator === "<<-" });
  }
  return redirection;
};

const ASSIGNMENT = /^([A-Za-z_][A-Za-z_0-9]*)=/;

const asAssignment = (word: Word): Assignment | undefined => {
  const [first, ...rest] = word;
  if (first?.kind !== "text" || first.quoted) return undefined;
  const match = ASSIGNMENT.exec(first.text);
  if (match === null) return undefined;
  const text = first.text.slice(match[0].length);
  return { name: match[1] ?? "", value: text === "" ? rest : [{ ...first, text }, ...rest] };
};

const parseSimple = (source: Source): Node => {
  const { line } = source;
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  const redirections: Redirection[] = [];
  for (;;) {
    skipBlanks(source);
    const redirection = parseRedirection(source);
    if (redirection !== undefined) {
      redirections.push(redirection);
      continue;
    }
    const word = parseWord(source, parseList);
    if (word.length === 0) break;
    const assignment = words.length === 0 ? asAssignment(word) : undefined;
    if (assignment === undefined) words.push(word);
    else assignments.push(assignment);
    skipBlanks(source);
    const name = plainText(word);
    if (words.length === 1 && name !== undefined && /^\w+$/.test(name) && peek(source) === "(") {
      return parseFunction(source, name);
    }
  }
  if (assignments.length + words.length + redirections.length === 0) throw unexpected(source);
  return { kind: "simple", line, assignments, words, redirections };
};

const parseFunction = (source: Source, name: string): Node => {
  next(source);
  skipBlanks(source);
  if (next(source) !== ")") throw unexpected(source, ")");
  skipNewlines(source);
  return { kind: "function", name, body: nested(source, () => parseCommand(source)) };
};

const parseCommand = (source: Source): Node => {
  skipBlanks(source);
  if (CLOSERS.has(peekWord(source))) throw unexpected(source);
  return parseCompound(source) ?? parseSimple(source);
};

const parsePipeline = (source: Source): Node => {
  skipBlanks(source);
  if (peekWord(source) === "!") {
    next(source);
    return { kind: "not", body: nested(source, () => parsePipeline(source)) };
  }
  const commands = [parseCommand(source)];
  for (skipBlanks(source); peek(source) === "|" && peek(source, 1) !== "|"; skipBlanks(source)) {
    next(source);
    skipNewlines(source);
    commands.push(parseCommand(source));
  }
  const [only] = commands;
  return only !== undefined && commands.length === 1 ? only : { kind: "pipeline", commands };
};

const parseAndOr = (source: Source): Node => {
  let left = parsePipeline(source);
  for (;;) {
    skipBlanks(source);
    const kind = startsWith(source, "&&") ? "and" : startsWith(source, "||") ? "or" : undefined;
    if (kind === undefined) return left;
    source.at += 2;
    skipNewlines(source);
    left = { kind, left, right: parsePipeline(source) };
  }
};

const atEndOfList = (source: Source): boolean => {
  skipBlanks(source);
  const char = peek(source);
  return char === "" || char === ")" || startsWith(source, ";;") || CLOSERS.has(peekWord(source));
};

/** Commands separated by `;`, `&` and newlines, up to what cannot belong to the list. */
export const parseList = (source: Source): Node => {
  const items: Node[] = [];
  skipNewlines(source);
  while (!atEndOfList(source)) {
    const node = parseAndOr(source);
    skipBlanks(source);
    const background = peek(source) === "&";
    items.push(background ? { kind: "background", body: node } : node);
    if (background || (peek(source) === ";" && peek(source, 1) !== ";")) next(source);
    else if (peek(source) !== "\n") break;
    skipNewlines(source);
  }
  const [only] = items;
  return only !== undefined && items.length === 1 ? only : { kind: "sequence", items };
};

/**
 * The next complete line (or lines, where a command spans several) of a script, or undefined at
 * its end. Throws ShellSyntaxError.
 */
export const parseNextLine = (source: Source): Node | undefined => {
  skipNewlines(source);
  if (peek(source) === "") return undefined;
  const items: Node[] = [];
  for (;;) {
    const node = parseAndOr(source);
    skipBlanks(source);
    const separator = peek(source);
    const background = separator === "&";
    items.push(background ? { kind: "background", body: node } : node);
    if (startsWith(source, ";;")) throw unexpected(source);
    if (background || separator === ";") next(source);
    skipBlanks(source);
    if (peek(source) === "\n" || peek(source) === "") break;
    if (!background && separator !== ";") throw unexpected(source);
  }
  const ended = peek(source) === "\n";
  if (ended) {
    next(source);
    readDocuments(source);
  } else if (source.documents.length > 0) readDocuments(source);
  const [only] = items;
  return only !== undefined && items.length === 1 ? only : { kind: "sequence", items };
};

/** A whole script at once. */
export const parseScript = (text: ByteString): Node => {
  const source = openSource(text);
  const items: Node[] = [];
  for (let node = parseNextLine(source); node !== undefined; node = parseNextLine(source)) items.push(node);
  return items.length === 0 ? EMPTY : { kind: "sequence", items };
};
