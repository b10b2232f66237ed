import { displayText } from "../../base/bytes.ts";
import { Errno, KoboxError } from "../../base/errors.ts";
import type { Limits } from "../../kernel/limits.ts";
import type { LoadRecord } from "../../kernel/modules/history.ts";
import { refusalReason } from "../../kernel/modules/reason.ts";
import type { StopReason } from "../../kernel/kernel.ts";
import type { Routine } from "../../kernel/routine.ts";
import { O_NONBLOCK, type UserSystem } from "../../kernel/user.ts";
import { type ProcessEnd, type Sandbox, boot } from "../../sandbox.ts";
import { auditModule, auditReferences } from "../../analysis/ledger/audit.ts";
import { createInjector } from "../../analysis/check/injector.ts";
import { type FailSpec, parseSpec, validateSpec } from "../../analysis/check/spec.ts";
import { createSourceLines, withSource } from "../../analysis/source-lines.ts";
import { openLedger } from "../../analysis/ledger/ledger.ts";
import { EXIT } from "../exit.ts";
import { numberOption } from "../number-option.ts";
import { showRecord } from "../show-record.ts";
import { type ModuleFile, readModuleFile } from "../module-file.ts";
import { type Report, type ReportStep, helperReport, moduleReport } from "../report.ts";
import { createReporter } from "../reporter.ts";
import { type Surroundings, surround } from "../surroundings.ts";
import { summarise } from "../summary.ts";

export interface RunOptions extends Surroundings {
  readonly kernel?: string;
  readonly json?: boolean;
  readonly seed: string;
  readonly schedule?: string;
  readonly settle: string;
  readonly unknown: string;
  readonly memory: string;
  readonly rmmod: boolean;
  readonly with?: readonly string[];
  readonly maxCalls?: string;
  readonly maxInstructions?: string;
  readonly timeLimit?: string;
  readonly fail?: readonly string[];
}

const MIB = 1024 * 1024;

const limitOptions = ({ maxCalls, maxInstructions, timeLimit }: RunOptions): Partial<Limits> => ({
  ...(maxCalls === undefined ? {} : { calls: numberOption("max-calls", maxCalls, 1, 1e12) }),
  ...(maxInstructions === undefined
    ? {}
    : { instructions: numberOption("max-instructions", maxInstructions, 1, 1e15) }),
  ...(timeLimit === undefined ? {} : { seconds: numberOption("time-limit", timeLimit, 1, 1e7) }),
});

interface Syscall {
  readonly ret?: number;
  readonly errno?: number;
  readonly signal?: number;
  readonly reason?: string;
}

/** Runs one system call in a process of its own. */
const perform = (
  sandbox: Sandbox,
  comm: string,
  call: (sys: UserSystem) => Routine<number>,
  explain?: (error: Errno) => string,
): Syscall & Pick<ProcessEnd, "stop"> => {
  let noted: Syscall = {};
  const end = sandbox.run({ comm, argv: [comm] }, function* (sys) {
    try {
      noted = { ret: yield* call(sys), errno: 0 };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      noted = { ret: -1, errno: error.errno, ...(explain === undefined ? {} : { reason: explain(error) }) };
    }
    return 0;
  });
  const { signal, stop } = end;
  return { ...noted, ...(signal === 0 ? {} : { signal }), ...(stop === undefined ? {} : { stop }) };
};

const insmod = (sandbox: Sandbox, bytes: Uint8Array, parameters: string): ReturnType<typeof perform> => {
  const { log, modules } = sandbox.kernel;
  const since = { record: log.next, loads: modules.history.all().length };
  return perform(
    sandbox,
    "insmod",
    function* (sys) {
      const fd = yield* sys.memfd("module", bytes);
      return yield* sys.finitModule(fd, parameters, 0);
    },
    (error) => displayText(refusalReason(sandbox.kernel, error, since)),
  );
};

export const runCommand = async (
  path: string,
  parameters: readonly string[],
  options: RunOptions,
): Promise<number> => {
  if (options.unknown !== "guess" && options.unknown !== "stop") {
    throw new KoboxError("usage", `--unknown: ${options.unknown} is neither "guess" nor "stop"`);
  }
  const settle = numberOption("settle", options.settle, 0, 1e9);
  const first = await Promise.all((options.with ?? []).map((each) => readModuleFile(each)));
  const module = await readModuleFile(path);
  const sandbox = boot({
    kernel: options.kernel,
    seed: BigInt(numberOption("seed", options.seed, 0, Number.MAX_SAFE_INTEGER)),
    ram: numberOption("memory", options.memory, 32, 3072) * MIB,
    unknown: options.unknown,
    schedule: options.schedule,
    limits: limitOptions(options),
    ...(options.json === true ? {} : { onRecord: showRecord }),
  });
  surround(sandbox, options);
  const report = drive(sandbox, {
    first,
    module,
    parameters: parameters.join(" "),
    settle,
    rmmod: options.rmmod,
    fail: (options.fail ?? []).map(parseSpec),
  });
  if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else {
    summarise(report);
    if (report.schedule !== "in-turn" && failed(report)) sayAgain(report.schedule);
  }
  sandbox.close();
  return failed(report) ? EXIT.FOUND : EXIT.CLEAN;
};

