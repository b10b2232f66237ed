/**
 * The type-level twin of prototype.ts: infers from the text of a C prototype what its stub
 * receives and returns. Written for speed of checking: one pass over parameters, words split only
 * where a type has several, no character loops.
 */
import type { Address } from "../base/address.ts";
import type { FUNCTION_TYPEDEFS, POINTER_TYPEDEFS, QUALIFIERS, Representation, SCALARS } from "./typedefs.ts";

declare const pointee: unique symbol;
declare const userPointee: unique symbol;
declare const ioPointee: unique symbol;
declare const functionType: unique symbol;
declare const prototypeError: unique symbol;

/**
 * A kernel pointer. Any computed Address may become one, but a pointer to one thing is not a
 * pointer to another; `void *` goes both ways, as in C.
 */
export type Ptr<To extends string = "void"> = Address & {
  readonly [pointee]?: To extends "void" ? any : To;
};

/** A `__user` pointer: no number, so that host code cannot hand it to GuestMemory by mistake. */
export type UserPtr<To extends string = "void"> = {
  readonly [userPointee]: To extends "void" ? any : To;
};

/** An `__iomem` pointer: device memory, reached by readl and friends. */
export type IoPtr<To extends string = "void"> = Address & {
  readonly [ioPointee]?: To extends "void" ? any : To;
};

/** A function pointer that carries its C type, e.g. `FnPtr<"int (*)(const void *, const void *)">`. */
export type FnPtr<Type extends string = string> = Address & { readonly [functionType]?: Type };

/** A structure of 9 to 16 bytes by value: its two eightbytes. */
export type Pair = readonly [bigint, bigint];

/** What appears in place of a type when a prototype cannot be understood; the text says why. */
export type PrototypeError<Message extends string> = { readonly [prototypeError]: Message };

type Scalars = typeof SCALARS;
type PointerTypedefs = typeof POINTER_TYPEDEFS;
type FunctionTypedefs = typeof FUNCTION_TYPEDEFS;
type Qualifier = (typeof QUALIFIERS)[number];

type ValueOf<R extends Representation> = R extends "void"
  ? undefined
  : R extends "bool"
    ? boolean
    : R extends "s64" | "u64"
      ? bigint
      : R extends "pair"
        ? Pair
        : number;

/** Line breaks become spaces, so that everything below looks for one character only. */
type OneLine<S extends string> = S extends `${infer A}\n${infer B}` ? OneLine<`${A} ${B}`> : S;
type Trim<S extends string> = S extends ` ${infer R}` ? Trim<R> : S extends `${infer R} ` ? Trim<R> : S;

/** The words of a text without qualifiers, joined by single spaces. */
type Plain<S extends string, Out extends string = ""> = S extends `${infer W} ${infer R}`
  ? Plain<R, W extends Skipped ? Out : Out extends "" ? W : `${Out} ${W}`>
  : S extends Skipped
    ? Out
    : Out extends ""
      ? S
      : `${Out} ${S}`;
type Skipped = Qualifier | "" | "__user" | "__iomem";

type ByName<N extends string> = N extends keyof Scalars
  ? ValueOf<Scalars[N]>
  : N extends keyof PointerTypedefs
    ? Ptr<PointerTypedefs[N]>
    : N extends keyof FunctionTypedefs
      ? FnPtr<FunctionTypedefs[N]>
      : N extends `enum ${string}`
        ? number
        : PrototypeError<`unknown type "${N}": see src/abi/typedefs.ts`>;

type PointerTo<Base extends string, Whole extends string> = Whole extends `${string} __${string}`
  ? Whole extends `${string}__user${string}`
    ? UserPtr<Plain<Base>>
    : Whole extends `${string}__iomem${string}`
      ? IoPtr<Plain<Base>>
      : Ptr<Plain<Base>>
  : Ptr<Plain<Base>>;

/** `Base` is the text before the first star, `After` what follows it. */
type PointerDeclarator<
  Base extends string,
  After extends string,
  Whole extends string,
> = After extends `${string}*${infer Last}`
  ? PointerDeclarator<Starred<Plain<Base>>, Last, Whole>
  : readonly [WithoutArray<Plain<After>>, PointerTo<Base, Whole>];
type Starred<Base extends string> = Base extends `${string}*` ? `${Base}*` : `${Base} *`;
type WithoutArray<N extends string> = N extends `${infer A}[${string}` ? Trim<A> : N;

/** Splits "unsigned long flags" into its last word and what precedes it. */
type NameAndType<S extends string, Type extends string = ""> = S extends `${infer W} ${infer R}`
  ? NameAndType<R, Type extends "" ? W : `${Type} ${W}`>
  : readonly [S, Type];

type ValueDeclarator<P extends string> = P extends `${infer T} ${infer N}`
  ? T extends keyof Scalars
    ? N extends keyof Scalars | `${string} ${string}` | `${string}[${string}`
      ? Declared<NameAndType<P>>
      : readonly [N, ValueOf<Scalars[T]>]
    : Declared<NameAndType<P>>
  : readonly ["", ByName<P>];
