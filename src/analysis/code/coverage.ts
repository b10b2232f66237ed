import type { Address } from "../../base/address.ts";
import { type CodeSection, blockSize } from "../fuzz/module-image.ts";

/** Which code ran in which of several runs. */
export interface CodeCoverage {
  /** Blocks that run number `run` executed, by their addresses; runs in ascending order. */
  add(run: number, blocks: Iterable<Address>): void;
  /** The first run that executed the instruction there. */
  firstRun(address: Address): number | undefined;
  /** How many runs did. */
  runs(address: Address): number;
}

interface Marks {
  readonly section: CodeSection;
  /** One a byte, each one more than the run's number; 0 for none. */
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  readonly count: Uint32Array;
}

const mark = ({ section, first, last, count }: Marks, address: Address, run: number): void => {
  const start = address - section.address;
  const end = start + blockSize(section.bytes, start);
  for (let at = start; at < end; at += 1) {
    if (first[at] === 0) first[at] = run + 1;
    if (last[at] === run + 1) continue;
    last[at] = run + 1;
    count[at] = (count[at] ?? 0) + 1;
  }
};

export const createCodeCoverage = (code: readonly CodeSection[]): CodeCoverage => {
  const all: readonly Marks[] = code.map((section) => ({
    section,
    first: new Uint32Array(section.bytes.length),
    last: new Uint32Array(section.bytes.length),
    count: new Uint32Array(section.bytes.length),
  }));
  const marksAt = (address: Address): Marks | undefined =>
    all.find(({ section }) => address >= section.address && address < section.address + section.bytes.length);
  return {
    add(run, blocks) {
      for (const address of blocks) {
        const marks = marksAt(address);
        if (marks !== undefined) mark(marks, address, run);
      }
    },
    firstRun(address) {
      const marks = marksAt(address);
      const run = marks?.first[address - marks.section.address] ?? 0;
      return run === 0 ? undefined : run - 1;
    },
    runs(address) {
      const marks = marksAt(address);
      return marks?.count[address - marks.section.address] ?? 0;
    },
  };
};
