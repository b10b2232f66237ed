import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { displayText } from "../../base/bytes.ts";
import { type Around, aroundIdentity } from "../../analysis/fuzz/around.ts";
import type { Crash } from "../../analysis/fuzz/crash.ts";
import { drcovFile } from "../../analysis/fuzz/drcov.ts";
import { hitsOfBlocks, openLcov } from "../../analysis/code/lcov.ts";
import { type PoolStatus, runPool } from "../../analysis/fuzz/pool.ts";
import { type SessionIdentity, type Store, openStore } from "../../analysis/fuzz/store.ts";
import { parseTarget, targetText } from "../../analysis/fuzz/target.ts";
import type { WorkerJob } from "../../analysis/fuzz/worker.ts";
import { DEFAULT_RELEASE } from "../../profile/default-profile.ts";
import { parseSanitizers, withoutUninitialised } from "../../analysis/sanitizers/sanitizers.ts";
import { EXIT } from "../exit.ts";
import { connectWorker } from "../fuzz/link.ts";
import { createStatusLine, statusText } from "../fuzz/status.ts";
import { type ModuleFile, readModuleFile } from "../module-file.ts";
import { numberOption } from "../number-option.ts";
import { type Surroundings, readSurroundings, surroundingWords } from "../surroundings.ts";
import { colours } from "../terminal.ts";

export interface FuzzOptions extends Surroundings {
  readonly target: string;
  readonly corpus?: string;
  readonly seed: string;
  readonly sanitize: string;
  readonly jobs: string;
  readonly executions?: string;
  readonly time?: string;
  readonly kernel?: string;
  readonly memory: string;
  readonly json?: boolean;
  readonly drcov?: string;
  readonly lcov?: string;
}

const MIB = 1024 * 1024;
/** Long enough that exchanging costs nothing, short enough for a lively status line. */
const ROUND = 500;

const defaultFolder = (file: string, target: string): string =>
  `${file.replace(/\.ko(\.\w+)?$/, "")}.fuzz-${target.replaceAll(/[^\w.-]+/g, "-")}`;

interface Limits {
  readonly executions: number;
  readonly seconds: number;
}

const limitsOf = ({ executions, time }: FuzzOptions): Limits => ({
  executions: executions === undefined ? Infinity : numberOption("executions", executions, 1, 1e12),
  seconds: time === undefined ? Infinity : numberOption("time", time, 1, 1e9),
});

const jobFor =
  (module: ModuleFile, around: Around, identity: SessionIdentity, options: FuzzOptions) =>
  (worker: number, knownCrashes: readonly string[]): WorkerJob => ({
    bytes: module.bytes,
    parameters: identity.parameters,
    target: identity.target,
    kernel: options.kernel,
    ram: numberOption("memory", options.memory, 32, 3072) * MIB,
    seed: identity.seed,
    worker,
    knownCrashes,
    sanitizers: parseSanitizers(identity.sanitize),
    around,
  });

const identityOf = (
  module: ModuleFile,
  around: Around,
  target: string,
  parameters: readonly string[],
  options: FuzzOptions,
): SessionIdentity => ({
  module: createHash("sha256").update(module.bytes).digest("hex"),
  kernel: options.kernel ?? DEFAULT_RELEASE,
  target,
  parameters: parameters.join(" "),
  seed: numberOption("seed", options.seed, 0, Number.MAX_SAFE_INTEGER),
  sanitize: [...withoutUninitialised(options.sanitize, "fuzz")].join() || "none",
  ...aroundIdentity(around),
});

const connect = ({ memory, kernel }: FuzzOptions) =>
  connectWorker(
    numberOption("memory", memory, 32, 3072),
    kernel?.includes("/") === true ? [resolve(kernel)] : [],
  );

const writeCoverage = (
  { blocks }: Awaited<ReturnType<typeof runPool>>,
  module: ModuleFile,
  { drcov, lcov }: FuzzOptions,
  lcovText: ReturnType<typeof openLcov> | undefined,
): void => {
  if (drcov !== undefined) writeFileSync(drcov, drcovFile(module.bytes, module.file, blocks));
  if (lcov !== undefined) writeFileSync(lcov, lcovText?.(hitsOfBlocks(blocks)) ?? "");
};

/** The file has the devices with it, but not the firmware. */
const crashText = ({ kind, message }: Crash, replay: string, { firmware }: FuzzOptions): string => {
  const around = surroundingWords(firmware === undefined ? {} : { firmware });
  return `${colours.red(kind)}: ${displayText(message)}\n  ${[replay, ...around].join(" ")}`;
};

/** True from Ctrl-C on. */
const interruption = (): { readonly yes: boolean } => {
  const interrupted = { yes: false };
  process.once("SIGINT", () => {
    interrupted.yes = true;
  });
  return interrupted;
};

/** `kobox fuzz`: runs until a limit or Ctrl-C; what it finds is on the disk at once. */
export const fuzzCommand = async (
  path: string,
  parameters: readonly string[],
  options: FuzzOptions,
): Promise<number> => {
  const target = targetText(parseTarget(options.target));
  const limits = limitsOf(options);
  const module = await readModuleFile(path);
  const around = readSurroundings(options);
  const identity = identityOf(module, around, target, parameters, options);
  const folder = options.corpus ?? defaultFolder(module.file, target);
  const lcov = options.lcov === undefined ? undefined : openLcov(module.bytes, module.file);
  const store = openStore(folder, identity);
  const line = createStatusLine();
  if (store.progress.executions > 0) line.say(`going on with ${folder}`);
  const interrupted = interruption();
  const started = Date.now();
  const seconds = (): number => (Date.now() - started) / 1000;
  const workers = numberOption("jobs", options.jobs, 1, 256);
  const end = await runPool({
    connect: () => connect(options),
    job: jobFor(module, around, identity, options),
    workers,
    store,
    roundSize: Math.min(ROUND, Math.ceil(limits.executions / workers)),
    onProgress: (status) => line.show(statusText(status, seconds())),
    onCrash({ crash }, file) {
      if (options.json !== true) line.say(crashText(crash, `kobox run ${path} --replay ${file}`, options));
    },
    finished: ({ ownExecutions }) =>
      interrupted.yes || ownExecutions >= limits.executions || seconds() >= limits.seconds,
  });
  line.clear();
  writeCoverage(end, module, options, lcov);
  finish(end, { options, store, folder, identity, seconds: seconds() });
  return end.crashes > 0 || end.deaths > 0 ? EXIT.FOUND : EXIT.CLEAN;
};

interface Ending {
  readonly options: FuzzOptions;
  readonly store: Store;
  readonly folder: string;
  readonly identity: SessionIdentity;
  readonly seconds: number;
}

const finish = (status: PoolStatus, { options, folder, identity, seconds }: Ending): void => {
  if (options.json !== true) {
    process.stderr.write(`${statusText(status, seconds)}\n${folder}: corpus, crashes, and where to go on\n`);
    return;
  }
  const { executions, edges, corpus, deaths } = status;
  const { crashes } = openStore(folder, identity);
  const document = { report_version: 1, ...identity, folder, executions, edges, corpus, deaths, crashes };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
};
