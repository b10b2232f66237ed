/** Functions of the kernel that have no symbol of their own and are called through pointers. */
import { type Address, PAGE_SIZE, toAddress } from "../base/address.ts";
import { Errno } from "../base/errors.ts";
import { ARGUMENT_REGISTERS, RAX } from "../abi/calls.ts";
import { createCodeSlots } from "./code-slots.ts";
import type { Outcome } from "./execution.ts";
import type { JournalMap } from "./journal.ts";
import type { Kernel } from "./kernel.ts";
import type { Routine } from "./routine.ts";

/** Serves one call; all arguments as addresses. An Errno it throws is answered as -errno. */
export type HostFunction = (...args: readonly Address[]) => Routine<number | bigint> | number | bigint;

export interface HostCode {
  /** The guest address of the function of that name; made when first asked for. */
  address(name: string, fn: HostFunction): Address;
}

const SLOT = 16;
const HLT = 0xf4;
const RET = 0xc3;

export const createHostCode = (k: Kernel): HostCode => {
  const known: JournalMap<string, Address> = k.journal.map();
  const take = createCodeSlots(k, SLOT, (page) => {
    const code = new Uint8Array(PAGE_SIZE).fill(HLT);
    for (let at = 1; at < PAGE_SIZE; at += SLOT) code[at] = RET;
    k.machine.poke(page, code);
  });
  const answer = (value: unknown): void => {
    k.executor.registers[RAX] = BigInt.asUintN(64, BigInt(value as number | bigint));
  };
  const serve = (fn: HostFunction): Outcome => {
    const args = ARGUMENT_REGISTERS.map((register) => toAddress(k.executor.registers[register] ?? 0n));
    try {
      const result = fn(...args);
      if (typeof result === "object") return { kind: "routine", routine: answered(result), finish: answer };
      answer(result);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      answer(-error.errno);
    }
    return undefined;
  };
  return {
    address(name, fn) {
      const old = known.get(name);
      if (old !== undefined) return old;
      const at = take();
      known.set(name, at);
      k.executor.traps.set(at, { name, enter: () => serve(fn) });
      return at;
    },
  };
};

function* answered(routine: Routine<number | bigint>): Routine<number | bigint> {
  try {
    return yield* routine;
  } catch (error) {
    if (error instanceof Errno) return -error.errno;
    throw error;
  }
}
