import type { ByteString } from "../../../base/bytes.ts";

/** A piece of a word; quoted pieces are neither split into fields nor globbed. */
export type WordPart =
  | { readonly kind: "text"; readonly text: ByteString; readonly quoted: boolean }
  | ParameterPart
  | { readonly kind: "command"; readonly body: Node; readonly quoted: boolean }
  | { readonly kind: "arithmetic"; readonly expression: Word; readonly quoted: boolean };

/** `$name`, `${name:-word}`, `${#name}`. */
export interface ParameterPart {
  readonly kind: "parameter";
  readonly name: string;
  /** "", "-", ":-", "=", ":=", "?", ":?", "+", ":+", "%", "%%", "#", "##", "/", "//", ":" or "length". */
  readonly operator: string;
  readonly word: Word;
  readonly quoted: boolean;
}

export type Word = readonly WordPart[];

export interface Redirection {
  readonly fd: number;
  readonly operator: "<" | ">" | ">>" | "<>" | ">|" | "<&" | ">&" | "<<";
  /** The file, the descriptor, or the text of a here-document (filled in when its lines are read). */
  target: Word;
}

export interface Assignment {
  readonly name: string;
  readonly value: Word;
}

export interface SimpleCommand {
  readonly kind: "simple";
  readonly line: number;
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

export interface CaseArm {
  readonly patterns: readonly Word[];
  readonly body: Node;
}

/** A compound command may carry redirections of its own. */
interface Compound {
  readonly redirections: readonly Redirection[];
}

export type Node =
  | SimpleCommand
  | { readonly kind: "sequence"; readonly items: readonly Node[] }
  | { readonly kind: "background"; readonly body: Node }
  | { readonly kind: "and" | "or"; readonly left: Node; readonly right: Node }
  | { readonly kind: "not"; readonly body: Node }
  | { readonly kind: "pipeline"; readonly commands: readonly Node[] }
  | (Compound & { readonly kind: "subshell" | "group"; readonly body: Node })
  | (Compound & {
      readonly kind: "if";
      readonly condition: Node;
      readonly consequent: Node;
      readonly alternative: Node | undefined;
    })
  | (Compound & { readonly kind: "while" | "until"; readonly condition: Node; readonly body: Node })
  | (Compound & {
      readonly kind: "for";
      readonly name: string;
      /** Undefined: the positional parameters. */
      readonly words: readonly Word[] | undefined;
      readonly body: Node;
    })
  | (Compound & { readonly kind: "case"; readonly word: Word; readonly arms: readonly CaseArm[] })
  | { readonly kind: "function"; readonly name: string; readonly body: Node };

export const EMPTY: Node = { kind: "sequence", items: [] };
