import type { ByteString } from "../../../base/bytes.ts";
import type { Redirection } from "./ast.ts";

/** The script does not parse; worded as ash does after "syntax error: ". */
export class ShellSyntaxError extends Error {
  override readonly name = "ShellSyntaxError";
  /** More input could still make it right (an interactive shell then asks for more). */
  readonly incomplete: boolean;

  constructor(message: string, options: { incomplete: boolean } = { incomplete: false }) {
    super(message);
    this.incomplete = options.incomplete;
  }
}

/** A here-document whose lines come after the next newline. */
export interface PendingDocument {
  readonly redirection: Redirection;
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
}

/** Where the parser stands in the text. */
export interface Source {
  readonly text: ByteString;
  at: number;
  line: number;
  readonly documents: PendingDocument[];
  /** Nesting of substitutions and compound commands, bounded so that hostile input ends in an error. */
  depth: number;
}

export const openSource = (text: ByteString, line = 1): Source => ({
  text,
  at: 0,
  line,
  documents: [],
  depth: 0,
});

/** The character `ahead` of the present one; "" at the end. */
export const peek = (source: Source, ahead = 0): string => source.text[source.at + ahead] ?? "";

export const startsWith = (source: Source, text: string): boolean => source.text.startsWith(text, source.at);

export const next = (source: Source): string => {
  const char = source.text[source.at] ?? "";
  if (char !== "") source.at += 1;
  if (char === "\n") source.line += 1;
  return char;
};

const MAX_DEPTH = 200;

/** Runs `parse` one level deeper. */
export const nested = <T>(source: Source, parse: () => T): T => {
  source.depth += 1;
  if (source.depth > MAX_DEPTH) throw new ShellSyntaxError("nested too deeply");
  const result = parse();
  source.depth -= 1;
  return result;
};

/** Skips blanks, continued lines and a comment; stops before a newline. */
export const skipBlanks = (source: Source): void => {
  for (;;) {
    const char = peek(source);
    if (char === " " || char === "\t" || char === "\r") next(source);
    else if (char === "\\" && peek(source, 1) === "\n") source.at += 2;
    else if (char === "#") while (peek(source) !== "\n" && peek(source) !== "") next(source);
    else return;
  }
};
