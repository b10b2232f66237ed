/**
 * Reads C declarations as headers write them. The run-time twin of prototype-types.ts: what the
 * type level infers from a prototype's text, this decodes.
 */
import { KoboxError } from "../base/errors.ts";
import { FUNCTION_TYPEDEFS, POINTER_TYPEDEFS, QUALIFIERS, type Representation, SCALARS } from "./typedefs.ts";

/** Which address space a pointer points into. */
export type AddressSpace = "kernel" | "user" | "iomem";

export type CType =
  /** Passed by value; `name` as spelled, qualifiers removed. */
  | { readonly kind: "scalar"; readonly name: string; readonly representation: Representation }
  | { readonly kind: "pointer"; readonly to: CType; readonly space: AddressSpace }
  | FunctionType
  /** A structure or an unknown name: fit to be pointed to only. */
  | { readonly kind: "named"; readonly name: string };

export interface FunctionType {
  readonly kind: "function";
  readonly result: CType;
  readonly parameters: readonly Parameter[];
  readonly variadic: boolean;
}

export interface Parameter {
  /** Empty in an abstract declaration. */
  readonly name: string;
  readonly type: CType;
}

export interface Prototype extends FunctionType {
  readonly name: string;
}

export interface Declaration {
  readonly name: string;
  readonly type: CType;
}

/** Answers for a type name that typedefs.ts does not know (from BTF, say); undefined: nor do I. */
export type TypeResolver = (name: string) => CType | undefined;

const IGNORED: ReadonlySet<string> = new Set<string>(QUALIFIERS);
const BASE_WORDS: ReadonlySet<string> = new Set(["unsigned", "signed", "long", "short", "int", "char"]);
const TOKEN = /[A-Za-z_]\w*|\.\.\.|\d\w*|[-+*()[\],;]/g;
const WORD = /^[A-Za-z_]/;
/** No declaration nests deeper; hostile input must not exhaust the host's stack. */
const MAX_DEPTH = 24;

interface Reader {
  readonly text: string;
  readonly tokens: readonly string[];
  readonly resolve: TypeResolver | undefined;
  at: number;
  depth: number;
}

const fail = (reader: Reader, problem: string): never => {
  throw new KoboxError("E_PROTOTYPE", `prototype "${reader.text}": ${problem}`);
};

const peek = (reader: Reader): string => reader.tokens[reader.at] ?? "";

const expect = (reader: Reader, token: string): void => {
  if (peek(reader) !== token) fail(reader, `expected "${token}", found "${peek(reader) || "end"}"`);
  reader.at++;
};

const readerOf = (text: string, resolve?: TypeResolver): Reader => {
  const tokens = text.match(TOKEN) ?? [];
  const reader: Reader = { text, tokens, resolve, at: 0, depth: 0 };
  const gaps = text.replace(TOKEN, "").trim();
  if (gaps !== "") fail(reader, `unexpected "${gaps[0]}"`);
  return reader;
};

const pointerTo = (to: CType, space: AddressSpace = "kernel"): CType => ({ kind: "pointer", to, space });

/** The type a name (one or several words, without qualifiers) stands for. */
const namedType = (name: string, resolve: TypeResolver | undefined): CType => {
  const representation = (SCALARS as Record<string, Representation | undefined>)[name];
  if (representation !== undefined) return { kind: "scalar", name, representation };
  if (name.startsWith("enum ")) return { kind: "scalar", name, representation: "s32" };
  const target = (POINTER_TYPEDEFS as Record<string, string | undefined>)[name];
  if (target !== undefined) {
    return pointerTo(target === name ? { kind: "named", name } : namedType(target, resolve));
  }
  const functionType = (FUNCTION_TYPEDEFS as Record<string, string | undefined>)[name];
  if (functionType !== undefined) return parseType(functionType, resolve);
  return resolve?.(name) ?? { kind: "named", name };
};

/** Canonical order of `unsigned long int` and the like. */
const baseTypeName = (words: readonly string[]): string => {
  const unsigned = words.includes("unsigned");
  const longs = words.filter((word) => word === "long").length;
  const core = words.includes("char")
    ? "char"
    : words.includes("short")
      ? "short"
      : longs > 1
        ? "long long"
        : longs === 1
          ? "long"
          : "int";
  if (unsigned) return `unsigned ${core}`;
  return core === "char" && words.includes("signed") ? "signed char" : core;
};

interface Qualified {
  readonly type: CType;
  readonly space: AddressSpace;
}

/** `const struct file __user`, `unsigned long`, `u32`, ... */
const readSpecifiers = (reader: Reader): Qualified => {
  const words: string[] = [];
  let space: AddressSpace = "kernel";
  for (;;) {
    const token = peek(reader);
    if (!WORD.test(token)) break;
    if (token === "__user") space = "user";
    else if (token === "__iomem") space = "iomem";
    else if (!IGNORED.has(token)) {
      const first = words[0];
      if (first === "struct" || first === "union" || first === "enum") {
        if (words.length === 2) break;
      } else if (first !== undefined && !(BASE_WORDS.has(first) && BASE_WORDS.has(token))) break;
      words.push(token);
    }
    reader.at++;
  }
  if (words.length === 0) fail(reader, `expected a type, found "${peek(reader) || "end"}"`);
  const name = BASE_WORDS.has(words[0] ?? "") ? baseTypeName(words) : words.join(" ");
  return { type: namedType(name, reader.resolve), space };
};

const skipQualifiers = (reader: Reader): AddressSpace | undefined => {
  let space: AddressSpace | undefined;
  for (; ; reader.at++) {
    const token = peek(reader);
    if (token === "__user") space = "user";
    else if (token === "__iomem") space = "iomem";
    else if (!IGNORED.has(token)) return space;
  }
};

