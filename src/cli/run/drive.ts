import { displayText } from "../../base/bytes.ts";
import { Errno } from "../../base/errors.ts";
import type { Limits } from "../../kernel/limits.ts";
import type { LogRecord } from "../../kernel/log/record.ts";
import type { LoadRecord } from "../../kernel/modules/history.ts";
import { refusalReason } from "../../kernel/modules/reason.ts";
import type { StopReason } from "../../kernel/kernel.ts";
import type { Routine } from "../../kernel/routine.ts";
import { O_NONBLOCK, type UserSystem } from "../../kernel/user.ts";
import { type ProcessEnd, type Sandbox, boot } from "../../sandbox.ts";
import type { UnknownPolicy } from "../../stub/unknown.ts";
import { auditModule, auditReferences } from "../../analysis/ledger/audit.ts";
import { createInjector } from "../../analysis/check/injector.ts";
import { type FailSpec, validateSpec } from "../../analysis/check/spec.ts";
import { createSourceLines, withSource } from "../../analysis/source-lines.ts";
import { openLedger } from "../../analysis/ledger/ledger.ts";
import { watchHeap } from "../../analysis/sanitizers/heap.ts";
import type { Sanitizer } from "../../analysis/sanitizers/sanitizers.ts";
import type { ModuleFile } from "../module-file.ts";
import { type Report, type ReportStep, helperReport, moduleReport } from "../report.ts";
import { createReporter } from "../reporter.ts";
import { type Surroundings, surround } from "../surroundings.ts";

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

/** A run as plain data: it can be sent to another process. */
export interface RunJob {
  readonly kernel: string | undefined;
  readonly seed: number;
  /** Bytes. */
  readonly ram: number;
  readonly unknown: UnknownPolicy;
  readonly schedule: string | undefined;
  readonly limits: Partial<Limits>;
  readonly sanitizers: ReadonlySet<Sanitizer>;
  readonly surroundings: Surroundings;
  readonly first: readonly ModuleFile[];
  readonly module: ModuleFile;
  readonly parameters: string;
  readonly settle: number;
  readonly rmmod: boolean;
  /** Calls of its init to fail. */
  readonly fail: readonly FailSpec[];
}

/** Who watches a run. */
export interface RunWatch {
  /** Told about each log record once it can be read. */
  readonly onRecord?: ((record: LogRecord) => void) | undefined;
  /** A step begins; the report of all before it. */
  readonly onStep?: (step: Pick<ReportStep, "op" | "arg">, before: Report) => void;
}

/**
 * Boots a kernel and does what the job says. Errors: KoboxError for what the job asks and cannot be had.
 * The process ends with the job: the kernel is not taken down first.
 */
export const runJob = (job: RunJob, watch: RunWatch): Report => {
  const { kernel, seed, ram, unknown, schedule, limits } = job;
  const { onRecord } = watch;
  const sandbox = boot({
    kernel,
    seed: BigInt(seed),
    ram,
    unknown,
    schedule,
    limits,
    checks: job.sanitizers.has("heap"),
    onRecord,
  });
  surround(sandbox, job.surroundings);
  return drive(sandbox, job, watch);
};

/** Notes steps and modules for the report. */
const createNotes = (sandbox: Sandbox, { onStep }: RunWatch) => {
  const { kernel } = sandbox;
  const log = createReporter(kernel.log);
  const steps: ReportStep[] = [];
  const loads: { readonly record: LoadRecord; readonly file: ModuleFile }[] = [];
  const state: { stop: StopReason | undefined } = { stop: undefined };
  const report = (): Report => ({
    report_version: 1,
    kernel: kernel.profile.release,
    schedule: kernel.schedule.policy,
    steps: [...steps],
    modules: loads.map(({ record, file }) => moduleReport(sandbox, record, file.file, file.bytes)),
    findings: loads.reduce(
      (all, { record, file }) => {
        const lines = createSourceLines(record.name, file.bytes);
        return all.map((finding) => (finding.source === undefined ? withSource(lines, finding) : finding));
      },
      [...kernel.findings.all()],
    ),
    helpers: kernel.driverCore.usermode.calls().map(helperReport),
    stop: kernel.stopped ?? state.stop ?? null,
  });
  return {
    loads,
    report,
    stopped: () => state.stop !== undefined,
    step(op: ReportStep["op"], arg: string, act: () => Partial<ReturnType<typeof perform>>) {
      onStep?.({ op, arg }, report());
      const end = act();
      const { ret, errno, signal, reason } = end;
      state.stop ??= end.stop;
      const { dmesg, late } = log();
      const outcome = {
        ...(ret === undefined ? {} : { ret }),
        ...(errno === undefined ? {} : { errno }),
        ...(signal === undefined ? {} : { signal }),
        ...(reason === undefined ? {} : { reason }),
      };
      steps.push({ op, arg, ...outcome, dmesg: dmesg.map(displayText), late: late.map(displayText) });
      return end;
    },
  };
};

const drive = (sandbox: Sandbox, job: RunJob, watch: RunWatch): Report => {
  const { kernel } = sandbox;
  const ledger = openLedger(kernel, sandbox.binder);
  if (job.sanitizers.has("heap")) watchHeap(sandbox, ledger);
  const { step, loads, report, stopped } = createNotes(sandbox, watch);
  const load = (file: ModuleFile, parameters: string): string | undefined => {
    const before = kernel.modules.history.all().length;
    const end = step("insmod", parameters === "" ? file.file : `${file.file} ${parameters}`, () =>
      insmod(sandbox, file.bytes, parameters),
    );
    const record = kernel.modules.history.all()[before];
    if (record !== undefined) loads.push({ record, file });
    if (end.stop === undefined && end.signal === undefined) {
      if (record !== undefined && end.ret !== 0) auditModule(kernel, ledger, record.name, "failed-init");
    }
    return end.stop !== undefined || end.ret !== 0 ? undefined : record?.name;
  };
  const remove = (name: string): void => {
    const end = step("rmmod", name, () =>
      perform(sandbox, "rmmod", function* (sys) {
        yield* sys.deleteModule(name, O_NONBLOCK);
        return 0;
      }),
    );
    if (end.stop !== undefined || end.signal !== undefined) return;
    if (end.ret === 0) auditModule(kernel, ledger, name, "exit");
    else auditReferences(kernel, ledger, name);
  };
  const names: string[] = [];
  for (const file of job.first) {
    const name = load(file, "");
    if (name !== undefined) names.unshift(name);
  }
  if (job.fail.length > 0) failCalls(sandbox, job.fail);
  const name = load(job.module, job.parameters);
  if (name !== undefined) names.unshift(name);
  if (name !== undefined && job.settle > 0) {
    step("sleep", `${job.settle}`, () => {
      const { stop } = sandbox.sleep(job.settle * 1e6);
      return stop === undefined ? {} : { stop };
    });
  }
  for (const each of job.rmmod ? names : []) if (!stopped()) remove(each);
  return report();
};

/** Fails calls of the init of the module that is loaded next. */
const failCalls = (sandbox: Sandbox, specs: readonly FailSpec[]): void => {
  const { kernel, binder } = sandbox;
  for (const spec of specs) validateSpec(sandbox, spec);
  const before = kernel.modules.history.all().length;
  const inInit = (): boolean => {
    const init = kernel.modules.history.all()[before]?.init;
    return init !== undefined && !init.finished;
  };
  createInjector(kernel, binder).begin(specs, "init", inInit);
};
