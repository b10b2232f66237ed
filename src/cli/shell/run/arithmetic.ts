import { ShellError } from "./state.ts";

/** The variables of `$(( ))`. */
export interface ArithmeticVariables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

const TOKEN =
  /\s*(?:(0[xX][0-9a-fA-F]+|\d+)|([A-Za-z_]\w*)|(<<=|>>=|\*\*|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%<>=!~&|^?:(),]))/y;
const SYNTAX = "arithmetic syntax error";

const PRECEDENCE: Readonly<Record<string, number>> = {
  "||": 1,
  "&&": 2,
  "|": 3,
  "^": 4,
  "&": 5,
  "==": 6,
  "!=": 6,
  "<": 7,
  "<=": 7,
  ">": 7,
  ">=": 7,
  "<<": 8,
  ">>": 8,
  "+": 9,
  "-": 9,
  "*": 10,
  "/": 10,
  "%": 10,
  "**": 11,
};

const divisor = (value: bigint): bigint => {
  if (value === 0n) throw new ShellError("divide by zero");
  return value;
};

const truth = (value: boolean): bigint => (value ? 1n : 0n);

const OPERATE: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "&": (a, b) => a & b,
  "==": (a, b) => truth(a === b),
  "!=": (a, b) => truth(a !== b),
  "<": (a, b) => truth(a < b),
  "<=": (a, b) => truth(a <= b),
  ">": (a, b) => truth(a > b),
  ">=": (a, b) => truth(a >= b),
  "<<": (a, b) => a << (b & 63n),
  ">>": (a, b) => a >> (b & 63n),
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / divisor(b),
  "%": (a, b) => a % divisor(b),
  "**": (a, b) => (b < 0n || b > 64n ? 0n : a ** b),
  "||": (a, b) => truth(a !== 0n || b !== 0n),
  "&&": (a, b) => truth(a !== 0n && b !== 0n),
};

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

const parseNumber = (text: string): bigint => {
  if (/^0[0-7]+$/.test(text)) return BigInt(`0o${text.slice(1)}`);
  if (!/^(0[xX][0-9a-fA-F]+|0|[1-9]\d*)$/.test(text)) throw new ShellError(SYNTAX);
  return wrap(BigInt(text));
};

const tokenize = (text: string): string[] => {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (match === null) throw new ShellError(SYNTAX);
    tokens.push(match[1] ?? match[2] ?? match[3] ?? "");
  }
  return tokens;
};

const isName = (token: string | undefined): token is string =>
  token !== undefined && /^[A-Za-z_]/.test(token);

interface Parser {
  readonly tokens: readonly string[];
  readonly variables: ArithmeticVariables;
  at: number;
  depth: number;
}

const valueOf = (parser: Parser, name: string): bigint => {
  const text = (parser.variables.get(name) ?? "").trim();
  if (text === "") return 0n;
  if (/^-?\d|^-?0x/i.test(text)) {
    return text.startsWith("-") ? -parseNumber(text.slice(1)) : parseNumber(text);
  }
  return evaluateAt(text, parser.variables, parser.depth + 1);
};

const unary = (parser: Parser): bigint => {
  const token = parser.tokens[parser.at++];
  if (token === "(") {
    const value = ternary(parser);
    if (parser.tokens[parser.at++] !== ")") throw new ShellError(SYNTAX);
    return value;
  }
  if (token === "-") return -unary(parser);
  if (token === "+") return unary(parser);
  if (token === "!") return truth(unary(parser) === 0n);
  if (token === "~") return ~unary(parser);
  if (isName(token)) return valueOf(parser, token);
  if (token === undefined || !/^\d/.test(token)) throw new ShellError(SYNTAX);
  return parseNumber(token);
};

const binary = (parser: Parser, floor: number): bigint => {
  let left = unary(parser);
  for (;;) {
    const operator = parser.tokens[parser.at] ?? "";
    const precedence = PRECEDENCE[operator];
    const operate = OPERATE[operator];
    if (precedence === undefined || operate === undefined || precedence < floor) return left;
    parser.at += 1;
    left = wrap(operate(left, binary(parser, precedence + 1)));
  }
};

const ternary = (parser: Parser): bigint => {
  const name = parser.tokens[parser.at];
  const operator = parser.tokens[parser.at + 1] ?? "";
  if (isName(name) && /^(?:[-+*/%&|^]|<<|>>)?=$/.test(operator)) {
    parser.at += 2;
    const right = ternary(parser);
    const operate = OPERATE[operator.slice(0, -1)];
    const value = operate === undefined ? right : wrap(operate(valueOf(parser, name), right));
    parser.variables.set(name, String(value));
    return value;
  }
  const condition = binary(parser, 1);
  if (parser.tokens[parser.at] !== "?") return condition;
  parser.at += 1;
  const yes = ternary(parser);
  if (parser.tokens[parser.at++] !== ":") throw new ShellError(SYNTAX);
  const no = ternary(parser);
  return condition === 0n ? no : yes;
};

const MAX_DEPTH = 32;
const MAX_TOKENS = 2000;

const evaluateAt = (text: string, variables: ArithmeticVariables, depth: number): bigint => {
  const tokens = tokenize(text);
  if (depth > MAX_DEPTH || tokens.length > MAX_TOKENS)
    throw new ShellError("expression recursion loop detected");
  if (tokens.length === 0) return 0n;
  const parser: Parser = { tokens, variables, at: 0, depth };
  const value = ternary(parser);
  if (parser.at !== tokens.length) throw new ShellError(SYNTAX);
  return value;
};

/** Value of a `$(( ))` expression, 64 bits signed. */
export const evaluateArithmetic = (text: string, variables: ArithmeticVariables): bigint =>
  evaluateAt(text, variables, 0);