/** A `(` here opens parameters, not a nested declarator. */
const opensParameters = (reader: Reader): boolean => {
  const next = reader.tokens[reader.at + 1] ?? "";
  return next !== "*" && next !== "(";
};

/** Wraps the declared entity around the type it is built from. */
type Wrap = (inner: CType) => CType;
interface Declarator {
  readonly name: string;
  readonly wrap: Wrap;
}

const readDeclarator = (reader: Reader, outer: AddressSpace): Declarator => {
  if (++reader.depth > MAX_DEPTH) fail(reader, "nested too deeply");
  const pointers: AddressSpace[] = [];
  let space = skipQualifiers(reader) ?? outer;
  while (peek(reader) === "*") {
    reader.at++;
    pointers.push(space);
    space = skipQualifiers(reader) ?? "kernel";
  }
  const direct = readDirect(reader);
  reader.depth--;
  const wrap: Wrap = (inner) => direct.wrap(pointers.reduce<CType>((type, at) => pointerTo(type, at), inner));
  return { name: direct.name, wrap };
};

const readDirect = (reader: Reader): Declarator => {
  let name = "";
  let inner: Wrap = (type) => type;
  if (WORD.test(peek(reader))) name = reader.tokens[reader.at++] ?? "";
  else if (peek(reader) === "(" && !opensParameters(reader)) {
    reader.at++;
    const nested = readDeclarator(reader, "kernel");
    expect(reader, ")");
    ({ name, wrap: inner } = nested);
  }
  const suffixes: Wrap[] = [];
  for (;;) {
    if (peek(reader) === "(") suffixes.push(readParameters(reader));
    else if (peek(reader) === "[") suffixes.push(readArray(reader));
    else break;
  }
  return { name, wrap: (type) => inner(suffixes.reduceRight((made, suffix) => suffix(made), type)) };
};

/** An array parameter is a pointer; the length is documentation. */
const readArray = (reader: Reader): Wrap => {
  while (peek(reader) !== "]" && reader.at < reader.tokens.length) reader.at++;
  expect(reader, "]");
  return (element) => pointerTo(element);
};

const readParameters = (reader: Reader): Wrap => {
  expect(reader, "(");
  const parameters: Parameter[] = [];
  let variadic = false;
  while (peek(reader) !== ")") {
    if (peek(reader) === "...") {
      variadic = true;
      reader.at++;
      break;
    }
    parameters.push(readParameter(reader));
    if (peek(reader) !== ",") break;
    reader.at++;
  }
  expect(reader, ")");
  const only = parameters[0];
  const none = parameters.length === 1 && only?.name === "" && isVoid(only.type);
  return (result) => ({ kind: "function", result, parameters: none ? [] : parameters, variadic });
};

const readParameter = (reader: Reader): Parameter => {
  const { type, space } = readSpecifiers(reader);
  const { name, wrap } = readDeclarator(reader, space);
  const whole = wrap(type);
  return { name, type: whole.kind === "function" ? pointerTo(whole) : whole };
};

export const isVoid = (type: CType): boolean => type.kind === "scalar" && type.representation === "void";

/** `int name(...)`, `unsigned long jiffies`, `char buf[64]`. Errors: KoboxError E_PROTOTYPE. */
export const parseDeclaration = (text: string, resolve?: TypeResolver): Declaration => {
  const reader = readerOf(text, resolve);
  const { type, space } = readSpecifiers(reader);
  const { name, wrap } = readDeclarator(reader, space);
  if (peek(reader) === ";") reader.at++;
  if (reader.at < reader.tokens.length) fail(reader, `unexpected "${peek(reader)}"`);
  return { name, type: wrap(type) };
};

/** A type without a name: `int (*)(const void *, const void *)`. */
export const parseType = (text: string, resolve?: TypeResolver): CType =>
  parseDeclaration(text, resolve).type;

/** A function's prototype. Errors: KoboxError E_PROTOTYPE. */
export const parsePrototype = (text: string, resolve?: TypeResolver): Prototype => {
  const { name, type } = parseDeclaration(text, resolve);
  if (type.kind !== "function" || name === "") {
    throw new KoboxError("E_PROTOTYPE", `prototype "${text}": not a function's`);
  }
  return { name, ...type };
};

const isWordCode = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) ||
  (code >= 0x41 && code <= 0x5a) ||
  code === 0x5f ||
  (code >= 0x61 && code <= 0x7a);

/**
 * The function's name without reading the whole prototype: the word before the first parenthesis.
 * A thousand stubs do this at every start, so it looks at no more characters than it must.
 */
export const prototypeName = (text: string): string => {
  let end = text.indexOf("(");
  while (end > 0 && text.charCodeAt(end - 1) === 0x20) end--;
  let start = end;
  while (start > 0 && isWordCode(text.charCodeAt(start - 1))) start--;
  if (end <= 0 || start === end) {
    throw new KoboxError("E_PROTOTYPE", `prototype "${text}": no name before a parenthesis`);
  }
  return text.slice(start, end);
};

/** C text of a type, parameter names left out, qualifiers gone. */
export const formatType = (type: CType, declared = ""): string => {
  switch (type.kind) {
    case "scalar":
    case "named":
      return declared === "" ? type.name : `${type.name} ${declared}`;
    case "pointer":
      return type.to.kind === "function"
        ? formatType(type.to, `(*${declared})`)
        : formatType(type.to, `*${declared}`);
    case "function": {
      const list = type.parameters.map((parameter) => formatType(parameter.type));
      if (type.variadic) list.push("...");
      return formatType(type.result, `${declared}(${list.join(", ") || "void"})`);
    }
  }
};
