import { decodePattern, representationOf } from "../abi/calls.ts";
import { type CType, type Prototype, parsePrototype } from "../abi/prototype.ts";
import type { Passed, PrototypeError, PrototypeErrors, Result } from "../abi/prototype-types.ts";
import type { Address } from "../base/address.ts";
import { KoboxError } from "../base/errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { notifyChain } from "../kernel/notify-chains.ts";
import { type PowerAction, goDown } from "../kernel/power.ts";
import { GFP_KERNEL } from "../kernel/memory/gfp.ts";
import type { Routine } from "../kernel/routine.ts";
import type { Sandbox } from "../sandbox.ts";
import { inProcess } from "./call.ts";
import { StoppedError } from "./errors.ts";
import { toBytes } from "./file.ts";

/** Stops the compiler at a prototype it cannot read, with the reason. */
export type Readable<P extends string> = [PrototypeErrors<P>] extends [never]
  ? P
  : PrototypeError<PrototypeErrors<P>>;

/** Guest functions as TypeScript functions. */
export interface Functions {
  /**
   * Calls a function by its C prototype: `call("int add(int a, int b)", 1, 2)`. Runs in a process of
   * its own, so it may sleep. Pointers take addresses; or contents (text gets its NUL), which are put
   * into kernel memory for the call, and a buffer afterwards holds what the function left there.
   * Throws KilledError when it crashes, HangError when it never returns.
   */
  call<const P extends string>(prototype: P & Readable<P>, ...args: Passed<P>): Result<P>;
  /** The same as a function to call again, of the symbol the prototype names or at an address. */
  function<const P extends string>(
    prototype: P & Readable<P>,
    address?: Address,
  ): (...args: Passed<P>) => Result<P>;
}

export type Argument = number | bigint | boolean | string | Uint8Array;

const place = (k: Kernel, type: CType | undefined, value: string | Uint8Array): Address => {
  if (type !== undefined && type.kind !== "pointer") {
    throw new KoboxError("usage", "only a pointer can be given as contents");
  }
  const bytes = typeof value === "string" ? toBytes(`${value}\0`) : value;
  const address = k.heap.kmalloc(Math.max(bytes.length, 1), GFP_KERNEL);
  k.memory.write(address, bytes);
  return address;
};

/** Runs `use` with arguments as registers hold them; contents lie in kernel memory meanwhile. */
function* withArguments(
  k: Kernel,
  args: readonly Argument[],
  type: (index: number) => CType | undefined,
  use: (patterns: readonly (number | bigint)[]) => Routine<bigint>,
): Routine<bigint> {
  const placed: { readonly address: Address; readonly contents: string | Uint8Array }[] = [];
  const patterns = args.map((value, index) => {
    if (typeof value === "boolean") return Number(value);
    if (typeof value !== "string" && typeof value !== "object") return value;
    const address = place(k, type(index), value);
    placed.push({ address, contents: value });
    return address;
  });
  const rax = yield* use(patterns);
  for (const { address, contents } of placed) {
    if (typeof contents === "object") contents.set(k.memory.bytes(address, contents.length));
    k.heap.kfree(address);
  }
  return rax;
}

const invoke = (sandbox: Sandbox, prototype: Prototype, fn: Address, args: readonly Argument[]): unknown => {
  const { kernel } = sandbox;
  const type = (index: number): CType | undefined => prototype.parameters[index]?.type;
  const rax = inProcess(sandbox, `${prototype.name}()`, () =>
    withArguments(kernel, args, type, (patterns) => kernel.call(fn, ...patterns)),
  );
  return decodePattern(representationOf(prototype.result), rax);
};

/** Runs a function's hooks as if it had been called. See `Kernel.fire`. */
export const fireProbes = (
  sandbox: Sandbox,
  symbol: string,
  args: readonly Argument[],
  result: number | bigint,
): bigint =>
  inProcess(sandbox, `fire ${symbol}`, () =>
    withArguments(
      sandbox.kernel,
      args,
      () => undefined,
      (patterns) => sandbox.kernel.probes.fire(symbol, patterns, BigInt.asUintN(64, BigInt(result))),
    ),
  );

/** See `Kernel.fireTracepoint`. */
export const fireTracepoint = (sandbox: Sandbox, name: string, args: readonly Argument[]): void => {
  const { kernel } = sandbox;
  inProcess(sandbox, `fire tracepoint ${name}`, () =>
    withArguments(
      kernel,
      args,
      () => undefined,
      function* (patterns) {
        yield* kernel.tracing.fire(name, patterns);
        return 0n;
      },
    ),
  );
};

/** `symbol` finds the functions. */
export const createFunctions = (sandbox: Sandbox, symbol: (name: string) => Address): Functions => {
  const bind = (text: string, address?: Address): ((...args: readonly Argument[]) => unknown) => {
    const prototype = parsePrototype(text);
    return (...args) => invoke(sandbox, prototype, address ?? symbol(prototype.name), args);
  };
  return {
    call: ((text: string, ...args: readonly Argument[]) => bind(text)(...args)) as Functions["call"],
    function: bind as Functions["function"],
  };
};

/** See `Kernel.notify`. */
export const notify = (sandbox: Sandbox, chain: string, action: number, data: number): number =>
  Number(
    inProcess(sandbox, `notify ${chain}`, function* () {
      return BigInt(yield* notifyChain(sandbox.kernel, chain, action, data));
    }),
  );

/** See `Kernel.power`. */
export const power = (sandbox: Sandbox, how: PowerAction): void => {
  try {
    inProcess(sandbox, `power ${how}`, function* () {
      yield* goDown(sandbox.kernel, how);
      return 0n;
    });
  } catch (error) {
    if (!(error instanceof StoppedError) || sandbox.kernel.stopped?.kind !== "power") throw error;
  }
};
