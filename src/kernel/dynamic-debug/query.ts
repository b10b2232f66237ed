/** Queries of dynamic debug: "file x.c line 10-20 +pf" (lib/dynamic_debug.c). */
import type { ByteString } from "../../base/bytes.ts";
import { EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { byteAt, isalpha, isspace } from "../ctype.ts";
import { kstrtoUnsigned } from "../number.ts";
import { UNESCAPE, unescapeText } from "../unescape.ts";
import { FLAG_LETTERS } from "./sites.ts";

/** Which sites, and what becomes of their flags: `flags & mask | set`. */
export interface Query {
  readonly match: Match;
  readonly mask: number;
  readonly set: number;
}

/** What a site must be like; undefined: anything. */
export interface Match {
  readonly func?: ByteString;
  readonly file?: ByteString;
  readonly module?: ByteString;
  readonly format?: ByteString;
  readonly class?: ByteString;
  readonly lines?: readonly [first: number, last: number];
}

/** Logs what is wrong with a query. */
export type Complain = (text: ByteString) => void;

const WORDS_MAX = 9;
const UINT_MAX = 0xffff_ffff;

const wrong = (complain: Complain, text: ByteString): never => {
  complain(text);
  throw new Errno(EINVAL);
};

const whileAt = (text: ByteString, from: number, holds: (char: string) => boolean): number => {
  let at = from;
  while (at < text.length && holds(text[at] ?? "")) at += 1;
  return at;
};

const isSpace = (char: string): boolean => isspace(byteAt(char, 0));

export const skipSpaces = (text: ByteString): ByteString => text.slice(whileAt(text, 0, isSpace));

/** ddebug_tokenize(): words, some of them quoted whole, up to a "#". */
const tokenize = (text: ByteString, complain: Complain): ByteString[] => {
  const words: ByteString[] = [];
  for (let at = whileAt(text, 0, isSpace); at < text.length && text[at] !== "#";) {
    const quote = text[at] === '"' || text[at] === "'" ? text[at] : undefined;
    const start = quote === undefined ? at : at + 1;
    const end = whileAt(text, start, (char) => (quote === undefined ? !isSpace(char) : char !== quote));
    if (quote !== undefined && end === text.length) wrong(complain, `unclosed quote: ${text.slice(start)}`);
    if (words.length === WORDS_MAX) wrong(complain, `too many words, legal max <=${WORDS_MAX}`);
    words.push(text.slice(start, end));
    at = whileAt(text, end + 1, isSpace);
  }
  if (words.length === 0) throw new Errno(EINVAL);
  return words;
};

/** ddebug_parse_flags() */
const parseFlags = (word: ByteString, complain: Complain): { mask: number; set: number } => {
  const operator = word[0] ?? "\0";
  if (!"+-=".includes(operator)) wrong(complain, `bad flag-op ${operator}, at start of ${word}`);
  let flags = 0;
  for (const letter of word.slice(1)) {
    flags |= FLAG_LETTERS.get(letter) ?? wrong(complain, `unknown flag '${letter}'`);
  }
  if (operator === "-") return { mask: ~flags, set: 0 };
  return { mask: operator === "+" ? ~0 : 0, set: flags };
};

/** An empty number is one that does not matter. */
const parseLine = (text: ByteString, complain: Complain): number => {
  if (text === "") return 0;
  try {
    return Number(kstrtoUnsigned(text, 10, 32));
  } catch {
    return wrong(complain, `bad line-number: ${text}`);
  }
};

/** parse_linerange() */
const parseLines = (text: ByteString, complain: Complain): readonly [number, number] => {
  const dash = text.indexOf("-");
  const first = parseLine(dash < 0 ? text : text.slice(0, dash), complain);
  if (dash < 0) return [first, first];
  const last = parseLine(text.slice(dash + 1), complain) || UINT_MAX;
  if (last < first) wrong(complain, `last-line:${last | 0} < 1st-line:${first | 0}`);
  return [first, last];
};

type Draft = { -readonly [Name in keyof Match]: Match[Name] };
type Texts = Exclude<keyof Match, "lines">;

const setText = (draft: Draft, name: Texts, value: ByteString, complain: Complain): void => {
  const before = draft[name];
  if (before !== undefined) wrong(complain, `match-spec:${name} val:${before} overridden by ${value}`);
  draft[name] = value;
};

const setLines = (draft: Draft, value: ByteString, complain: Complain): void => {
  if (draft.lines?.some((line) => line !== 0) === true) wrong(complain, "match-spec: line used 2x");
  draft.lines = parseLines(value, complain);
};

/** What stands behind a file's colon is a function or lines. */
const setFile = (draft: Draft, value: ByteString, complain: Complain): void => {
  const colon = value.indexOf(":");
  if (colon < 0 || draft.file !== undefined) {
    setText(draft, "file", value, complain);
    return;
  }
  draft.file = value.slice(0, colon);
  const rest = value.slice(colon + 1);
  const named = isalpha(byteAt(rest, 0)) || rest.startsWith("*") || rest.startsWith("?");
  if (named) setText(draft, "func", rest, complain);
  else setLines(draft, rest, complain);
};

const UNESCAPED = UNESCAPE.SPACE | UNESCAPE.OCTAL | UNESCAPE.SPECIAL;

/** ddebug_parse_query() */
const parseMatch = (words: readonly ByteString[], complain: Complain): Match => {
  if (words.length % 2 !== 0) wrong(complain, "expecting pairs of match-spec <value>");
  const draft: Draft = {};
  for (let index = 0; index < words.length; index += 2) {
    const [keyword = "", value = ""] = words.slice(index, index + 2);
    if (keyword === "file") setFile(draft, value, complain);
    else if (keyword === "line") setLines(draft, value, complain);
    else if (keyword === "format")
      setText(draft, "format", unescapeText(value, Infinity, UNESCAPED), complain);
    else if (keyword === "func" || keyword === "module" || keyword === "class")
      setText(draft, keyword, value, complain);
    else wrong(complain, `unknown keyword "${keyword}"`);
  }
  return draft;
};

/** ddebug_exec_query() up to what it does: reads one query. Errno EINVAL, and what is wrong is logged. */
export const parseQuery = (text: ByteString, complain: Complain): Query => {
  const stage = <T>(name: ByteString, parse: () => T): T => {
    try {
      return parse();
    } catch (error) {
      complain(`${name} failed`);
      throw error;
    }
  };
  const words = stage("tokenize", () => tokenize(text, complain));
  const flags = stage("flags parse", () => parseFlags(words.at(-1) ?? "", complain));
  const match = stage("query parse", () => parseMatch(words.slice(0, -1), complain));
  return { match, ...flags };
};
