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

/** The same for a handler that answers at once: nothing runs in between, so nothing is copied. */
class CurrentCall implements Call {
  readonly variable: Call["variable"];
  readonly file: RegisterFile;

  constructor(file: RegisterFile, variable: Call["variable"]) {
    this.file = file;
    this.variable = variable;
  }
  get stack(): Address {
    return registerAddress(this.file, RSP);
  }
  get registers(): readonly bigint[] {
    return argumentPatterns(this.file);
  }
}

const argumentPatterns = ({ u64 }: RegisterFile): bigint[] => [
  u64[7] ?? 0n,
  u64[6] ?? 0n,
  u64[2] ?? 0n,
  u64[1] ?? 0n,
  u64[8] ?? 0n,
  u64[9] ?? 0n,
];

/** Calls as they stand in the registers, for plain handlers that ask for it (three parameters). */
export const currentCall = (type: FunctionType): ((file: RegisterFile) => Call) => {
  const variable = namedPlacement(type);
  let known: CurrentCall | undefined;
  return (file) => (known?.file === file ? known : (known = new CurrentCall(file, variable)));
};

/** Captures calls' frames, for generators that ask for it. */
export const callCapture = (type: FunctionType): ((file: RegisterFile) => Call) => {
  const variable = namedPlacement(type);
  return (file) => {
    return {
      stack: registerAddress(file, RSP),
      registers: argumentPatterns(file),
      variable,
    };
  };
};
