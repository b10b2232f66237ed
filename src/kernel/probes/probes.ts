import type { Address } from "../../base/address.ts";
import { ENOENT } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import type { Task } from "../task.ts";
import { type Breakpoints, type Running, createBreakpoints } from "./breakpoints.ts";
import { type Ftrace, createFtrace } from "./ftrace.ts";
import { type Kprobes, createKprobes } from "./kprobes.ts";
import { type Kretprobes, createKretprobes } from "./rethook.ts";
import { type Shadows, createShadows } from "./shadow.ts";
import { ENTRY_SIZE, lookupName } from "./text.ts";

/** Everything that hooks code: kprobes, kretprobes, ftrace. */
export interface Probes {
  readonly kprobes: Kprobes;
  readonly kretprobes: Kretprobes;
  readonly ftrace: Ftrace;
  /** Livepatch shadow variables. */
  readonly shadows: Shadows;
  /** The task ran into an int3: true when it is a probe's, and is being seen to. */
  breakpoint(task: Task): boolean;
  /** Called for every other exception: one in a probe's copy of an instruction belongs to the original. */
  beforeException(): void;
  /**
   * Calls a function's hooks as if somebody had called the function with these arguments and it had
   * returned `result`; answers with what the hooks made of it. The function itself does not run.
   * Errno ENOENT: there is no such symbol.
   */
  fire(symbol: string, args: readonly (number | bigint)[], result?: bigint): Routine<bigint>;
  /** Code in [from, to) is going away. */
  forget(from: Address, to: Address): void;
}

/** `bind` puts a kernel function's stub at its address; false where there is none. */
export const createProbes = (k: Kernel, bind: (address: Address) => boolean): Probes => {
  const running: Running = { place: undefined };
  const parts: { kprobes?: Kprobes } = {};
  const kprobesOf = (): Kprobes => parts.kprobes as Kprobes;
  const ftrace = createFtrace(k, bind, kprobesOf, running);
  const breakpoints: Breakpoints = createBreakpoints(k, kprobesOf, running);
  const kprobes = createKprobes(k, {
    isTraceable: ftrace.isLocation,
    arm: (place) => (place.how === "int3" ? breakpoints.arm(place) : ftrace.armKprobe(place.address)),
    disarm: (place) =>
      place.how === "int3" ? breakpoints.disarm(place) : ftrace.disarmKprobe(place.address),
  });
  parts.kprobes = kprobes;
  return {
    kprobes,
    kretprobes: createKretprobes(k, kprobes),
    ftrace,
    shadows: createShadows(k),
    breakpoint: breakpoints.hit,
    beforeException: breakpoints.leaveSlot,
    fire: (symbol, args, result = 0n) => fire(k, symbol, args, result),
    forget(from, to) {
      kprobes.forget(from, to);
      ftrace.forget(from, to);
    },
  };
};

/** For as long as the hooks run, the function's body is one that only returns. */
function* fire(
  k: Kernel,
  symbol: string,
  args: readonly (number | bigint)[],
  result: bigint,
): Routine<bigint> {
  const address = lookupName(k, symbol);
  if (address === undefined) throw new Errno(ENOENT);
  const { traps } = k.executor;
  const body = address + ENTRY_SIZE;
  const real = traps.get(body);
  if (real === undefined) return result;
  traps.set(body, {
    name: real.name,
    writesRegisters: true,
    enter() {
      k.executor.registers[0] = BigInt.asUintN(64, result);
      return undefined;
    },
  });
  try {
    return yield* k.call(address, ...args);
  } finally {
    traps.set(body, real);
  }
}
