import { writeFileSync } from "node:fs";
import type { CheckResult } from "../../analysis/check/check.ts";
import type { Bench } from "../../analysis/check/life.ts";
import { createRecorder } from "../../analysis/check/recorder.ts";
import type { CheckReport } from "../../analysis/check/report.ts";
import { type CodeSection, readCode } from "../../analysis/fuzz/module-image.ts";
import type { SourceLines } from "../../analysis/source-lines.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Module } from "../../kernel/modules/module.ts";

/** Files that are written besides the report, where they go. */
export interface Artifacts {
  readonly html?: string;
}

/** A bench that keeps more of each run than the report needs. */
export interface Recording {
  readonly bench: Bench;
  readonly module: Module;
  readonly code: readonly CodeSection[];
}

/** A recording where one of the files wants it; the module stands before its init. */
export const beginRecording = (bench: Bench, module: Module, { html }: Artifacts): Recording | undefined => {
  if (html === undefined) return undefined;
  const { kernel } = bench.sandbox;
  const code = readCode(kernel, module);
  return {
    bench: { ...bench, recorder: createRecorder(kernel, bench.ledger, module.name, code) },
    module,
    code,
  };
};

export interface Checked {
  readonly result: CheckResult;
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
  const { result, report, bytes, lines } = checked;
  const disassembler = await openDisassembler();
  const input = pageInput(k, { module, code, bytes, lines }, disassembler, result, report);
  disassembler.close();
  return checkPage(input);
};

/** Writes the files; the sandbox must still be open. */
export const writeArtifacts = async (
  k: Kernel,
  recording: Recording | undefined,
  checked: Checked,
  { html }: Artifacts,
): Promise<void> => {
  if (recording === undefined) return;
  if (html !== undefined) writeFileSync(html, await pageOf(k, recording, checked));
};
