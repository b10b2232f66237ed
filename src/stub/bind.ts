/** Joins a declaration to the registers: decode, check, run, encode. */
import { Errno, KoboxError } from "../base/errors.ts";
import {
  type ArgumentDecoder,
  compileDecoder,
  RAX,
  type RegisterFile,
  representationOf,
  type Value,
} from "../abi/calls.ts";
import { type Prototype, parsePrototype } from "../abi/prototype.ts";
import type { Outcome } from "../kernel/executor.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Block, Routine, Yield } from "../kernel/routine.ts";
import { captureCall } from "./call.ts";
import type { Failure, Stub } from "./declare.ts";
import {
  encodeErrno,
  encodeFailure,
  type FailureRules,
  isIterator,
  type ResultEncoder,
  resultEncoder,
} from "./encode.ts";

export type ArgumentRecord = Readonly<Record<string, Value>>;

/** Who watches calls. All optional: nobody listening costs nothing. Set and cleared at any time. */
export interface StubHooks {
  call?: ((stub: BoundStub, args: ArgumentRecord) => void) | undefined;
  /** `rax` is the encoded result. Not called for an entry that blocked. */
  result?: ((stub: BoundStub, args: ArgumentRecord, rax: bigint) => void) | undefined;
  /** A stub that may sleep is entered (might_sleep). */
  sleep?: ((stub: BoundStub, args: ArgumentRecord) => void) | undefined;
  /** Answers with a declared failure to make the call fail instead. Not asked again when a blocked stub is re-entered unless it says so. */
  inject?: ((stub: BoundStub, args: ArgumentRecord) => Failure | undefined) | undefined;
}

export interface BoundStub {
  readonly stub: Stub;
  readonly name: string;
  readonly prototype: Prototype;
  /** Arguments of the call whose entry state is in the registers. */
  decode(registers: RegisterFile): ArgumentRecord;
  /** Serves one call; registers at function entry. When done, RAX holds the result. */
  invoke(registers: RegisterFile): Outcome;
}

const GENERATOR = Object.getPrototypeOf(function* () {}) as object;

const isGeneratorFunction = (handler: unknown): boolean =>
  Object.getPrototypeOf(handler as object) === GENERATOR;

interface Binding {
  readonly k: Kernel;
  readonly stub: Stub;
  readonly prototype: Prototype;
  readonly decode: ArgumentDecoder;
  readonly encode: ResultEncoder;
  readonly rules: FailureRules;
  readonly hooks: StubHooks;
  readonly wantsCall: boolean;
}

/** Parses the prototype and readies the stub for calls. Errors: KoboxError E_PROTOTYPE. */
export const bind = (k: Kernel, stub: Stub, hooks: StubHooks = {}): BoundStub => {
  const prototype = parsePrototype(stub.prototype);
  const type = representationOf(prototype.result);
  const binding: Binding = {
    k,
    stub,
    prototype,
    decode: compileDecoder(prototype),
    encode: resultEncoder(stub.name, type),
    rules: { name: stub.name, type, fails: stub.fails, errPtr: stub.errPtr },
    hooks,
    wantsCall: stub.handler.length > 2,
  };
  const bound: BoundStub = {
    stub,
    name: stub.name,
    prototype,
    decode: (registers) => binding.decode(registers, k.memory),
    invoke: isGeneratorFunction(stub.handler)
      ? (registers) => invokeRoutine(binding, bound, registers)
      : (registers) => invokePlain(binding, bound, registers),
  };
  return bound;
};

const finish = (
  binding: Binding,
  bound: BoundStub,
  args: ArgumentRecord,
  registers: RegisterFile,
  rax: bigint,
): void => {
  registers.u64[RAX] = rax;
  binding.hooks.result?.(bound, args, rax);
};

/** Tells the watchers; true when a failure was injected and the call is over. */
const announce = (
  binding: Binding,
  bound: BoundStub,
  args: ArgumentRecord,
  registers: RegisterFile,
): boolean => {
  const { hooks, stub } = binding;
  hooks.call?.(bound, args);
  if (hooks.sleep !== undefined && stub.sleeps !== undefined) {
    if (stub.sleeps === true || stub.sleeps(args as never)) hooks.sleep(bound, args);
  }
  if (hooks.inject === undefined || stub.fails.length === 0) return false;
  const failure = hooks.inject(bound, args);
  if (failure === undefined) return false;
  finish(binding, bound, args, registers, encodeFailure(binding.rules, failure));
  return true;
};

const isWait = (value: unknown): value is Block | Yield => {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  return value.kind === "block" || value.kind === "yield";
};

const invokePlain = (binding: Binding, bound: BoundStub, registers: RegisterFile): Outcome => {
  const { k, stub, hooks } = binding;
  const args = binding.decode(registers, k.memory);
  if (announce(binding, bound, args, registers)) return undefined;
  let rax: bigint;
  try {
    const call = binding.wantsCall ? captureCall(binding.prototype, registers) : undefined;
    const answer = stub.handler(k, args as never, call as never);
    if (typeof answer === "object" && isWait(answer)) return answer;
    rax = binding.encode(answer);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    rax = encodeErrno(binding.rules, error.errno);
  }
  registers.u64[RAX] = rax;
  if (hooks.result !== undefined) hooks.result(bound, args, rax);
  return undefined;
};

const invokeRoutine = (binding: Binding, bound: BoundStub, registers: RegisterFile): Outcome => {
  const { k, stub } = binding;
  const args = binding.decode(registers, k.memory);
  if (announce(binding, bound, args, registers)) return undefined;
  const call = binding.wantsCall ? captureCall(binding.prototype, registers) : undefined;
  const body = stub.handler(k, args as never, call as never) as Routine<unknown>;
  return {
    kind: "routine",
    routine: encodedRoutine(binding, body),
    finish: (rax) => finish(binding, bound, args, registers, rax as bigint),
  };
};

/** Runs a handler's generator and encodes what it comes to. */
function* encodedRoutine(binding: Binding, body: Routine<unknown>): Routine<bigint> {
  try {
    const answer = yield* body;
    if (isIterator(answer)) {
      throw new KoboxError(
        "E_STUB",
        `${binding.stub.name}: the stub returned a generator: write return yield*`,
      );
    }
    return binding.encode(answer);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return encodeErrno(binding.rules, error.errno);
  }
}
