import pc from "picocolors";
import { displayText } from "../../base/bytes.ts";
import { errnoName, strerror } from "../../base/errno.ts";
import { Errno, KoboxError } from "../../base/errors.ts";
import { consoleText } from "../../kernel/log/print.ts";
import type { LogRecord } from "../../kernel/log/record.ts";
import type { LoadRecord } from "../../kernel/modules/history.ts";
import type { Routine } from "../../kernel/routine.ts";
import { O_NONBLOCK, type UserSystem } from "../../kernel/user.ts";
import { type Sandbox, boot } from "../../sandbox.ts";
import { auditModule, auditReferences } from "../../analysis/ledger/audit.ts";
import { openLedger } from "../../analysis/ledger/ledger.ts";
import { EXIT } from "../exit.ts";
import { type ModuleFile, readModuleFile } from "../module-file.ts";
import { type Report, type ReportStep, moduleReport } from "../report.ts";
import { createReporter } from "../reporter.ts";

export interface RunOptions {
  readonly kernel?: string;
  readonly json?: boolean;
  readonly seed: string;
  readonly schedule?: string;
  readonly settle: string;
  readonly unknown: string;
  readonly memory: string;
  readonly rmmod: boolean;
  readonly with?: readonly string[];
}

const MIB = 1024 * 1024;

/** A command-line number within limits. KoboxError "usage". */
const numberOption = (name: string, text: string, least: number, most: number): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new KoboxError("usage", `--${name}: ${text} is not a whole number from ${least} to ${most}`);
};

const LEVEL_COLOURS = [pc.red, pc.red, pc.red, pc.red, pc.yellow, pc.bold, String, pc.dim];

const showRecord = (record: LogRecord): void => {
  const colour = LEVEL_COLOURS[record.level] ?? String;
  process.stdout.write(`${colour(displayText(consoleText(record).trimEnd()))}\n`);
};

interface Syscall {
  readonly ret?: number;
  readonly errno?: number;
  readonly signal?: number;
  readonly reason?: string;
}

/** kobox's own words for an error, where it has more than the number. */
const reasonOf = ({ errno, message }: Errno): { reason?: string } =>
  message === `errno ${errno}` ? {} : { reason: message };

/** Runs one system call in a process of its own. */
const perform = (
  sandbox: Sandbox,
  comm: string,
  call: (sys: UserSystem) => Routine<number>,
): Syscall & { readonly stopped: boolean } => {
  let noted: Syscall = {};
  const end = sandbox.run({ comm, argv: [comm] }, function* (sys) {
    try {
      noted = { ret: yield* call(sys), errno: 0 };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      noted = { ret: -1, errno: error.errno, ...reasonOf(error) };
    }
    return 0;
  });
  const stopped = end.stop !== undefined;
  return { ...noted, ...(end.signal === 0 ? {} : { signal: end.signal }), stopped };
};

const insmod = (sandbox: Sandbox, bytes: Uint8Array, parameters: string): ReturnType<typeof perform> =>
  perform(sandbox, "insmod", function* (sys) {
    const fd = yield* sys.memfd("module", bytes);
    return yield* sys.finitModule(fd, parameters, 0);
  });

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
    ...(options.json === true ? {} : { onRecord: showRecord }),
  });
  const report = drive(sandbox, {
    first,
    module,
    parameters: parameters.join(" "),
    settle,
    rmmod: options.rmmod,
  });
  if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else summarise(report);
  sandbox.close();
  return failed(report) ? EXIT.FOUND : EXIT.CLEAN;
};

interface Plan {
  readonly first: readonly ModuleFile[];
  readonly module: ModuleFile;
  readonly parameters: string;
  readonly settle: number;
  readonly rmmod: boolean;
}

