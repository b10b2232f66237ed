import { representationOf } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { toAddress } from "../../base/address.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { ArgumentRecord, BoundStub } from "../../stub/bind.ts";
import { LOCKS } from "./kinds.ts";
import type { ResourceKey } from "../../stub/declare.ts";

interface Part {
  readonly kind: string;
  readonly key: ResourceKey;
}

/** What a call of a stub means for the ledger. */
export interface Plan {
  readonly acquires: readonly Part[];
  readonly releases: readonly Part[];
  /** What it acquires even where it fails. */
  readonly kept: readonly Part[];
  /** It may fail, and then has released nothing: known only afterwards. */
  readonly late: boolean;
  /** Whether that result tells of success. */
  succeeded(rax: bigint): boolean;
}

const parts = (resources: Readonly<Record<string, ResourceKey>> | undefined): Part[] =>
  Object.entries(resources ?? {}).flatMap(([kind, key]) => (LOCKS.has(kind) ? [] : [{ kind, key }]));

const FIRST_ERROR = 2n ** 64n - 4095n;
const ALL_ONES = 2n ** 64n - 1n;
const UNSIGNED = new Set<string>(["u8", "u16", "u32", "u64", "size"]);

const successOf = ({ stub, prototype }: BoundStub): Plan["succeeded"] => {
  const type = representationOf(prototype.result);
  const { fails } = stub;
  // What never fails has done what it does whatever it answers: NULL is the end of a walk.
  if (type === "void" || fails.length === 0) return () => true;
  if (type === "pointer") return (rax) => rax !== 0n && rax < FIRST_ERROR;
  if (type === "bool") return fails.includes("FALSE") ? (rax) => (rax & 0xffn) !== 0n : () => true;
  if (fails.includes("ZERO")) return (rax) => BigInt.asUintN(type.endsWith("32") ? 32 : 64, rax) !== 0n;
  if (fails.includes("DMA_ERROR")) return (rax) => rax !== ALL_ONES;
  if (UNSIGNED.has(type)) return () => true;
  const bits = type === "s64" || type === "ssize" ? 64 : 32;
  return (rax) => BigInt.asIntN(bits, rax) >= 0n;
};

/** Undefined for a stub that neither takes nor gives. */
export const planOf = (bound: BoundStub): Plan | undefined => {
  const acquires = parts(bound.stub.acquires);
  const releases = parts(bound.stub.releases);
  if (acquires.length === 0 && releases.length === 0) return undefined;
  const late = bound.stub.fails.length > 0 || acquires.length > 0;
  const kept = acquires.filter(({ kind }) => bound.stub.keeps?.includes(kind));
  return { acquires, releases, kept, late, succeeded: successOf(bound) };
};

/** The keys that a part of a plan names in a call. */
export const keysOf = (k: Kernel, { key }: Part, args: ArgumentRecord, rax: bigint): readonly Address[] => {
  if (typeof key === "function") {
    const answer = (
      key as (k: Kernel, args: ArgumentRecord, result: number) => Address | readonly Address[] | undefined
    )(k, args, toAddress(rax));
    return answer === undefined ? [] : typeof answer === "number" ? [answer] : answer;
  }
  if (key === "current") return [k.current.taskStruct];
  const value = key === "return" ? rax : args[key];
  if (typeof value === "bigint") return [toAddress(BigInt.asIntN(64, value))];
  return typeof value === "number" ? [value] : [];
};
