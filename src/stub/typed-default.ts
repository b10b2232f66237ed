/** What an import without a stub answers: a named guess, typed by the kernel's own prototype. */
import type { Address } from "../base/address.ts";
import { representationOf } from "../abi/calls.ts";
import { type CType, type FunctionType, isVoid } from "../abi/prototype.ts";

export interface Defaults {
  /** A zeroed object of the pointed-to type, or undefined when its size is unknown. */
  makeObject(typeName: string): Address | undefined;
  readonly bool: boolean;
}

export type DefaultValue = Address | bigint | boolean | undefined | readonly [bigint, bigint];

const STRUCT = /^(struct|union) /;

/**
 * The success value that fits a return type: nothing for void, 0 for integers, what `defaults` says for bool, a
 * zeroed object for a pointer to a known structure, NULL for other pointers.
 */
export const typedDefault = (type: FunctionType, defaults: Defaults): DefaultValue => {
  const { result } = type;
  if (isVoid(result)) return undefined;
  if (result.kind === "pointer") return defaultPointer(result.to, defaults);
  if (result.kind !== "scalar") return 0n;
  switch (representationOf(result)) {
    case "bool":
      return defaults.bool;
    case "s64":
    case "u64":
      return 0n;
    case "pair":
      return [0n, 0n];
    default:
      return 0;
  }
};

const defaultPointer = (to: CType, { makeObject }: Defaults): Address =>
  to.kind === "named" && STRUCT.test(to.name) ? (makeObject(to.name) ?? 0) : 0;