interface Plan {
  readonly first: readonly ModuleFile[];
  readonly module: ModuleFile;
  readonly parameters: string;
  readonly settle: number;
  readonly rmmod: boolean;
  /** Calls of its init to fail. */
  readonly fail: readonly FailSpec[];
}

const drive = (sandbox: Sandbox, plan: Plan): Report => {
  const { kernel } = sandbox;
  const ledger = openLedger(kernel, sandbox.binder);
  const log = createReporter(kernel.log);
  const steps: ReportStep[] = [];
  const loads: { readonly record: LoadRecord; readonly file: ModuleFile }[] = [];
  let stop: StopReason | undefined;
  const note = (op: ReportStep["op"], arg: string, step: Partial<ReturnType<typeof perform>>): void => {
    const { ret, errno, signal, reason } = step;
    stop ??= step.stop;
    const { dmesg, late } = log();
    const end = {
      ...(ret === undefined ? {} : { ret }),
      ...(errno === undefined ? {} : { errno }),
      ...(signal === undefined ? {} : { signal }),
      ...(reason === undefined ? {} : { reason }),
    };
    steps.push({ op, arg, ...end, dmesg: dmesg.map(displayText), late: late.map(displayText) });
  };
  const load = (file: ModuleFile, parameters: string): string | undefined => {
    const before = kernel.modules.history.all().length;
    const end = insmod(sandbox, file.bytes, parameters);
    note("insmod", parameters === "" ? file.file : `${file.file} ${parameters}`, end);
    const record = kernel.modules.history.all()[before];
    if (record !== undefined) loads.push({ record, file });
    if (end.stop === undefined && end.signal === undefined) {
      if (record !== undefined && end.ret !== 0) auditModule(kernel, ledger, record.name, "failed-init");
    }
    return end.stop !== undefined || end.ret !== 0 ? undefined : record?.name;
  };
  const names: string[] = [];
  for (const file of plan.first) {
    const name = load(file, "");
    if (name !== undefined) names.unshift(name);
  }
  if (plan.fail.length > 0) failCalls(sandbox, plan.fail);
  const name = load(plan.module, plan.parameters);
  if (name !== undefined && plan.settle > 0) {
    const { stop: stuck } = sandbox.sleep(plan.settle * 1e6);
    note("sleep", `${plan.settle}`, stuck === undefined ? {} : { stop: stuck });
  }
  if (plan.rmmod) {
    for (const each of name === undefined ? names : [name, ...names]) {
      if (stop !== undefined) break;
      const end = perform(sandbox, "rmmod", function* (sys) {
        yield* sys.deleteModule(each, O_NONBLOCK);
        return 0;
      });
      note("rmmod", each, end);
      if (end.stop !== undefined || end.signal !== undefined) continue;
      if (end.ret === 0) auditModule(kernel, ledger, each, "exit");
      else auditReferences(kernel, ledger, each);
    }
  }
  return {
    report_version: 1,
    kernel: kernel.profile.release,
    schedule: kernel.schedule.policy,
    steps,
    modules: loads.map(({ record, file }) => moduleReport(sandbox, record, file.file, file.bytes)),
    findings: loads.reduce(
      (all, { record, file }) => {
        const lines = createSourceLines(record.name, file.bytes);
        return all.map((finding) => (finding.source === undefined ? withSource(lines, finding) : finding));
      },
      [...kernel.findings.all()],
    ),
    helpers: kernel.driverCore.usermode.calls().map(helperReport),
    stop: kernel.stopped ?? stop ?? null,
  };
};

/** Fails calls of the init of the module that is loaded next. */
const failCalls = ({ kernel, binder, registry }: Sandbox, specs: readonly FailSpec[]): void => {
  for (const spec of specs) validateSpec(registry, spec);
  const before = kernel.modules.history.all().length;
  const inInit = (): boolean => {
    const init = kernel.modules.history.all()[before]?.init;
    return init !== undefined && !init.finished;
  };
  createInjector(kernel, binder).begin(specs, "init", inInit);
};

const failed = ({ steps, findings, stop }: Report): boolean =>
  stop !== null ||
  steps.some(({ ret = 0, signal = 0 }) => ret !== 0 || signal !== 0) ||
  findings.some(({ severity }) => severity !== "note");

const sayAgain = (schedule: string): void =>
  void process.stderr.write(`schedule: ${schedule} (the same again: --schedule=${schedule})\n`);
