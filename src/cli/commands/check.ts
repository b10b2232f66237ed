import { prepareCheck, check } from "../../analysis/check/check.ts";
import { parseSpec } from "../../analysis/check/spec.ts";
import { errnoName } from "../../base/errno.ts";
import { KoboxError } from "../../base/errors.ts";
import { boot } from "../../sandbox.ts";
import { formatCheck, isBad } from "../check/table.ts";
import { createProgress } from "../check/progress.ts";
import { EXIT } from "../exit.ts";
import { numberOption } from "../number-option.ts";
import { readModuleFile } from "../module-file.ts";

export interface CheckCommandOptions {
  readonly kernel?: string;
  readonly memory: string;
  readonly scope: string;
  readonly pairs: string;
  readonly fail?: readonly string[];
  readonly json?: boolean;
}

const MIB = 1024 * 1024;

/** Runs the module once for each way each of its calls can fail. */
export const checkCommand = async (
  path: string,
  parameters: readonly string[],
  options: CheckCommandOptions,
): Promise<number> => {
  const { scope } = options;
  if (scope !== "init" && scope !== "all")
    throw new KoboxError("usage", `--scope: ${scope} is neither "init" nor "all"`);
  const only = (options.fail ?? []).map(parseSpec);
  const file = await readModuleFile(path);
  const sandbox = boot({
    kernel: options.kernel,
    ram: numberOption("memory", options.memory, 32, 3072) * MIB,
  });
  const text = parameters.join(" ");
  const prepared = prepareCheck(sandbox, { bytes: file.bytes, parameters: text });
  if (!("bench" in prepared)) {
    const errno =
      prepared.kind === "returned" ? (errnoName(-prepared.value) ?? prepared.value) : prepared.kind;
    throw new KoboxError("no-module", `${path}: the kernel does not take it: ${errno}`, {
      hint: "kobox run shows why",
    });
  }
  const progress = createProgress();
  const result = check(prepared.bench, prepared.armed, {
    bytes: file.bytes,
    parameters: text,
    scope,
    pairs: numberOption("pairs", options.pairs, 0, 1e6),
    only,
    progress: progress.update,
  });
  progress.end();
  sandbox.close();
  process.stdout.write(`${formatCheck(result, ["kobox run", path, ...parameters].join(" "))}\n`);
  const bad = isBad(result.clean.judgement) || result.cases.some(({ judgement }) => isBad(judgement));
  return bad ? EXIT.FOUND : EXIT.CLEAN;
};
