import { type RegisterFile, representationOf } from "../abi/calls.ts";
import type { Trap } from "../kernel/execution.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Yield } from "../kernel/routine.ts";
import type { Binder } from "./bind.ts";
import type { RegisterStub, Stub } from "./declare.ts";

const AGAIN: Yield = { kind: "yield", again: true };

/** What to put behind the `hlt` at a function's address. `registers`: the engine's shared ones. */
export const trapFor = (
  k: Kernel,
  binder: Binder,
  declared: Stub | RegisterStub,
  registers: RegisterFile,
): Trap => {
  if (declared.kind === "stub") {
    const bound = binder.bind(declared);
    // A result in two registers.
    const writesRegisters = representationOf(bound.prototype.result) === "pair";
    if (declared.sleeps !== true)
      return { name: declared.name, writesRegisters, enter: () => bound.invoke(registers) };
    // might_sleep() is where the kernel lets others go first (preempt=voluntary).
    return { name: declared.name, enter: () => (k.tasks.shouldYield() ? AGAIN : bound.invoke(registers)) };
  }
  const fallible = { name: declared.name, stub: declared };
  return {
    name: declared.name,
    writesRegisters: true,
    enter() {
      const failure = declared.fails.length === 0 ? undefined : binder.hooks.inject?.(fallible);
      if (failure === undefined) declared.handler(k, registers);
      else declared.fail(registers, failure);
      return undefined;
    },
  };
};