type Declared<D extends readonly [string, string]> = D[0] extends `${infer N}[${string}`
  ? readonly [N, Ptr<D[1]>]
  : D[0] extends keyof Scalars
    ? readonly ["", ByName<`${D[1]} ${D[0]}`>]
    : D[1] extends "struct" | "enum" | "union"
      ? readonly ["", ByName<`${D[1]} ${D[0]}`>]
      : readonly [D[0], ByName<D[1]>];

/** One parameter without function pointers: [name, type]. */
type Parameter<P extends string> = P extends `${infer Base}*${infer After}`
  ? PointerDeclarator<Base, After, P>
  : ValueDeclarator<Plain<P>>;

/** Text up to the parenthesis that closes an already opened one, and the rest. */
type Balanced<S extends string, Taken extends string = ""> = S extends `${infer A})${infer R}`
  ? A extends `${string}(${string}`
    ? Balanced2<`${Taken}${A})`, R>
    : readonly [`${Taken}${A}`, R]
  : PrototypeError<"unbalanced parentheses">;
/** As Balanced, with the pair `(*name)` or `(...)` inside already closed. */
type Balanced2<Taken extends string, S extends string> = S extends `(${infer R}`
  ? Balanced<R, ""> extends readonly [infer A extends string, infer R2 extends string]
    ? Balanced<R2, `${Taken}(${A})`>
    : PrototypeError<"unbalanced parentheses">
  : Balanced<S, Taken>;

/** Parameters as a tuple of [name, type]. */
type Parameters<S extends string, Out extends readonly unknown[] = []> = S extends ""
  ? Out
  : S extends `${infer P},${infer R}`
    ? P extends `${string}(*${string}`
      ? FunctionParameter<S, Out>
      : Parameters<Trim<R>, [...Out, Parameter<Trim<P>>]>
    : S extends `${string}(*${string}`
      ? FunctionParameter<S, Out>
      : S extends "..."
        ? Out
        : [...Out, Parameter<S>];
type FunctionParameter<
  S extends string,
  Out extends readonly unknown[],
> = S extends `${infer Result}(*${infer Name})${infer Tail}`
  ? Trim<Tail> extends `(${infer R}`
    ? Balanced<R> extends readonly [infer Args extends string, infer Rest extends string]
      ? Parameters<
          Trim<Rest> extends `,${infer Next}` ? Trim<Next> : Trim<Rest>,
          [...Out, readonly [Plain<Name>, FnPtr<`${Spaced<Trim<Result>>}(*)(${Trim<Args>})`>]]
        >
      : [...Out, readonly ["", PrototypeError<"unbalanced parentheses">]]
    : [...Out, readonly ["", PrototypeError<"function pointer without parameters">]]
  : [...Out, readonly ["", PrototypeError<"unreadable function pointer">]];
type Spaced<S extends string> = S extends `${string}*` ? S : `${S} `;

type ParameterList<S extends string> = Trim<S> extends "void" | "" ? [] : Parameters<Trim<S>>;
type RecordOf<L extends readonly unknown[]> = {
  readonly [
    D in L[number] as D extends readonly [infer N extends string, unknown] ? N : never
  ]: D extends readonly [string, infer T] ? T : never;
};
type TypesOf<L extends readonly unknown[]> = {
  [I in keyof L]: L[I] extends readonly [string, infer T] ? T : never;
};

/** The argument record of a prototype: `{ size: number; flags: number }`. */
export type Arguments<Prototype extends string> = Prototype extends `${string}(${infer Params})`
  ? RecordOf<ParameterList<OneLine<Params>>>
  : PrototypeError<"a prototype looks like: int name(type name, ...)">;

type ResultValue<Declarator> = Declarator extends readonly [string, infer T] ? T : never;

/** The arguments of a prototype in order; those that point may also be given as contents. */
export type Passed<Prototype extends string> = Prototype extends `${string}(${infer Params})`
  ? WithContents<TypesOf<ParameterList<OneLine<Params>>>>
  : readonly never[];
type WithContents<Values extends readonly unknown[]> = {
  [I in keyof Values]: typeof pointee extends keyof Values[I] ? Values[I] | string | Uint8Array : Values[I];
};

/** What the function returns: `undefined` for void. */
export type Result<Prototype extends string> = Prototype extends `${infer Head}(${string}`
  ? ResultValue<Parameter<Trim<OneLine<Head>>>>
  : PrototypeError<"a prototype looks like: int name(type name, ...)">;

/** The argument tuple of a function pointer type, names ignored. */
export type FunctionArguments<Type extends string> = Type extends `${string}(*${string})(${infer Params})`
  ? TypesOf<ParameterList<OneLine<Params>>>
  : readonly (number | bigint)[];

/** The result of calling through a function pointer type. */
export type FunctionResult<Type extends string> = Type extends `${infer Head}(*${string}`
  ? ResultValue<Parameter<`${Trim<OneLine<Head>>} result`>>
  : bigint;

/** Parameters whose type could not be understood, as their messages; `never` when all is well. */
export type PrototypeErrors<Prototype extends string> = ErrorIn<
  Result<Prototype> | Arguments<Prototype>[keyof Arguments<Prototype>]
>;
type ErrorIn<T> = T extends PrototypeError<infer M> ? M : never;
