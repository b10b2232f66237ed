/** What an import without a stub answers: a named guess, typed by the kernel's own prototype. */
import type { Address } from "../base/address.ts";
import { representationOf } from "../abi/calls.ts";
import { type CType, type FunctionType, isVoid } from "../abi/prototype.ts";

/** Gives a zeroed object of the pointed-to type, or undefined when its size is unknown. */
export type ObjectMaker = (typeName: string) => Address | undefined;

export type DefaultValue = Address | bigint | boolean | undefined | readonly [bigint, bigint];

const STRUCT = /^(struct|union) /;

/**
 * The success value that fits a return type: nothing for void, 0 for integers, true for bool, a
 * zeroed object for a pointer to a known structure, NULL for other pointers.
 */
export const typedDefault = (type: FunctionType, makeObject: ObjectMaker): DefaultValue => {
  const { result } = type;
  if (isVoid(result)) return undefined;
  if (result.kind === "pointer") return defaultPointer(result.to, makeObject);
  if (result.kind !== "scalar") return 0n;
  switch (representationOf(result)) {
    case "bool":
      return true;
    case "s64":
    case "u64":
      return 0n;
    case "pair":
      return [0n, 0n];
    default:
      return 0;
  }
};

const defaultPointer = (to: CType, makeObject: ObjectMaker): Address =>
  to.kind === "named" && STRUCT.test(to.name) ? (makeObject(to.name) ?? 0) : 0;
