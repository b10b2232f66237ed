import { type Prepared, check, prepareCheck } from "../../analysis/check/check.ts";
import { createSourceLines } from "../../analysis/source-lines.ts";
import { formatJunit } from "../../analysis/check/formats/junit.ts";
import { formatKtap } from "../../analysis/check/formats/ktap.ts";
import { formatSarif } from "../../analysis/check/formats/sarif.ts";
import { type ParameterCase, checkParameters } from "../../analysis/check/parameters.ts";
import { type CheckReport, checkReport, isBad } from "../../analysis/check/report.ts";
import { parseSanitizers } from "../../analysis/sanitizers/sanitizers.ts";
import { parseSpec, validateSpec } from "../../analysis/check/spec.ts";
import { errnoName } from "../../base/errno.ts";
import { KoboxError } from "../../base/errors.ts";
import type { Sandbox } from "../../sandbox.ts";
import { beginRecording, recorderFor, writeArtifacts } from "../check/artifacts.ts";
import { formatTable } from "../check/table.ts";
import { createProgress } from "../check/progress.ts";
import { EXIT } from "../exit.ts";
import { numberOption } from "../number-option.ts";
import { readModuleFile } from "../module-file.ts";
import { type Surroundings, bootAround, readSurroundings, surroundingWords } from "../surroundings.ts";

export interface CheckCommandOptions extends Surroundings {
  readonly kernel?: string;
  readonly memory: string;
  readonly scope: string;
  readonly pairs: string;
  readonly limit: string;
  readonly fail?: readonly string[];
  readonly json?: boolean;
  readonly format?: string;
  readonly parameters: boolean;
  readonly html?: string;
  readonly sanitize: string;
  readonly lcov?: string;
}

type Formatter = (report: CheckReport) => string;
const FORMATS: Readonly<Record<string, Formatter>> = {
  text: formatTable,
  json: (report) => JSON.stringify(report, null, 2),
  ktap: formatKtap,
  junit: formatJunit,
  sarif: formatSarif,
};

const formatterOf = ({ json, format = json === true ? "json" : "text" }: CheckCommandOptions): Formatter => {
  const formatter = FORMATS[format];
  if (formatter !== undefined) return formatter;
  throw new KoboxError("usage", `--format: ${format} is none of ${Object.keys(FORMATS).join(", ")}`);
};

const MIB = 1024 * 1024;

/** The options, read; KoboxError "usage" where they cannot be. */
const readOptions = (options: CheckCommandOptions) => {
  const { scope } = options;
  if (scope !== "init" && scope !== "all")
    throw new KoboxError("usage", `--scope: ${scope} is neither "init" nor "all"`);
  const sanitizers = parseSanitizers(options.sanitize);
  return {
    scope,
    sanitizers,
    only: (options.fail ?? []).map(parseSpec),
    limit: numberOption("limit", options.limit, 1, 1e7),
    pairs: numberOption("pairs", options.pairs, 0, 1e6),
    format: formatterOf(options),
    boot: {
      kernel: options.kernel,
      ram: numberOption("memory", options.memory, 32, 3072) * MIB,
      checks: sanitizers.has("heap"),
    },
  } as const;
};

/** The module up to its init. KoboxError "no-module" when the kernel refuses it. */
const prepare = (sandbox: Sandbox, module: Omit<LoadedModule, "name">, path: string): Prepared => {
  const prepared = prepareCheck(sandbox, module);
  if ("bench" in prepared) return prepared;
  const errno = prepared.kind === "returned" ? (errnoName(-prepared.value) ?? prepared.value) : prepared.kind;
  throw new KoboxError("no-module", `${path}: the kernel does not take it: ${errno}`, {
    hint: "kobox run shows why",
  });
};

/** Runs the module once for each way each of its calls can fail. */
export const checkCommand = async (
  path: string,
  parameters: readonly string[],
  options: CheckCommandOptions,
): Promise<number> => {
  const { scope, sanitizers, only, limit, pairs, format, boot: bootOptions } = readOptions(options);
  const file = await readModuleFile(path);
  const around = readSurroundings(options);
  const sandbox = bootAround(bootOptions, around);
  for (const spec of only) validateSpec(sandbox, spec);
  const module = { bytes: file.bytes, parameters: parameters.join(" "), sanitizers };
  const { bench, armed } = prepare(sandbox, module, path);
  const progress = createProgress();
  const recording = beginRecording(bench, armed.module, file, options);
  const settings = { ...module, scope, limit, pairs, only, progress: progress.update };
  const result = check(recording?.bench ?? bench, armed, settings);
  progress.end();
  const recorder = recording === undefined ? {} : { recorder: recorderFor(result.name) };
  const edges =
    only.length > 0 || !options.parameters
      ? []
      : parametersOf({ ...module, name: result.name, ...recorder }, bootAround(bootOptions, around));
  const lines = createSourceLines(result.name, file.bytes);
  const report = checkReport(result, edges, {
    kernel: sandbox.kernel.profile.release,
    file: file.file,
    path,
    parameters: module.parameters,
    around: surroundingWords(options),
    scope,
    injector: bench.injector,
    lines,
  });
  const made = { result, edges, report, bytes: file.bytes, lines };
  await writeArtifacts(sandbox.kernel, recording, made, options);
  sandbox.close();
  process.stdout.write(`${format(report)}\n`);
  return report.cases.some(isBad) ? EXIT.FOUND : EXIT.CLEAN;
};

type LoadedModule = Parameters<typeof checkParameters>[1];

const parametersOf = (module: LoadedModule, sandbox: Sandbox): ParameterCase[] => {
  const cases = checkParameters(sandbox, module);
  sandbox.close();
  return cases;
};
