import type { Address } from "../base/address.ts";
import type { Arguments, PrototypeError, PrototypeErrors, Result } from "../abi/prototype-types.ts";
import type { RegisterFile } from "../abi/calls.ts";
import { parseDeclaration, prototypeName } from "../abi/prototype.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Block, Routine, Yield } from "../kernel/routine.ts";
import type { Call } from "./call.ts";

/** "ENOMEM", "EINVAL", ... */
export type ErrnoName = Extract<keyof typeof import("../base/errno.ts"), `E${Uppercase<string>}`>;

/**
 * How a function tells of failure: NULL, false, 0, an errno that the return type encodes, (as
 * `copy_to_user` does) the whole of its length as the bytes it did not copy, or DMA_MAPPING_ERROR.
 */
export type Failure = "NULL" | "FALSE" | "ZERO" | "UNCOPIED" | "DMA_ERROR" | ErrnoName;

/** How much of the real function a stub does. */
export type SupportLevel = "full" | { readonly partial: string };

/**
 * What identifies the resource, by kind: an argument, the returned value (`{ slab: "return" }`), the
 * running task (`{ rcu: "current" }`), or what a function makes of the call once it is done (for
 * releases: before it is done). It may answer with several, or with nothing.
 */
export type Resources<P extends string> = Readonly<
  Record<string, "return" | "current" | Extract<keyof Arguments<P>, string> | KeyOf<Arguments<P>>>
>;
/** `result`: RAX as a signed number. */
type KeyOf<A> = (k: Kernel, args: A, result: number) => Address | readonly Address[] | undefined;
/** The same with its arguments' types erased. */
export type ResourceKey = string | KeyOf<never>;

/** Pointers are numbers, too: NULL cannot be told from an int's failures here. */
type FailureOf<P extends string> =
  Result<P> extends undefined
    ? never
    : Result<P> extends boolean
      ? "FALSE"
      : Result<P> extends bigint
        ? Exclude<Failure, "NULL" | "FALSE">
        : Exclude<Failure, "FALSE">;

export interface StubOptions<P extends string> {
  /** The failures that the real function has; fault injection draws from it. */
  readonly fails?: readonly FailureOf<P>[];
  /** May sleep: always, or as the arguments say. Feeds the atomic-context check. */
  readonly sleeps?: true | ((args: Arguments<P>) => boolean);
  readonly acquires?: Resources<P>;
  readonly releases?: Resources<P>;
  /**
   * What the real function has done by the time it fails. Runs before an injected failure is told, so that the
   * caller's clean-up meets what it would meet in the kernel.
   */
  readonly leaves?: (k: Kernel, args: Arguments<P>) => void;
  /** Kinds of `acquires` that the caller has to give back after a failure, too. */
  readonly keeps?: readonly string[];
  /**
   * Where the real function stands when the memory behind an argument cannot be accessed, for the
   * oops: `{ s: "strlen+0x0" }`. Without it: at its first byte.
   */
  readonly faultsAt?: Readonly<Partial<Record<Extract<keyof Arguments<P>, string>, string>>>;
  /** Other names of the same function in other kernel versions. */
  readonly aliases?: readonly string[];
  /** "full" when left out. */
  readonly level?: SupportLevel;
  /** A thrown Errno becomes ERR_PTR even if `fails` does not name it. */
  readonly errPtr?: true;
  /** The returned pointer tells of errors as XArrays do: XA_ERROR(-errno). */
  readonly xaError?: true;
}

/** What a handler may answer with: values convert as the C return type does. */
export type HandlerResult<P extends string> = Loose<Result<P>>;
type Loose<T> = T extends undefined
  ? void
  : T extends boolean
    ? boolean | number
    : T extends bigint
      ? bigint | number
      : T;

/**
 * The body of a stub. A plain function answers at once, or returns `block(...)` and is entered again
 * when woken. A generator may run guest code: `yield* k.call(fn, ...)`.
 */
export type Handler<P extends string> = (
  k: Kernel,
  args: Arguments<P>,
  call: Call,
) => HandlerResult<P> | Block | Yield | Routine<HandlerResult<P>>;

interface Named {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly level: SupportLevel;
}

/** A function written in TypeScript, with its C prototype. Types of arguments are erased here. */
export interface Stub extends Named {
  readonly kind: "stub";
  readonly prototype: string;
  readonly fails: readonly Failure[];
  readonly sleeps: true | ((args: never) => boolean) | undefined;
  readonly acquires: Readonly<Record<string, ResourceKey>> | undefined;
  readonly releases: Readonly<Record<string, ResourceKey>> | undefined;
  readonly leaves?: ((k: Kernel, args: never) => void) | undefined;
  readonly keeps?: readonly string[] | undefined;
  readonly errPtr: boolean;
  readonly xaError?: boolean;
  readonly faultsAt?: Readonly<Record<string, string>>;
  readonly handler: (k: Kernel, args: never, call: Call) => unknown;
}

