import type { Address } from "../base/address.ts";
import { namedPlacement, RSP, registerAddress, type RegisterFile } from "../abi/calls.ts";
import type { FunctionType } from "../abi/prototype.ts";

/** What a stub can ask about the call it serves. Valid after other guest code has run, too. */
export interface Call {
  /** RSP at entry: the return address lies there. */
  readonly stack: Address;
  /** The six integer argument registers, as patterns. */
  readonly registers: readonly bigint[];
  /** Where the variable arguments of `f(fmt, ...)` begin: registers, then slots from stack + 8. */
  readonly variable: { readonly registers: number; readonly slots: number };
}

/** Captures calls' frames; only for handlers that ask for it (three parameters). */
export const callCapture = (type: FunctionType): ((file: RegisterFile) => Call) => {
  const variable = namedPlacement(type);
  return (file) => {
    const { u64 } = file;
    return {
      stack: registerAddress(file, RSP),
      registers: [u64[7] ?? 0n, u64[6] ?? 0n, u64[2] ?? 0n, u64[1] ?? 0n, u64[8] ?? 0n, u64[9] ?? 0n],
      variable,
    };
  };
};
