/** Joins a declaration to the registers: decode, check, run, encode. */
import { Errno, GuestFault, KoboxError } from "../base/errors.ts";
import {
  type ArgumentDecoder,
  compileDecoder,
  RAX,
  type RegisterFile,
  representationOf,
  type Value,
} from "../abi/calls.ts";
import { type Prototype, parsePrototype } from "../abi/prototype.ts";
import type { Outcome } from "../kernel/execution.ts";
import type { JournalSet } from "../kernel/journal.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Block, Routine, Yield } from "../kernel/routine.ts";
import { type Call, callCapture, currentCall } from "./call.ts";
import { placeFault } from "./fault-place.ts";
import type { Failure, Stub } from "./declare.ts";
import {
  encodeErrno,
  encodeFailure,
  type FailureRules,
  isIterator,
  type ResultStore,
  resultStore,
} from "./encode.ts";

export type ArgumentRecord = Readonly<Record<string, Value>>;

/**
 * Who watches calls. All optional: nobody listening costs nothing. Set and cleared at any time. A
 * stub that waited is entered again without being announced again.
 */
export interface StubHooks {
  call?: ((stub: BoundStub, args: ArgumentRecord) => void) | undefined;
  /** `rax` is the encoded result. Not called for an entry that blocked. */
  result?: ((stub: BoundStub, args: ArgumentRecord, rax: bigint) => void) | undefined;
  /** A stub that may sleep is entered (might_sleep). */
  sleep?: ((stub: BoundStub, args: ArgumentRecord) => void) | undefined;
  /** Answers with a declared failure to make the call fail instead. */
  inject?: ((call: FallibleFunction) => Failure | undefined) | undefined;
}