/** Where a data symbol lies. */
export interface Symbol {
  readonly name: string;
  readonly address: Address;
  /** Bytes reserved for it; 0 when the profile does not know. */
  readonly size: number;
}

/** An exported variable: `init` writes its content once, when a module first binds to it. */
export interface Variable extends Named {
  readonly kind: "variable";
  readonly declaration: string;
  readonly init: (k: Kernel, symbol: Symbol) => void;
}

/** An import that is guest machine code; runs without a trap. Position independent. */
export interface GuestCode extends Named {
  readonly kind: "code";
  /** The code, for the address it is placed at. */
  readonly bytes: (at: Address) => Uint8Array;
}

/** A function with a register convention of its own: reads and writes registers directly. */
export interface RegisterStub extends Named {
  readonly kind: "registers";
  readonly fails: readonly Failure[];
  readonly handler: (k: Kernel, registers: RegisterFile) => void;
  /** Leaves what the function leaves when it fails in that way. */
  readonly fail: (registers: RegisterFile, failure: Failure) => void;
}

export type Declared = Stub | Variable | GuestCode | RegisterStub;

interface Commons {
  readonly aliases?: readonly string[];
  readonly level?: SupportLevel;
}

const named = (name: string, { aliases = [], level = "full" }: Commons): Named => ({ name, aliases, level });

/** Stops the compiler at a prototype it cannot read, with the reason. */
type Readable<P extends string> = [PrototypeErrors<P>] extends [never]
  ? P
  : PrototypeError<PrototypeErrors<P>>;

/**
 * Declares one kernel function. The prototype is C as the header writes it; the argument record is
 * inferred from it. Nothing is parsed before the stub is bound.
 */
export function stub<const P extends string>(prototype: P & Readable<P>, handler: Handler<P>): Stub;
export function stub<const P extends string>(
  prototype: P & Readable<P>,
  options: StubOptions<P>,
  handler: Handler<P>,
): Stub;
export function stub<const P extends string>(
  prototype: P,
  first: StubOptions<P> | Handler<P>,
  second?: Handler<P>,
): Stub {
  const options: StubOptions<P> = typeof first === "function" ? {} : first;
  const handler = (typeof first === "function" ? first : second) as Stub["handler"];
  return {
    kind: "stub",
    ...named(prototypeName(prototype), options),
    prototype,
    fails: options.fails ?? [],
    sleeps: options.sleeps as Stub["sleeps"],
    acquires: options.acquires,
    releases: options.releases,
    ...(options.leaves === undefined ? {} : { leaves: options.leaves as Stub["leaves"] }),
    ...(options.keeps === undefined ? {} : { keeps: options.keeps }),
    errPtr: options.errPtr === true,
    xaError: options.xaError === true,
    ...(options.faultsAt === undefined ? {} : { faultsAt: options.faultsAt as Record<string, string> }),
    handler,
  };
}

/** Declares an exported variable, e.g. `variable("struct workqueue_struct *system_wq", ...)`. */
export const variable = (
  declaration: string,
  init: (k: Kernel, symbol: Symbol) => void,
  options: Commons = {},
): Variable => ({
  kind: "variable",
  // Pointers to functions and arrays have the name in the middle: only then is a parse needed.
  ...named(/^[^([]*\b(\w+)\s*;?$/.exec(declaration)?.[1] ?? parseDeclaration(declaration).name, options),
  declaration,
  init,
});

/** Declares an import that is a few bytes of machine code. */
export const guestCode = (
  name: string,
  bytes: readonly number[] | ((at: Address) => Uint8Array),
  options: Commons = {},
): GuestCode => ({
  kind: "code",
  ...named(name, options),
  bytes: typeof bytes === "function" ? bytes : () => Uint8Array.from(bytes),
});

/** How a function with registers of its own fails. */
type RegisterFailures = Partial<Pick<RegisterStub, "fails" | "fail">>;

/** Declares a function that takes and leaves values in registers of its own choosing. */
export const registerStub = (
  name: string,
  handler: (k: Kernel, registers: RegisterFile) => void,
  { fails = [], fail = () => {}, ...options }: Commons & RegisterFailures = {},
): RegisterStub => ({ kind: "registers", ...named(name, options), fails, handler, fail });
