import { decodePattern, representationOf } from "../abi/calls.ts";
import { parseType } from "../abi/prototype.ts";
import type { FnPtr, FunctionArguments, FunctionResult } from "../abi/prototype-types.ts";
import type { Representation } from "../abi/typedefs.ts";
import { KoboxError } from "../base/errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Routine } from "../kernel/routine.ts";

/** Calls guest code: `const order = yield* compare(k, cmp, left, right)`. */
export type GuestFunction<Type extends string> = (
  k: Kernel,
  fn: FnPtr<Type>,
  ...args: FunctionArguments<Type>
) => Routine<FunctionResult<Type>>;

const resultType = (type: string): Representation | "pointer" => {
  const parsed = parseType(type);
  const target = parsed.kind === "pointer" ? parsed.to : parsed;
  if (target.kind !== "function") throw new KoboxError("E_PROTOTYPE", `"${type}" is no function`);
  return representationOf(target.result);
};

/**
 * A typed way to call functions of one C type, e.g. `int (*)(const void *, const void *)`: arguments
 * are checked, the result is decoded as C would. Parsed at the first call.
 */
export const guestFunction = <const Type extends string>(type: Type): GuestFunction<Type> => {
  let result: Representation | "pointer" | undefined;
  return function* (k, fn, ...args) {
    result ??= resultType(type);
    const patterns = (args as readonly unknown[]).map((arg) =>
      typeof arg === "boolean" ? Number(arg) : (arg as number | bigint),
    );
    const rax = yield* k.call(fn, ...patterns);
    return decodePattern(result, rax) as FunctionResult<Type>;
  };
};
