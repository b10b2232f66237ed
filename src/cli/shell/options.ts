import type { ByteString } from "../../base/bytes.ts";
import { basename, UsageFailure } from "./program.ts";

/** Options found on a command line, and what is left. */
export interface Options {
  has(letter: string): boolean;
  /** Argument of an option, the last one given. */
  value(letter: string): ByteString | undefined;
  values(letter: string): readonly ByteString[];
  readonly rest: readonly ByteString[];
}

interface Grammar {
  /** As for getopt: letters, a colon after those that take an argument; "+" first: stop at the first operand. */
  readonly letters: string;
  /** Long names (without dashes) and the letters they stand for. */
  readonly long?: Readonly<Record<string, string>>;
  /** What follows "Usage: NAME ". */
  readonly usage: string;
}

export const usageFailure = (name: ByteString, usage: string, problem?: string): UsageFailure => {
  const said = problem === undefined ? "" : `${name}: ${problem}\n`;
  return new UsageFailure(`${said}Usage: ${name} ${usage}`);
};

interface Scan {
  readonly name: ByteString;
  readonly grammar: Grammar;
  readonly found: [string, ByteString | undefined][];
  readonly rest: ByteString[];
  readonly pending: ByteString[];
}

const fail = ({ name, grammar }: Scan, problem: string): UsageFailure =>
  usageFailure(name, grammar.usage, problem);

/** Undefined: there is no such option. */
const takesValue = ({ letters }: Grammar, letter: string): boolean | undefined => {
  const at = /[A-Za-z0-9]/.test(letter) ? letters.indexOf(letter) : -1;
  return at < 0 ? undefined : letters[at + 1] === ":";
};

const add = (scan: Scan, letter: string, attached: ByteString | undefined): void => {
  if (takesValue(scan.grammar, letter) !== true) {
    scan.found.push([letter, undefined]);
    return;
  }
  const value = attached ?? scan.pending.shift();
  if (value === undefined) throw fail(scan, `option requires an argument -- '${letter}'`);
  scan.found.push([letter, value]);
};

/** "-abc", "-n5" */
const short = (scan: Scan, arg: ByteString): void => {
  for (let at = 1; at < arg.length; at += 1) {
    const letter = arg[at] ?? "";
    const valued = takesValue(scan.grammar, letter);
    if (valued === undefined) throw fail(scan, `invalid option -- '${letter}'`);
    const attached = valued && at + 1 < arg.length ? arg.slice(at + 1) : undefined;
    add(scan, letter, attached);
    if (valued) return;
  }
};

/** "--all", "--field=name" */
const long = (scan: Scan, arg: ByteString): void => {
  const names = scan.grammar.long ?? {};
  const [word = "", value] = /^--([^=]*)(?:=([^]*))?$/.exec(arg)?.slice(1) ?? [];
  const letter = Object.hasOwn(names, word) ? names[word] : undefined;
  if (letter === undefined) throw fail(scan, `unrecognized option '${arg}'`);
  add(scan, letter, value);
};

/** Parses `argv` (argv[0] the program) like GNU getopt; throws UsageFailure with its messages. */
export const parseOptions = (argv: readonly ByteString[], grammar: Grammar): Options => {
  const scan: Scan = { name: basename(argv[0] ?? ""), grammar, found: [], rest: [], pending: argv.slice(1) };
  for (let arg = scan.pending.shift(); arg !== undefined; arg = scan.pending.shift()) {
    if (arg === "--") break;
    if (arg.startsWith("--")) long(scan, arg);
    else if (arg.startsWith("-") && arg !== "-") short(scan, arg);
    else {
      scan.rest.push(arg);
      if (grammar.letters.startsWith("+")) break;
    }
  }
  scan.rest.push(...scan.pending);
  const values = (letter: string): ByteString[] =>
    scan.found.flatMap(([key, value]) => (key === letter && value !== undefined ? [value] : []));
  return {
    has: (letter) => scan.found.some(([key]) => key === letter),
    value: (letter) => values(letter).at(-1),
    values,
    rest: scan.rest,
  };
};