/** A function that may be made to fail; without a prototype where registers are its own. */
export interface FallibleFunction {
  readonly name: string;
  readonly stub: Pick<Stub, "fails"> & Partial<Pick<Stub, "acquires" | "releases">>;
  readonly prototype?: Prototype;
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

/** Makes bound stubs for one kernel. */
export interface Binder {
  readonly hooks: StubHooks;
  /** Parses the prototype and readies the stub for calls. Errors: KoboxError E_PROTOTYPE. */
  bind(stub: Stub): BoundStub;
}

interface Binding {
  readonly k: Kernel;
  readonly stub: Stub;
  readonly prototype: Prototype;
  readonly decode: ArgumentDecoder;
  readonly store: ResultStore;
  readonly rules: FailureRules;
  readonly hooks: StubHooks;
  /** PIDs of tasks that wait inside a stub, to be entered again. */
  readonly waiting: JournalSet<number>;
  /** For handlers that want the call itself. */
  readonly capture: ((registers: RegisterFile) => Call) | undefined;
}

const GENERATOR = Object.getPrototypeOf(function* () {}) as object;

const isGeneratorFunction = (handler: object): boolean => Object.getPrototypeOf(handler) === GENERATOR;

export const createBinder = (k: Kernel): Binder => {
  const hooks: StubHooks = { call: undefined, result: undefined, sleep: undefined, inject: undefined };
  const waiting = k.journal.set<number>();
  return { hooks, bind: (stub) => bind(k, stub, hooks, waiting) };
};

const bind = (k: Kernel, stub: Stub, hooks: StubHooks, waiting: JournalSet<number>): BoundStub => {
  const prototype = parsePrototype(stub.prototype);
  const type = representationOf(prototype.result);
  const routine = isGeneratorFunction(stub.handler);
  const capture = routine ? callCapture : currentCall;
  const binding: Binding = {
    k,
    stub,
    prototype,
    decode: compileDecoder(prototype),
    store: resultStore(stub.name, type),
    rules: { name: stub.name, type, fails: stub.fails, errPtr: stub.errPtr, xaError: stub.xaError === true },
    hooks,
    waiting,
    capture: stub.handler.length > 2 ? capture(prototype) : undefined,
  };
  const bound: BoundStub = {
    stub,
    name: stub.name,
    prototype,
    decode: (registers) => binding.decode(registers, k.memory),
    invoke: routine
      ? (registers) => invokeRoutine(binding, bound, registers)
      : (registers) => invokePlain(binding, bound, registers),
  };
  return bound;
};

/** RAX is stored: tells whoever wants to know. */
const tell = (binding: Binding, bound: BoundStub, args: ArgumentRecord, registers: RegisterFile): void => {
  const { result } = binding.hooks;
  if (result !== undefined) result(bound, args, registers.u64[RAX] ?? 0n);
};

/** Takes the running task out of those that wait; true when it was one. */
const isReentry = ({ k, waiting }: Binding): boolean =>
  waiting.size > 0 && waiting.delete(k.executor.current()?.pid ?? -1);

/** Tells the watchers; answers with RAX when a failure was injected and the call is over. */
const announce = (binding: Binding, bound: BoundStub, args: ArgumentRecord): bigint | undefined => {
  if (isReentry(binding)) return undefined;
  const { hooks, stub } = binding;
  if (hooks.call !== undefined) hooks.call(bound, args);
  if (hooks.sleep !== undefined && stub.sleeps !== undefined) {
    if (stub.sleeps === true || stub.sleeps(args as never)) hooks.sleep(bound, args);
  }
  if (hooks.inject === undefined || stub.fails.length === 0) return undefined;
  const failure = hooks.inject(bound);
  if (failure === undefined) return undefined;
  stub.leaves?.(binding.k, args as never);
  return encodeFailure(binding.rules, failure, args);
};

const isWait = (value: object | null): value is Block | Yield =>
  value !== null && "kind" in value && (value.kind === "block" || value.kind === "yield");

const invokePlain = (binding: Binding, bound: BoundStub, registers: RegisterFile): Outcome => {
  const { k, stub } = binding;
  const args = binding.decode(registers, k.memory);
  const injected = announce(binding, bound, args);
  if (injected !== undefined) registers.u64[RAX] = injected;
  else {
    try {
      const call = binding.capture?.(registers);
      const answer = stub.handler(k, args as never, call as never);
      if (typeof answer === "object" && isWait(answer)) return wait(binding, registers, answer);
      binding.store(registers, answer);
    } catch (error) {
      if (error instanceof GuestFault) placeFault(k, stub, args, registers, error.address);
      if (!(error instanceof Errno)) throw error;
      registers.u64[RAX] = encodeErrno(binding.rules, error.errno);
    }
  }
  tell(binding, bound, args, registers);
  return undefined;
};

/** A block is entered again later; giving way (`cond_resched`) is done with. */
const wait = (binding: Binding, registers: RegisterFile, answer: Block | Yield): Outcome => {
  if (answer.kind === "block") {
    const pid = binding.k.executor.current()?.pid;
    if (pid !== undefined) binding.waiting.add(pid);
  } else registers.u64[RAX] = 1n;
  return answer;
};

const invokeRoutine = (binding: Binding, bound: BoundStub, registers: RegisterFile): Outcome => {
  const { k, stub } = binding;
  const args = binding.decode(registers, k.memory);
  const injected = announce(binding, bound, args);
  if (injected !== undefined) {
    registers.u64[RAX] = injected;
    tell(binding, bound, args, registers);
    return undefined;
  }
  const call = binding.capture?.(registers);
  const body = stub.handler(k, args as never, call as never) as Routine<unknown>;
  return {
    kind: "routine",
    routine: checkedRoutine(binding, body),
    finish(answer) {
      if (answer instanceof Errno) registers.u64[RAX] = encodeErrno(binding.rules, answer.errno);
      else binding.store(registers, answer);
      tell(binding, bound, args, registers);
    },
  };
};

/** Runs a handler's generator; an Errno it throws is its answer. */
function* checkedRoutine(binding: Binding, body: Routine<unknown>): Routine<unknown> {
  try {
    const answer = yield* body;
    if (!isIterator(answer)) return answer;
  } catch (error) {
    if (error instanceof Errno) return error;
    throw error;
  }
  throw new KoboxError("E_STUB", `${binding.stub.name}: the stub returned a generator`, {
    hint: "write return yield*",
  });
}
