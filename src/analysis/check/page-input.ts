import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Module } from "../../kernel/modules/module.ts";
import type { CodeCoverage } from "../code/coverage.ts";
import type { Disassembler } from "../code/disassemble.ts";
import { type CodeFunction, readFunctions } from "../code/functions.ts";
import { type ListingSources, listFunction } from "../code/listing.ts";
import { createNamer } from "../code/names.ts";
import type { CodeSection } from "../fuzz/module-image.ts";
import { instructionAt } from "../../loader/instruction-length.ts";
import type { SourceLines } from "../source-lines.ts";
import type { CheckResult } from "./check.ts";
import type { CallSite, PageInput } from "./html/model.ts";
import type { ParameterCase } from "./parameters.ts";
import { coverageOf, recordsOf } from "./records.ts";
import type { CheckReport } from "./report.ts";

/** A module as it stood before its init, and what its file tells. */
export interface PageSubject {
  readonly module: Module;
  readonly bytes: Uint8Array;
  readonly code: readonly CodeSection[];
  readonly lines: SourceLines;
}

/** More is more than anybody reads. */
const MOST_INSTRUCTION_BYTES = 1 << 17;

interface Placed {
  readonly wanted: CodeFunction;
  readonly address: number;
}

const placed = ({ bytes, code }: PageSubject): Placed[] =>
  readFunctions(bytes).flatMap((wanted) => {
    const section = code.find(({ name }) => name === wanted.section);
    return section === undefined ? [] : [{ wanted, address: section.address + wanted.offset }];
  });

/** Init first, then exit, then the others as they lie. */
const rank = ({ address }: Placed, { initFunction, exitFunction }: Module): number =>
  address === initFunction ? 0 : address === exitFunction ? 1 : 2;

const entered = ({ wanted, address }: Placed, coverage: CodeCoverage): boolean => {
  for (let at = 0; at < wanted.size; at += 1) if (coverage.firstRun(address + at) !== undefined) return true;
  return false;
};

/** Where the calls that can fail return to in the module's own code. */
const sitesOf = ({ calls }: CheckResult, name: ByteString): CallSite[] =>
  calls.flatMap(({ stack }, call) => {
    const frame = stack.find(({ module }) => module?.name === name);
    return frame === undefined ? [] : [{ address: frame.address, call }];
  });

const within = (all: readonly Placed[]): Placed[] => {
  let bytes = 0;
  return all.filter(({ wanted }) => (bytes += wanted.size) <= MOST_INSTRUCTION_BYTES);
};

const countInstructions = ({ section, offset, size }: CodeFunction, code: readonly CodeSection[]): number => {
  const { bytes } = code.find(({ name }) => name === section) ?? { bytes: new Uint8Array(0) };
  let count = 0;
  for (let at = offset; at < Math.min(offset + size, bytes.length); count += 1)
    at += instructionAt(bytes, at)?.length ?? 1;
  return count;
};

/** All runs of a check, and what the report makes of them. */
export interface PageRuns {
  readonly result: CheckResult;
  readonly edges: readonly ParameterCase[];
  readonly report: CheckReport;
}

/** What the page shows of a check. The sandbox stands at the moment before init again. */
export const pageInput = (
  k: Kernel,
  subject: PageSubject,
  disassembler: Disassembler,
  { result, edges, report }: PageRuns,
): PageInput => {
  const { module, code, lines } = subject;
  const records = recordsOf(result, edges);
  const coverage = coverageOf(code, records);
  const sources: ListingSources = {
    code,
    disassembler,
    coverage,
    name: createNamer(k, module),
    lineAt: (section, offset) => lines.at(section, offset),
  };
  const all = placed(subject).sort((a, b) => rank(a, module) - rank(b, module));
  const shown = within(all.filter((each) => rank(each, module) < 2 || entered(each, coverage)));
  return {
    report,
    records,
    code: shown.flatMap(({ wanted }) => listFunction(wanted, sources) ?? []),
    unentered: all
      .filter((each) => !shown.includes(each))
      .map(({ wanted }) => ({
        name: wanted.name,
        instructions: countInstructions(wanted, code),
      })),
    sites: sitesOf(result, module.name),
  };
};
