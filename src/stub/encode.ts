/** How a stub's answer, or its failure, becomes RAX. */
import { errnoName, errnoNumber } from "../base/errno.ts";
import { KoboxError } from "../base/errors.ts";
import { RAX, RDX, type RegisterFile } from "../abi/calls.ts";
import type { Representation } from "../abi/typedefs.ts";
import type { Failure } from "./declare.ts";

/** Stores a handler's answer in RAX. Errors: KoboxError E_STUB when C could not return such a value. */
export type ResultStore = (registers: RegisterFile, value: unknown) => void;

const LOW = RAX * 2;
const HIGH = LOW + 1;
const TWO_32 = 2 ** 32;

export const isIterator = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "next" in value && Symbol.iterator in value;

const describe = (value: unknown): string => {
  if (isIterator(value)) return "a generator object";
  if (typeof value === "object") return value === null ? "null" : "an object";
  return `${typeof value} ${String(value)}`;
};

const wrongValue = (name: string, wanted: string, value: unknown): never => {
  throw new KoboxError("E_STUB", `${name}: the stub answered ${describe(value)} where C returns ${wanted}`, {
    hint: isIterator(value) ? "a generator was returned, not run: write yield*" : "fix the stub's handler",
  });
};

/** Writes halves, so that no bigint is made. */
const storeNumber = (i32: Int32Array, value: number): void => {
  i32[LOW] = value | 0;
  i32[HIGH] = Math.floor(value / TWO_32) | 0;
};

/** Compiles the conversion of a handler's answer; `name` for messages. Void leaves 0. */
export const resultStore = (name: string, type: Representation | "pointer"): ResultStore => {
  const wrong = (value: unknown): never => wrongValue(name, type, value);
  switch (type) {
    case "void":
      return ({ i32 }, value) => {
        if (value !== undefined) wrong(value);
        i32[LOW] = 0;
        i32[HIGH] = 0;
      };
    case "bool":
      return ({ i32 }, value) => {
        if (typeof value !== "boolean" && typeof value !== "number") wrong(value);
        i32[LOW] = value ? 1 : 0;
        i32[HIGH] = 0;
      };
    case "pointer":
    case "size":
    case "ssize":
    case "s64":
    case "u64":
      return wideStore(type === "size" || type === "u64" ? TWO_32 * TWO_32 : 2 ** 63, wrong);
    case "pair":
      return ({ u64 }, value) => {
        if (!Array.isArray(value)) wrong(value);
        const [first, second] = value as [bigint, bigint];
        u64[RAX] = BigInt.asUintN(64, first);
        u64[RDX] = BigInt.asUintN(64, second);
      };
    default:
      return narrowStore(Number(type.slice(1)), type.startsWith("s"), wrong);
  }
};

/** `end`: the first value beyond the type. Numbers from there on stand for the largest value. */
const wideStore =
  (end: number, wrong: (value: unknown) => never): ResultStore =>
  ({ u64, i32 }, value) => {
    if (typeof value === "bigint") u64[RAX] = value;
    else if (typeof value !== "number" || Number.isNaN(value)) wrong(value);
    else if (value < end) storeNumber(i32, value);
    else u64[RAX] = end > 2 ** 63 ? 2n ** 64n - 1n : 2n ** 63n - 1n;
  };

/** The ABI leaves upper bits open; compilers sign- or zero-extend to 32 bits, we to 64. */
const narrowStore = (bits: number, signed: boolean, wrong: (value: unknown) => never): ResultStore => {
  const shift = 32 - bits;
  return ({ i32 }, value) => {
    if (typeof value !== "number" && typeof value !== "boolean") wrong(value);
    const narrow = signed ? (Number(value) << shift) >> shift : (Number(value) << shift) >>> shift;
    i32[LOW] = narrow | 0;
    i32[HIGH] = signed ? narrow >> 31 : 0;
  };
};

export interface FailureRules {
  readonly name: string;
  readonly type: Representation | "pointer";
  readonly fails: readonly Failure[];
  readonly errPtr: boolean;
  readonly xaError: boolean;
}

const SIGNED = new Set<string>(["s8", "s16", "s32", "s64", "ssize"]);

/** RAX for a thrown Errno: -errno, NULL or ERR_PTR as the return type and `fails` say. */
export const encodeErrno = (rules: FailureRules, errno: number): bigint => {
  const minus = BigInt.asUintN(64, BigInt(-errno));
  if (rules.xaError) return BigInt.asUintN(64, BigInt(-errno * 4 + 2));
  const declared = (rules.fails as readonly string[]).includes(errnoName(errno) ?? "");
  if (rules.type === "pointer") return rules.errPtr || declared ? minus : 0n;
  if (rules.type === "bool") return 0n;
  if (SIGNED.has(rules.type) || (declared && rules.type !== "void")) return minus;
  const name = errnoName(errno) ?? errno;
  throw new KoboxError("E_STUB", `${rules.name}: threw ${name}, but its return type cannot tell the guest`);
};

/** RAX for an injected failure, which must be a declared one. Errors: KoboxError E_FAILURE. */
export const encodeFailure = (
  rules: FailureRules,
  failure: Failure,
  args: Readonly<Record<string, unknown>>,
): bigint => {
  if (!rules.fails.includes(failure)) {
    const known = rules.fails.join(", ") || "none";
    throw new KoboxError("E_FAILURE", `${rules.name} does not fail with ${failure}`, {
      hint: `declared: ${known}`,
    });
  }
  switch (failure) {
    case "NULL":
    case "FALSE":
    case "ZERO":
      return 0n;
    case "UNCOPIED":
      return BigInt.asUintN(64, BigInt((args["n"] ?? args["len"] ?? args["size"]) as bigint));
    case "DMA_ERROR":
      return 2n ** 64n - 1n;
    default:
      return encodeErrno(rules, errnoNumber(failure) ?? 0);
  }
};
