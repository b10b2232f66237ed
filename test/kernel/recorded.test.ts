import { describe, expect, test } from "vitest";
import { hostArgs } from "../../src/abi/varargs.ts";
import { Errno } from "../../src/base/errors.ts";
import { OPTION_RESULT, getOption, getOptions } from "../../src/kernel/cmdline.ts";
import { hexLine, rowSize } from "../../src/kernel/hexdump.ts";
import {
  kstrtoSigned,
  kstrtoUnsigned,
  kstrtobool,
  memparse,
  simpleSigned,
  simpleUnsigned,
} from "../../src/kernel/number.ts";
import { matchOption, matchWildcard } from "../../src/kernel/option-pattern.ts";
import { escapeText } from "../../src/kernel/printf/escape.ts";
import { scanText } from "../../src/kernel/scanf.ts";
import { sizeText } from "../../src/kernel/size-text.ts";
import { unescapeText } from "../../src/kernel/unescape.ts";
import { readCases, readRecording } from "./printf/cases.ts";
import { createTestMemory } from "./printf/memory.ts";

type Try = Readonly<Record<string, never>>;

const hex16 = (value: bigint): string => BigInt.asUintN(64, value).toString(16).padStart(16, "0");
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const scan = ({ scan: text, fmt, out }: { scan: string; fmt: string; out: number }): string => {
  const memory = createTestMemory();
  const slots = Array.from({ length: out }, () => memory.place(new Uint8Array(64).fill(0xa5)));
  const done = scanText(text, fmt, hostArgs(slots), memory);
  return [done, ...slots.map((slot) => hex(memory.bytes(slot, 16)))].join(" ");
};

const BITS: Readonly<Record<string, number>> = { u8: 8, s8: 8, u16: 16, s16: 16, int: 32, uint: 32 };
const UNTOUCHED = 0xa5a5a5a5a5a5a5a5n;

const kstr = ({ kstr: name, text, base }: { kstr: string; text: string; base: number }): string => {
  const type = name.replace("kstrto", "");
  const bits = BITS[type] ?? 64;
  try {
    const value = (type.startsWith("u") ? kstrtoUnsigned : kstrtoSigned)(text, base, bits);
    return `0 ${hex16(((UNTOUCHED >> BigInt(bits)) << BigInt(bits)) | BigInt.asUintN(bits, value))}`;
  } catch (error) {
    return `${-(error as Errno).errno} ${hex16(UNTOUCHED)}`;
  }
};

const simple = ({ simple: name, text, base }: { simple: string; text: string; base: number }): string => {
  const { value, end } = (name.includes("strtou") ? simpleUnsigned : simpleSigned)(text, 0, base);
  return `${hex16(value)} ${end}`;
};

const boolean = (text: string): string => {
  try {
    return `0 ${Number(kstrtobool(text))}`;
  } catch (error) {
    return `${-(error as Errno).errno} 0`;
  }
};

const options = ({ options: text, room }: { options: string; room: number }): string => {
  const { writes, end } = getOptions(text, room);
  const values = Array.from({ length: 16 }, () => -1);
  for (const [index, value] of writes) values[index] = value;
  return [end, ...values.slice(0, room || 1)].join(" ");
};

const SAMPLE = Buffer.from(
  "The quick \x01\x7f\x80\xff fox\n jumps over\t16 bytes and some \\ more, to 64.\0",
  "latin1",
);

const hexline = ([length = 0, row = 0, group = 0, size = 0, ascii]: readonly number[]): string => {
  const { text, wanted } = hexLine(SAMPLE.subarray(0, length), { row, group, ascii: ascii === 1 });
  return `${text.length < size ? text.length : wanted} [${text.slice(0, Math.max(size - 1, 0))}]`;
};

const visible = (text: string): string => text.replace(/\0[^]*$/, "");

const escape = ({
  escape: source,
  size,
  flags,
  only,
}: {
  escape: string;
  size: number;
  flags: number;
  only?: string;
}): string => {
  const escaped = escapeText(Buffer.from(source, "hex").toString("latin1"), flags, only);
  return `${escaped.length} [${visible(escaped.slice(0, size))}]`;
};

const unescape = ({
  unescape: source,
  size,
  flags,
}: {
  unescape: string;
  size: number;
  flags: number;
}): string => {
  const out = unescapeText(source, size === 0 ? Infinity : size, flags);
  return `${out.length} [${hex(Buffer.from(`${out}\0`.padEnd(16, "~").slice(0, 16), "latin1"))}]`;
};

const option = (text: string): string => {
  const { kind, value = -1, end } = getOption(text, 0);
  return `${OPTION_RESULT[kind]} ${value} ${end}`;
};

/** The slots hold one before the text where nothing is stored. */
const match = ({ match: text, pattern }: { match: string; pattern: string }): string => {
  const { matched, parts } = matchOption(text, pattern);
  const slots = [0, 1, 2].map((i) => `${parts[i]?.from ?? -1}-${parts[i]?.to ?? -1}`);
  return [matched ? 1 : -1, ...slots].join(" ");
};

const answer = (entry: Try): string | undefined => {
  const any = entry as never as Record<string, never>;
  if ("scan" in any) return scan(any as never);
  if ("kstr" in any) return kstr(any as never);
  if ("simple" in any) return simple(any as never);
  if ("bool" in any) return boolean(any["bool"] as never);
  if ("memparse" in any) {
    const { value, end } = memparse(any["memparse"] as never);
    return `${hex16(value)} ${end}`;
  }
  if ("option" in any) return option(any["option"] as never);
  if ("options" in any) return options(any as never);
  if ("escape" in any) return escape(any as never);
  if ("unescape" in any) return unescape(any as never);
  if ("match" in any) return match(any as never);
  if ("wildcard" in any) return String(Number(matchWildcard(any["wildcard"] as never, any["text"] as never)));
  if ("hexline" in any) return hexline(any["hexline"] as never);
  if ("getSize" in any) {
    const [size = "", block = "", units = ""] = any["getSize"] as never as string[];
    return `[${sizeText(BigInt(size), BigInt(block), Number(units))}]`;
  }
  return undefined;
};

describe.each(["scan", "numbers", "helpers"])("%s", (name) => {
  test("every answer is the kernel's", () => {
    const { byNumber } = readRecording(name);
    const wrong = readCases(name).flatMap((entry, number) => {
      const ours = answer(entry as Try);
      const kernels = byNumber.get(number);
      return ours === undefined || ours === kernels
        ? []
        : [{ number, case: JSON.stringify(entry), ours, kernels }];
    });
    expect(wrong.slice(0, 10)).toEqual([]);
  });
});

test("print_hex_dump's lines", () => {
  const recorded = readRecording("helpers").lines.filter((line) => line.startsWith("<4>dump: "));
  const ours = readCases("helpers").flatMap((entry) => {
    const dump = (entry as { hexdump?: readonly number[] }).hexdump;
    if (dump === undefined) return [];
    const [type = 0, length = 0, row = 0, group = 0, ascii] = dump;
    const lines: string[] = [];
    for (let at = 0; at < length; at += rowSize(row)) {
      const bytes = SAMPLE.subarray(at, Math.min(at + rowSize(row), length));
      const prefix = type === 2 ? `${at.toString(16).padStart(8, "0")}: ` : "";
      lines.push(`<4>dump: ${prefix}${hexLine(bytes, { row, group, ascii: ascii === 1 }).text}`);
    }
    return lines;
  });
  expect(ours).toEqual(recorded);
});
