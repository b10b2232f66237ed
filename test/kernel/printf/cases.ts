import { readFileSync } from "node:fs";
import { format } from "../../../src/kernel/printf/format.ts";
import type { FormatEnv } from "../../../src/kernel/printf/env.ts";
import { createFormatEnv } from "../../../src/kernel/printf/kernel-env.ts";
import { hostArgs } from "../../../src/abi/varargs.ts";
import { openProfile } from "../../../src/profile/profile.ts";
import { type TestMemory, createTestMemory } from "./memory.ts";

const FOLDER = new URL("../../truth/printf/", import.meta.url);

/** One line of a .cases file: a list (format and arguments) or an object with a word for what it tries. */
export type Case = readonly [string, ...string[]] | Readonly<Record<string, never>>;

export const readCases = (name: string): Case[] =>
  readFileSync(new URL(`${name}.cases`, FOLDER), "latin1")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => JSON.parse(line) as Case);

interface Recording {
  readonly job: string;
  readonly steps: readonly { readonly dmesg?: readonly string[] }[];
}

/** What the kernel printed for each case, by number, and every line in order. */
export const readRecording = (name: string): { byNumber: Map<number, string>; lines: string[] } => {
  const jobs = readFileSync(new URL("printf.jsonl", FOLDER), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Recording);
  const lines = (jobs.find((job) => job.job === name)?.steps ?? []).flatMap((step) => step.dmesg ?? []);
  const byNumber = new Map<number, string>();
  for (const line of lines) {
    const match = /^<6>(\d+)(?: ([^]*))?$/.exec(line);
    if (match !== null) byNumber.set(Number(match[1]), match[2] ?? "");
  }
  return { byNumber, lines };
};

/** Everything a case needs; a fresh memory for each. */
export interface Bench {
  readonly memory: TestMemory;
  readonly env: FormatEnv;
  readonly warnings: string[];
  argument(text: string): number | bigint;
}

const profile = openProfile(
  new URL("../../../kernel-stubs/profiles/6.1.0-56-amd64.kprofile", import.meta.url).pathname,
);

const symbolize = (address: number) => {
  const symbol = profile.symbolAt(address);
  return symbol && { name: symbol.name, size: symbol.size, offset: address - symbol.address };
};

export const createBench = (): Bench => {
  const memory = createTestMemory();
  const warnings: string[] = [];
  const env = createFormatEnv({
    memory,
    profile,
    symbols: { lookup: symbolize },
    hashKey: [1n, 2n],
    warnOnce: (_site, message) => warnings.push(message),
  });
  const build = objectBuilder(memory, env);
  const argument = (text: string): number | bigint => {
    const kind = text.slice(0, text.indexOf(":"));
    const value = text.slice(kind.length + 1);
    switch (kind) {
      case "i":
        return Number(value);
      case "l":
      case "p":
        return BigInt(value);
      case "s":
        return memory.placeString(value);
      case "b":
        return memory.place(Buffer.from(value, "hex"));
      case "fn": {
        const [symbol = "", offset = "0"] = value.split("+");
        return (profile.symbol(symbol.replace("&", ""))?.address ?? 0) + Number(offset);
      }
      default:
        return build(kind, value);
    }
  };
  return { memory, env, warnings, argument };
};

const objectBuilder = (memory: TestMemory, env: FormatEnv) => {
  const place = (struct: string): number => memory.place(new Uint8Array(profile.struct(struct)?.size ?? 64));
  const set = (object: number, struct: string, member: string, value: number): void =>
    memory.setPointer(object + env.field(struct, member).offset, value);
  const dentry = (name: string, parent: number): number => {
    const made = place("dentry");
    set(made, "dentry", "d_parent", parent === 0 ? made : parent);
    const qstr = made + env.field("dentry", "d_name").offset;
    set(qstr, "qstr", "name", memory.placeString(name));
    return made;
  };
  const path = (text: string): number =>
    text
      .split("/")
      .filter((name) => name !== "")
      .reduce((parent, name) => dentry(name, parent), dentry("/", 0));
  return (kind: string, value: string): number => {
    if (kind === "dentry") return path(value);
    if (kind === "file") {
      const file = place("file");
      set(file + env.field("file", "f_path").offset, "path", "dentry", path(value));
      return file;
    }
    if (kind === "bdev") {
      const [name = "", partition = "0"] = value.split(",");
      const [bdev, disk] = [place("block_device"), place("gendisk")];
      set(bdev, "block_device", "bd_disk", disk);
      memory.setU8(bdev + env.field("block_device", "bd_partno").offset, Number(partition));
      memory.setCstring(disk + env.field("gendisk", "disk_name").offset, name);
      return bdev;
    }
    if (kind !== "clk") throw new Error(`argument ${kind}`);
    const [clk, core] = [memory.place(new Uint8Array(64)), memory.place(new Uint8Array(64))];
    memory.setPointer(clk, core);
    memory.setPointer(core, memory.placeString(value));
    return clk;
  };
};

/** What cases.h prints for a format: the length and the buffer's text. */
export const showFormat = (bench: Bench, size: number, list: readonly string[]): string => {
  const [fmt = "", ...args] = list;
  return show(bench, size, fmt, args.map(bench.argument));
};

const INT_MAX = 0x7fffffff;

const show = (bench: Bench, size: number, fmt: string, values: readonly (number | bigint)[]): string => {
  if (size > INT_MAX) return `0 [${"~".repeat(32)}]`;
  const { text, length } = format(fmt, hostArgs(values), bench.env, Math.max(size - 1, 0));
  return `${length} [${size === 0 ? "~".repeat(32) : text.replace(/\0[^]*$/, "")}]`;
};

/** The same through `%pV`, the arguments in the overflow area of a va_list. */
export const showNested = (bench: Bench, outer: string, list: readonly string[]): string => {
  const { memory, argument } = bench;
  const [fmt = "", ...args] = list;
  const area = memory.place(new Uint8Array(args.length * 8));
  args.map(argument).forEach((value, i) => memory.setU64(area + i * 8, BigInt.asUintN(64, BigInt(value))));
  const tag = memory.place(new Uint8Array(24));
  memory.setU32(tag, 48);
  memory.setPointer(tag + 8, area);
  const vaf = memory.place(new Uint8Array(16));
  memory.setPointer(vaf, memory.placeString(fmt));
  memory.setPointer(vaf + 8, tag);
  return show(bench, 900, outer, [vaf, vaf]);
};
