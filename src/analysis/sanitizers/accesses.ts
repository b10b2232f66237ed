/** Functions that read and write memory for the guest: their accesses are checked at the call. */
import type { Address } from "../../base/address.ts";
import { GuestFault } from "../../base/errors.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { ArgumentRecord } from "../../stub/bind.ts";

export interface Access {
  readonly kind: "read" | "write";
  readonly address: Address;
  readonly size: number;
}

type Size = string | ((k: Kernel, args: ArgumentRecord) => number);
type Rule = readonly [kind: Access["kind"], argument: string, size: Size];

const number = (value: unknown): number => (typeof value === "bigint" ? Number(value) : (value as number));

/** Longest text that is looked through. */
const LONGEST = 1 << 20;

const textLength = (k: Kernel, address: Address, limit = LONGEST): number => {
  try {
    return k.memory.cstring(address, limit).length;
  } catch (error) {
    if (error instanceof GuestFault) return 0;
    throw error;
  }
};

/** Bytes of the text in that argument, NUL included. */
const text =
  (name: string): Size =>
  (k, args) =>
    textLength(k, number(args[name])) + 1;

const boundedText =
  (name: string, limit: string): Size =>
  (k, args) => {
    const most = Math.min(number(args[limit]), LONGEST);
    return Math.min(textLength(k, number(args[name]), most) + 1, most);
  };

const copy: readonly Rule[] = [
  ["read", "from", "len"],
  ["write", "to", "len"],
];
const copiedText: readonly Rule[] = [
  ["read", "q", text("q")],
  ["write", "p", text("q")],
];

const read = (argument: string, size: Size): readonly Rule[] => [["read", argument, size]];
const write = (argument: string, size: Size): readonly Rule[] => [["write", argument, size]];

/** By the stub's own name: aliases come along. */
const RULES: Readonly<Record<string, readonly Rule[]>> = {
  memcpy: copy,
  memmove: copy,
  memset: write("s", "n"),
  memcmp: [
    ["read", "p", "size"],
    ["read", "q", "size"],
  ],
  bcmp: [
    ["read", "a", "len"],
    ["read", "b", "len"],
  ],
  _copy_from_user: write("to", "n"),
  _copy_to_user: read("from", "n"),
  memcpy_fromio: write("to", "n"),
  memcpy_toio: read("from", "n"),
  get_random_bytes: write("buf", "len"),
  crc32_le: read("p", "len"),
  crc32_be: read("p", "len"),
  __crc32c_le: read("p", "len"),
  seq_write: read("data", "len"),
  strlen: read("s", text("s")),
  strcpy: copiedText,
  stpcpy: [
    ["read", "src", text("src")],
    ["write", "dest", text("src")],
  ],
  strscpy: write("p", boundedText("q", "size")),
  strscpy_pad: write("dest", "count"),
  strlcpy: write("p", boundedText("q", "size")),
  strncpy: write("p", "size"),
  kstrdup: read("s", text("s")),
  kmemdup: read("p", "size"),
};

/** What a call of `name` is going to access; empty for functions that are not checked. */
export const accessesOf = (k: Kernel, name: string, args: ArgumentRecord): readonly Access[] =>
  (RULES[name] ?? []).flatMap(([kind, argument, size]) => {
    const address = args[argument];
    const length = typeof size === "string" ? number(args[size]) : size(k, args);
    return typeof address === "number" && length > 0 ? [{ kind, address, size: length }] : [];
  });

/** Functions that return the length of the text they wrote at `buf`. */
const PRINTERS = new Set(["sprintf", "vsprintf", "snprintf", "vsnprintf", "scnprintf", "vscnprintf"]);

/** What a call of `name` has written by the time it returned `result`. */
export const writtenBy = (name: string, args: ArgumentRecord, result: bigint): Access | undefined => {
  const { buf, size } = args;
  if (!PRINTERS.has(name) || typeof buf !== "number") return undefined;
  const length = Number(BigInt.asIntN(32, result)) + 1;
  const room = size === undefined ? length : number(size);
  return length <= 0 || room <= 0 ? undefined : { kind: "write", address: buf, size: Math.min(length, room) };
};
