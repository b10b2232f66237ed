import { writeFileSync } from "node:fs";
import type { CheckResult } from "../../analysis/check/check.ts";
import type { Bench } from "../../analysis/check/life.ts";
import type { ParameterCase } from "../../analysis/check/parameters.ts";
import { coverageOf, recordsOf } from "../../analysis/check/records.ts";
import { type Recorder, createRecorder } from "../../analysis/check/recorder.ts";
import type { CheckReport } from "../../analysis/check/report.ts";
import { type LcovWriter, openLcov } from "../../analysis/code/lcov.ts";
import { type CodeSection, readCode } from "../../analysis/fuzz/module-image.ts";
import type { SourceLines } from "../../analysis/source-lines.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Module } from "../../kernel/modules/module.ts";
import type { ModuleFile } from "../module-file.ts";

/** Files that are written besides the report, where they go. */
export interface Artifacts {
  readonly html?: string;
  readonly lcov?: string;
}

/** A bench that keeps more of each run than the report needs. */
export interface Recording {
  readonly bench: Bench;
  readonly module: Module;
  readonly code: readonly CodeSection[];
  readonly lcov: LcovWriter | undefined;
}

/** Keeps what runs of another sandbox leave, without the code they reach: it lies elsewhere there. */
export const recorderFor =
  (module: ByteString) =>
  ({ sandbox, ledger }: Bench): Recorder =>
    createRecorder(sandbox.kernel, ledger, module, []);

/**
 * A recording where one of the files wants it; the module stands before its init. Errors: KoboxError "usage"
 * where the module does not have what a file is made from.
 */
export const beginRecording = (
  bench: Bench,
  module: Module,
  { bytes, file }: ModuleFile,
  { html, lcov }: Artifacts,
): Recording | undefined => {
  if (html === undefined && lcov === undefined) return undefined;
  const { kernel } = bench.sandbox;
  const code = readCode(kernel, module);
  return {
    bench: { ...bench, recorder: createRecorder(kernel, bench.ledger, module.name, code) },
    module,
    code,
    lcov: lcov === undefined ? undefined : openLcov(bytes, file),
  };
};

export interface Checked {
  readonly result: CheckResult;
  readonly edges: readonly ParameterCase[];
  readonly report: CheckReport;
  readonly bytes: Uint8Array;
  readonly lines: SourceLines;
}

const pageOf = async (k: Kernel, { module, code }: Recording, checked: Checked): Promise<string> => {
  // What most checks do not need.
  const [{ openDisassembler }, { pageInput }, { checkPage }] = await Promise.all([
    import("../../analysis/code/disassemble.ts"),
    import("../../analysis/check/page-input.ts"),
    import("../../analysis/check/html/page.ts"),
  ]);
  const { bytes, lines } = checked;
  const disassembler = await openDisassembler();
  const input = pageInput(k, { module, code, bytes, lines }, disassembler, checked);
  disassembler.close();
  return checkPage(input);
};

const linesOf = ({ code, lcov }: Recording, { result, edges }: Checked): string => {
  const coverage = coverageOf(code, recordsOf(result, edges));
  const starts = new Map(code.map(({ name, address }) => [name, address]));
  return (
    lcov?.((section, offset) => {
      const start = starts.get(section);
      return start === undefined ? 0 : coverage.runs(start + offset);
    }) ?? ""
  );
};

/** Writes the files; the sandbox must still be open. */
export const writeArtifacts = async (
  k: Kernel,
  recording: Recording | undefined,
  checked: Checked,
  { html, lcov }: Artifacts,
): Promise<void> => {
  if (recording === undefined) return;
  if (lcov !== undefined) writeFileSync(lcov, linesOf(recording, checked));
  if (html !== undefined) writeFileSync(html, await pageOf(k, recording, checked));
};