const drive = (sandbox: Sandbox, plan: Plan): Report => {
  const { kernel } = sandbox;
  const ledger = openLedger(kernel, sandbox.binder);
  const log = createReporter(kernel.log);
  const steps: ReportStep[] = [];
  const loads: { readonly record: LoadRecord; readonly file: ModuleFile }[] = [];
  const note = (op: ReportStep["op"], arg: string, { ret, errno, signal }: Syscall): void => {
    const { dmesg, late } = log();
    const end = {
      ...(ret === undefined ? {} : { ret }),
      ...(errno === undefined ? {} : { errno }),
      ...(signal === undefined ? {} : { signal }),
    };
    steps.push({ op, arg, ...end, dmesg: dmesg.map(displayText), late: late.map(displayText) });
  };
  const load = (file: ModuleFile, parameters: string): string | undefined => {
    const before = kernel.modules.history.all().length;
    const end = insmod(sandbox, file.bytes, parameters);
    note("insmod", parameters === "" ? file.file : `${file.file} ${parameters}`, end);
    const record = kernel.modules.history.all()[before];
    if (record !== undefined) loads.push({ record, file });
    if (!end.stopped && end.signal === undefined) {
      if (record !== undefined && end.ret !== 0) auditModule(kernel, ledger, record.name, "failed-init");
    }
    return end.stopped || end.ret !== 0 ? undefined : record?.name;
  };
  const names: string[] = [];
  for (const file of plan.first) {
    const name = load(file, "");
    if (name !== undefined) names.unshift(name);
  }
  const name = load(plan.module, plan.parameters);
  if (name !== undefined && plan.settle > 0) {
    sandbox.sleep(plan.settle * 1e6);
    note("sleep", `${plan.settle}`, {});
  }
  if (plan.rmmod) {
    for (const each of name === undefined ? names : [name, ...names]) {
      if (kernel.stopped !== undefined) break;
      const end = perform(sandbox, "rmmod", function* (sys) {
        yield* sys.deleteModule(each, O_NONBLOCK);
        return 0;
      });
      note("rmmod", each, end);
      if (end.stopped || end.signal !== undefined) continue;
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
    findings: kernel.findings.all(),
    stop: kernel.stopped ?? hang(steps),
  };
};

/** A system call that never came back, though the kernel itself goes on. */
const hang = (steps: readonly ReportStep[]): Report["stop"] => {
  const step = steps.find(
    ({ op, ret, signal }) => op !== "sleep" && ret === undefined && signal === undefined,
  );
  return step === undefined ? null : { kind: "hang", message: `${step.op} ${step.arg} never returns` };
};

const failed = ({ steps, findings, stop }: Report): boolean =>
  stop !== null ||
  steps.some(({ ret = 0, signal = 0 }) => ret !== 0 || signal !== 0) ||
  findings.some(({ severity }) => severity !== "note");

const outcome = ({ ret, errno = 0, signal, reason }: ReportStep): string => {
  if (signal !== undefined) return `killed by signal ${signal}`;
  if (ret === undefined) return "never returned";
  return errno === 0
    ? "ok"
    : `${errnoName(errno) ?? errno} (${strerror(errno)})${reason === undefined ? "" : `: ${reason}`}`;
};

const SHOWN_FINDINGS = 20;

/** What the log does not tell: results, work, findings. On standard error, so that a pipe gets the log alone. */
const summarise = (report: Report): void => {
  const { steps, modules, findings, stop } = report;
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  for (const step of steps.filter(({ op }) => op !== "sleep"))
    say(`${step.op} ${step.arg}: ${outcome(step)}`);
  for (const { name, init, exit } of modules) {
    if (init !== null) {
      say(
        `${name}: init returned ${init.returned ?? "nothing"} after ${init.instructions} instructions, ${init.calls} calls`,
      );
    }
    if (exit !== null && !exit.finished) say(`${name}: exit did not return`);
  }
  const shown = findings.filter(({ severity }) => severity !== "note");
  for (const { kind, message, where } of shown.slice(0, SHOWN_FINDINGS)) {
    const place = where === undefined || message.includes(where) ? "" : ` at ${where}`;
    say(`${pc.red("finding")} ${kind}: ${displayText(message + place)}`);
  }
  if (shown.length > SHOWN_FINDINGS) say(`and ${shown.length - SHOWN_FINDINGS} more findings`);
  const guesses = findings.filter(({ kind }) => kind === "guessed-call");
  if (guesses.length > 0) {
    const names = [...new Set(guesses.map(({ message }) => message.split(" ")[0] ?? ""))];
    say(
      `guessed: ${names.slice(0, 8).join(", ")}${names.length > 8 ? `, and ${names.length - 8} more` : ""}`,
    );
  }
  if (stop !== null) say(`stopped: ${stop.kind}: ${displayText(stop.message)}`);
  if (report.schedule !== "in-turn" && failed(report))
    say(`schedule: ${report.schedule} (the same again: --schedule=${report.schedule})`);
};
