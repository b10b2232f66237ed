import type { CaseArm, Node, Redirection, Word } from "./ast.ts";
import { parseList, parseRedirection, peekWord, skipNewlines, unexpected } from "./parse.ts";
import { nested, next, peek, ShellSyntaxError, skipBlanks, type Source, startsWith } from "./source.ts";
import { parseWord } from "./word.ts";

const expectWord = (source: Source, word: string): void => {
  if (peekWord(source) !== word) throw unexpected(source, word);
  source.at += word.length;
};

/** A list that must not be empty. */
const body = (source: Source): Node => {
  const list = nested(source, () => parseList(source));
  if (list.kind === "sequence" && list.items.length === 0) throw unexpected(source);
  return list;
};

/** A list and the word that ends it. */
const bodyUntil = (source: Source, closer: string): Node => {
  const list = body(source);
  expectWord(source, closer);
  return list;
};

const parseIf = (source: Source): Omit<Extract<Node, { kind: "if" }>, "redirections"> => {
  const condition = bodyUntil(source, "then");
  const consequent = body(source);
  const word = peekWord(source);
  let alternative: Node | undefined;
  if (word === "elif") {
    source.at += word.length;
    return {
      kind: "if",
      condition,
      consequent,
      alternative: { ...nested(source, () => parseIf(source)), redirections: [] },
    };
  }
  if (word === "else") {
    source.at += word.length;
    alternative = body(source);
  }
  expectWord(source, "fi");
  return { kind: "if", condition, consequent, alternative };
};

const parseFor = (source: Source): Omit<Extract<Node, { kind: "for" }>, "redirections"> => {
  const name = peekWord(source);
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new ShellSyntaxError("bad for loop variable");
  source.at += name.length;
  skipNewlines(source);
  let words: Word[] | undefined;
  if (peekWord(source) === "in") {
    source.at += 2;
    words = [];
    for (;;) {
      skipBlanks(source);
      const word = parseWord(source, parseList);
      if (word.length === 0) break;
      words.push(word);
    }
  }
  skipBlanks(source);
  if (peek(source) === ";") next(source);
  skipNewlines(source);
  expectWord(source, "do");
  return { kind: "for", name, words, body: bodyUntil(source, "done") };
};

const parseArm = (source: Source): CaseArm => {
  skipBlanks(source);
  if (peek(source) === "(") next(source);
  const patterns: Word[] = [];
  do {
    if (patterns.length > 0) next(source);
    skipBlanks(source);
    const word = parseWord(source, parseList);
    if (word.length === 0) throw unexpected(source);
    patterns.push(word);
    skipBlanks(source);
  } while (peek(source) === "|");
  if (next(source) !== ")") throw unexpected(source, ")");
  const arm = { patterns, body: nested(source, () => parseList(source)) };
  if (startsWith(source, ";;")) source.at += 2;
  else if (peekWord(source) !== "esac") throw unexpected(source, ";;");
  return arm;
};

const parseCase = (source: Source): Omit<Extract<Node, { kind: "case" }>, "redirections"> => {
  skipBlanks(source);
  const word = parseWord(source, parseList);
  skipNewlines(source);
  expectWord(source, "in");
  const arms: CaseArm[] = [];
  for (skipNewlines(source); peekWord(source) !== "esac"; skipNewlines(source)) {
    if (peek(source) === "") throw unexpected(source, ")");
    arms.push(parseArm(source));
  }
  expectWord(source, "esac");
  return { kind: "case", word, arms };
};

const parseLoop = (
  source: Source,
  kind: "while" | "until",
): Omit<Extract<Node, { kind: "while" | "until" }>, "redirections"> => {
  const condition = bodyUntil(source, "do");
  return { kind, condition, body: bodyUntil(source, "done") };
};

const parseParenthesized = (
  source: Source,
): Omit<Extract<Node, { kind: "subshell" | "group" }>, "redirections"> => {
  const list = body(source);
  skipBlanks(source);
  if (peek(source) !== ")") throw unexpected(source, ")");
  next(source);
  return { kind: "subshell", body: list };
};

const KEYWORDS: Readonly<
  Record<string, (source: Source) => DistributiveOmit<Extract<Node, { redirections: unknown }>>>
> = {
  if: parseIf,
  for: parseFor,
  case: parseCase,
  while: (source) => parseLoop(source, "while"),
  until: (source) => parseLoop(source, "until"),
  "{": (source) => ({ kind: "group", body: bodyUntil(source, "}") }),
};

type DistributiveOmit<T> = T extends { kind: "simple" }
  ? never
  : T extends unknown
    ? Omit<T, "redirections">
    : never;

/** A compound command with its redirections, or undefined where a simple command stands. */
export const parseCompound = (source: Source): Node | undefined => {
  const word = peekWord(source);
  const parser = Object.hasOwn(KEYWORDS, word) ? KEYWORDS[word] : undefined;
  if (parser === undefined && peek(source) !== "(") return undefined;
  source.at += parser === undefined ? 1 : word.length;
  const node = nested(source, () => (parser ?? parseParenthesized)(source));
  const redirections: Redirection[] = [];
  for (;;) {
    skipBlanks(source);
    const redirection = parseRedirection(source);
    if (redirection === undefined) return { ...node, redirections } as Node;
    redirections.push(redirection);
  }
};
