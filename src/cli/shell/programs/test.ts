import type { ByteString } from "../../../base/bytes.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import {
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  type Stat,
  type UserSystem,
} from "../../../kernel/user.ts";
import { type Program, ProgramFailure } from "../program.ts";

const TYPES: Readonly<Record<string, number>> = {
  "-b": S_IFBLK,
  "-c": S_IFCHR,
  "-d": S_IFDIR,
  "-f": S_IFREG,
  "-h": S_IFLNK,
  "-L": S_IFLNK,
  "-p": S_IFIFO,
  "-S": S_IFSOCK,
};
const PERMISSIONS: Readonly<Record<string, number>> = { "-r": 4, "-w": 2, "-x": 1 };

const COMPARE: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  "-eq": (a, b) => a === b,
  "-ne": (a, b) => a !== b,
  "-lt": (a, b) => a < b,
  "-le": (a, b) => a <= b,
  "-gt": (a, b) => a > b,
  "-ge": (a, b) => a >= b,
};

const integer = (text: string): bigint => {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new ProgramFailure(`${text}: bad number`, 2);
  return BigInt(text.trim().replace(/^\+/, ""));
};

function* quietly(look: () => Routine<Stat>): Routine<Stat | undefined> {
  try {
    return yield* look();
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

function* unary(sys: UserSystem, operator: string, operand: ByteString): Routine<boolean> {
  if (operator === "-n") return operand !== "";
  if (operator === "-z") return operand === "";
  if (operator === "-t") return false;
  const linkItself = operator === "-h" || operator === "-L";
  const stat = yield* quietly(() => (linkItself ? sys.lstat(operand) : sys.stat(operand)));
  if (stat === undefined) return false;
  const type = TYPES[operator];
  if (type !== undefined) return (stat.mode & S_IFMT) === type;
  if (operator === "-s") return stat.size > 0;
  const permission = PERMISSIONS[operator];
  if (permission === undefined || permission !== 1) return true;
  return (stat.mode & 0o111) !== 0 || (stat.mode & S_IFMT) === S_IFDIR;
}

const isUnary = (word: string | undefined): word is string =>
  word !== undefined && /^-[bcdefghknoprstuwxzLOGS]$/.test(word);

const binary = (left: string, operator: string, right: string): boolean | undefined => {
  if (operator === "=" || operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (operator === "<") return left < right;
  if (operator === ">") return left > right;
  return COMPARE[operator]?.(integer(left), integer(right));
};

interface Parser {
  readonly sys: UserSystem;
  readonly words: readonly ByteString[];
  at: number;
}

function* primary(parser: Parser): Routine<boolean> {
  const { words, sys } = parser;
  const [word, operator, right] = words.slice(parser.at, parser.at + 3);
  if (word === undefined) throw new ProgramFailure("argument expected", 2);
  const compared = operator === undefined || right === undefined ? undefined : binary(word, operator, right);
  if (compared !== undefined) {
    parser.at += 3;
    return compared;
  }
  if (word === "!") {
    parser.at += 1;
    return !(yield* primary(parser));
  }
  if (word === "(") {
    parser.at += 1;
    const value = yield* either(parser);
    if (words[parser.at++] !== ")") throw new ProgramFailure("closing paren expected", 2);
    return value;
  }
  if (isUnary(word) && operator !== undefined) {
    parser.at += 2;
    return yield* unary(sys, word, operator);
  }
  parser.at += 1;
  return word !== "";
}

function* both(parser: Parser): Routine<boolean> {
  let value = yield* primary(parser);
  while (parser.words[parser.at] === "-a") {
    parser.at += 1;
    value = (yield* primary(parser)) && value;
  }
  return value;
}

function* either(parser: Parser): Routine<boolean> {
  let value = yield* both(parser);
  while (parser.words[parser.at] === "-o") {
    parser.at += 1;
    value = (yield* both(parser)) || value;
  }
  return value;
}

/** test and [ */
export const test: Program = function* ({ sys, argv }) {
  const words = argv.slice(1);
  if (argv[0] === "[" && words.pop() !== "]") throw new ProgramFailure("missing ]", 2);
  if (words.length === 0) return 1;
  const parser: Parser = { sys, words, at: 0 };
  const value = yield* either(parser);
  const extra = words[parser.at];
  if (extra !== undefined) throw new ProgramFailure(`${extra}: unknown operand`, 2);
  return value ? 0 : 1;
};
