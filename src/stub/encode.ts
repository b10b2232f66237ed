/** How a stub's answer, or its failure, becomes RAX. */
import * as errnos from "../base/errno.ts";
import { KoboxError } from "../base/errors.ts";
import type { Representation } from "../abi/typedefs.ts";
import type { Failure } from "./declare.ts";

export type ResultEncoder = (value: unknown) => bigint;

const MASK = 2n ** 64n - 1n;

const wrongValue = (name: string, wanted: string, value: unknown): never => {
  throw new KoboxError("E_STUB", `${name}: the stub answered ${describe(value)} where C returns ${wanted}`, {
    hint: isIterator(value) ? "a generator was returned, not run: write yield*" : "fix the stub's handler",
  });
};

export const isIterator = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "next" in value && Symbol.iterator in value;

const describe = (value: unknown): string => {
  if (isIterator(value)) return "a generator object";
  return typeof value === "object"
    ? value === null
      ? "null"
      : "an object"
    : `${typeof value} ${String(value)}`;
};

/** The pattern of a number that may exceed 2^53: clamps to the type, as no exact value exists. */
const numberPattern = (value: number): bigint => {
  if (value >= 2 ** 63) return value >= 2 ** 64 ? MASK : BigInt(value);
  return BigInt.asUintN(64, BigInt(Math.trunc(value)));
};

const signedClamp = (value: number): bigint => (value >= 2 ** 63 ? MASK >> 1n : numberPattern(value));

/** Compiles the conversion of a handler's answer; `name` for messages. Void leaves 0. */
export const resultEncoder = (name: string, type: Representation | "pointer"): ResultEncoder => {
  const wanted = (value: unknown): never => wrongValue(name, type, value);
  switch (type) {
    case "void":
      return (value) => (value === undefined ? 0n : wanted(value));
    case "bool":
      return (value) =>
        typeof value === "boolean"
          ? value
            ? 1n
            : 0n
          : typeof value === "number"
            ? value
              ? 1n
              : 0n
            : wanted(value);
    case "pointer":
      return (value) =>
        typeof value === "number" && !Number.isNaN(value) ? numberPattern(value) : wanted(value);
    case "size":
    case "ssize":
    case "s64":
    case "u64":
      return wideEncoder(type, wanted);
    case "pair":
      return (value) => (Array.isArray(value) ? BigInt.asUintN(64, value[0] as bigint) : wanted(value));
    default:
      return narrowEncoder(Number(type.slice(1)), type.startsWith("s"), wanted);
  }
};

const wideEncoder = (type: string, wanted: (value: unknown) => never): ResultEncoder => {
  const fromNumber = type === "size" || type === "u64" ? numberPattern : signedClamp;
  return (value) =>
    typeof value === "bigint"
      ? BigInt.asUintN(64, value)
      : typeof value === "number" && !Number.isNaN(value)
        ? fromNumber(value)
        : wanted(value);
};

const narrowEncoder = (bits: number, signed: boolean, wanted: (value: unknown) => never): ResultEncoder => {
  const shift = 32 - bits;
  return (value) => {
    const number =
      typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : wanted(value);
    const narrow = signed ? (number << shift) >> shift : (number << shift) >>> shift;
    return BigInt.asUintN(64, BigInt(narrow));
  };
};

export interface FailureRules {
  readonly name: string;
  readonly type: Representation | "pointer";
  readonly fails: readonly Failure[];
  readonly errPtr: boolean;
}

/** The number of an errno name, positive. */
export const errnoNumber = (name: string): number => (errnos as unknown as Record<string, number>)[name] ?? 0;

const SIGNED = new Set<string>(["s8", "s16", "s32", "s64", "ssize"]);

/** RAX for a thrown Errno: -errno, NULL or ERR_PTR as the return type and `fails` say. */
export const encodeErrno = (rules: FailureRules, errno: number): bigint => {
  const minus = BigInt.asUintN(64, BigInt(-errno));
  const declared = rules.fails.some((failure) => failure !== "NULL" && errnoNumber(failure) === errno);
  if (rules.type === "pointer") return rules.errPtr || declared ? minus : 0n;
  if (rules.type === "bool") return 0n;
  if (SIGNED.has(rules.type) || (declared && rules.type !== "void")) {
    return minus;
  }
  const name = errnos.errnoName(errno) ?? errno;
  throw new KoboxError("E_STUB", `${rules.name}: threw ${name}, but its return type cannot tell the guest`);
};

/** RAX for an injected failure, which must be a declared one. Errors: KoboxError E_FAILURE. */
export const encodeFailure = (rules: FailureRules, failure: Failure): bigint => {
  if (!rules.fails.includes(failure)) {
    const known = rules.fails.join(", ") || "none";
    throw new KoboxError("E_FAILURE", `${rules.name} does not fail with ${failure}`, {
      hint: `declared: ${known}`,
    });
  }
  return failure === "NULL" ? 0n : encodeErrno(rules, errnoNumber(failure));
};
