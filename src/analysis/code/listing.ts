import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { toAddress } from "../../base/address.ts";
import type { SourceLine } from "../../kernel/events.ts";
import type { CodeSection } from "../fuzz/module-image.ts";
import type { CodeCoverage } from "./coverage.ts";
import type { Disassembler, Instruction } from "./disassemble.ts";
import type { CodeFunction } from "./functions.ts";
import type { Namer } from "./names.ts";

/** One instruction of a listing. */
export interface ListingLine {
  readonly address: Address;
  /** The instruction behind it. */
  readonly next: Address;
  /** Bytes from the function's start. */
  readonly offset: number;
  readonly mnemonic: string;
  /** With names for addresses, and a string's text for its own. */
  readonly operands: ByteString;
  /** The first run that executed it. */
  readonly firstRun: number | undefined;
  readonly source: SourceLine | undefined;
}

export interface FunctionListing {
  readonly name: ByteString;
  readonly section: ByteString;
  readonly lines: readonly ListingLine[];
}

export interface ListingSources {
  readonly code: readonly CodeSection[];
  readonly disassembler: Disassembler;
  readonly name: Namer;
  readonly coverage: CodeCoverage;
  /** The source line of "section", offset. */
  readonly lineAt: (section: ByteString, offset: number) => SourceLine | undefined;
}

const NUMBER = /(-?)(0x[0-9a-f]+|\b\d{10,}\b)(\(%rip\))?/;

/** Operands with names in place of the addresses in them. */
const nameOperands = (
  { operands, address, size }: Instruction,
  { start, end }: { readonly start: Address; readonly end: Address },
  name: Namer,
): ByteString => {
  const match = NUMBER.exec(operands);
  if (match === null) return operands;
  const [whole, sign = "", digits = "", relative = ""] = match;
  const value = BigInt(digits) * (sign === "-" ? -1n : 1n);
  const target = relative === "" ? toAddress(value) : address + size + Number(value);
  if (target >= start && target < end)
    return operands.replace(whole, () => `+0x${(target - start).toString(16)}`);
  // Small numbers are no addresses.
  const named = relative === "" && target >= 0 ? undefined : name(target);
  return named === undefined ? operands : operands.replace(whole, () => `${named}${relative}`);
};

/** What fills the room up to the next function. */
const isPadding = ({ mnemonic }: Instruction): boolean => /^(int3|nop[lw]?)$/.test(mnemonic);

export const listFunction = (
  { name, section: sectionName, offset, size }: CodeFunction,
  { code, disassembler, name: namer, coverage, lineAt }: ListingSources,
): FunctionListing | undefined => {
  const section = code.find((each) => each.name === sectionName);
  if (section === undefined || offset + size > section.bytes.length) return undefined;
  const start = section.address + offset;
  const all = disassembler.disassemble(section.bytes.subarray(offset, offset + size), start);
  while (all.length > 1 && isPadding(all.at(-1) as Instruction)) all.pop();
  const lines = all.map((instruction): ListingLine => {
    const { address, mnemonic } = instruction;
    return {
      address,
      next: address + instruction.size,
      offset: address - start,
      mnemonic,
      operands: nameOperands(instruction, { start, end: start + size }, namer),
      firstRun: coverage.firstRun(address),
      source: lineAt(sectionName, address - section.address),
    };
  });
  return { name, section: sectionName, lines };
};
