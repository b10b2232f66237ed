import { prototypeName } from "../abi/prototype.ts";
import type { Arguments, Result } from "../abi/prototype-types.ts";
import { KoboxError } from "../base/errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Block, Routine, Yield } from "../kernel/routine.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Call } from "../stub/call.ts";
import { type HandlerResult, type Stub, type StubOptions, stub as declare } from "../stub/declare.ts";
import { isIterator } from "../stub/encode.ts";
import { declareUnknown } from "../stub/unknown.ts";
import type { Readable } from "./functions.ts";

/** The function that a stub replaces. Arguments left out are passed on as they came. */
export interface Original<P extends string> {
  /** KoboxError "waits" when it has to wait or to call the guest: use `wait` then. */
  (args?: Partial<Arguments<P>>): HandlerResult<P>;
  /** For functions that may sleep or call the guest: `return yield* original.wait()`. */
  wait(args?: Partial<Arguments<P>>): Routine<HandlerResult<P>>;
}

export interface StubCall<P extends string> {
  readonly original: Original<P>;
  /** Which call this is, from 1. */
  readonly number: number;
}

/**
 * Stands in for a kernel function. Answers with what C returns, throws `Errno` to fail as the
 * function does; as a generator it may wait and call the guest.
 */
export type StubBody<P extends string> = (
  args: Arguments<P>,
  call: StubCall<P>,
) => HandlerResult<P> | Routine<HandlerResult<P>>;

/** A function that is replaced or watched. */
export interface StubHandle<P extends string> extends Disposable {
  /** Arguments of each call so far. */
  readonly calls: readonly Arguments<P>[];
  /** Answers so far, of calls that have returned. */
  readonly results: readonly (HandlerResult<P> | undefined)[];
  /** Puts back what served the function before. */
  restore(): void;
  [Symbol.dispose](): void;
}

const isWait = (answer: unknown): answer is Block | Yield =>
  typeof answer === "object" && answer !== null && "kind" in answer;

/** The stub that serves the function without us: the project's, or the typed guess. */
const servedBy = (sandbox: Sandbox, name: string): Stub => {
  const { kernel, registry } = sandbox;
  const declared = registry.find(name) ?? declareUnknown(kernel, name, "guess");
  if (declared.kind === "stub") return declared;
  throw new KoboxError("no-original", `${name} has no original that could be called`, {
    hint: "It is machine code or a variable: answer without calling the original.",
  });
};

/** The prototype's types have been checked where the test wrote it. */
const declareAny = declare as unknown as (prototype: string, options: object, handler: unknown) => Stub;

type Handler = (k: Kernel, args: object, call: Call) => unknown;

const originalOf = <P extends string>(
  sandbox: Sandbox,
  name: string,
  entry: { readonly k: Kernel; readonly args: object; readonly call: Call },
): Original<P> => {
  const enter = (changed: object): unknown =>
    (servedBy(sandbox, name).handler as unknown as Handler)(
      entry.k,
      { ...entry.args, ...changed },
      entry.call,
    );
  const original = (changed: object = {}): HandlerResult<P> => {
    const answer = enter(changed);
    if (!isWait(answer) && !isIterator(answer)) return answer as HandlerResult<P>;
    throw new KoboxError("waits", `${name} waits or calls the guest`, {
      hint: "Make the stub a generator and write: yield* original.wait().",
    });
  };
  function* wait(changed: object = {}): Routine<HandlerResult<P>> {
    for (;;) {
      const answer = enter(changed);
      if (isIterator(answer)) return yield* answer as Routine<HandlerResult<P>>;
      if (!isWait(answer)) return answer as HandlerResult<P>;
      yield answer;
      if (answer.kind === "yield") return 1 as HandlerResult<P>;
    }
  }
  return Object.assign(original, { wait }) as Original<P>;
};

/** Replaces a kernel function; without a body it is only watched. See `Kernel.stub`. */
export const replaceStub = <const P extends string>(
  sandbox: Sandbox,
  prototype: P,
  body: StubBody<P> | undefined,
  options: StubOptions<P> = {},
): StubHandle<P> => {
  const name = prototypeName(prototype);
  const calls: Arguments<P>[] = [];
  const results: (HandlerResult<P> | undefined)[] = [];
  function* watch(_args: Arguments<P>, { original }: StubCall<P>): Routine<HandlerResult<P>> {
    return yield* original.wait();
  }
  const serve = body ?? watch;
  const known = sandbox.registry.find(name);
  const declared = declareAny(
    prototype,
    { ...(known?.kind === "stub" ? inherited(known) : {}), ...options },
    function* (k: Kernel, args: Arguments<P>, call: Call): Routine<HandlerResult<P>> {
      calls.push(args);
      const original = originalOf<P>(sandbox, name, { k, args: args as object, call });
      const answer = serve(args, { original, number: calls.length });
      const result = (isIterator(answer) ? yield* answer as Routine<unknown> : answer) as HandlerResult<P>;
      results.push(result);
      return result;
    },
  );
  const restore = sandbox.replace(declared);
  return { calls, results, restore, [Symbol.dispose]: restore };
};

/** What a function is known for stays so, whoever serves it. */
const inherited = ({ fails, sleeps, acquires, releases, errPtr }: Stub): object => ({
  fails,
  ...(sleeps === undefined ? {} : { sleeps }),
  ...(acquires === undefined ? {} : { acquires }),
  ...(releases === undefined ? {} : { releases }),
  ...(errPtr ? { errPtr: true } : {}),
});

export type StubOf = <const P extends string>(
  prototype: P & Readable<P>,
  body?: StubBody<P>,
  options?: StubOptions<P>,
) => StubHandle<P>;
/** What the type of a call's answer is, for bodies written apart. */
export type StubResult<P extends string> = Result<P>;
