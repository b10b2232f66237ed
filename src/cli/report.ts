import { displayText } from "../base/bytes.ts";
import type { LoadRecord } from "../kernel/modules/history.ts";
import { moduleTaintLetters } from "../kernel/oops/taint.ts";
import type { HelperCall } from "../kernel/devices/usermode.ts";
import type { Finding } from "../kernel/events.ts";
import type { StopReason } from "../kernel/kernel.ts";
import type { Sandbox } from "../sandbox.ts";
import { type ImportSupport, supportOf } from "../stub/support.ts";

/** One step of a run; the shape of the recordings of a real kernel. */
export interface ReportStep {
  readonly op: "insmod" | "sleep" | "rmmod";
  readonly arg: string;
  /** As the system call returned it. */
  readonly ret?: number;
  /** Positive; 0 for none. */
  readonly errno?: number;
  /** The signal that killed the caller. */
  readonly signal?: number;
  /** Why the file is no module the kernel takes, in kobox's words. */
  readonly reason?: string;
  /** "<level>text", one a record. */
  readonly dmesg: readonly string[];
  /** Records that became readable only because another followed. */
  readonly late: readonly string[];
}

export interface ReportModule {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly license: string;
  readonly taints: string;
  /** References others hold on it at the end; null when it is gone. */
  readonly refcount: number | null;
  readonly imports: Readonly<Record<ImportSupport, readonly string[]>>;
  readonly init: FunctionReport | null;
  readonly exit: FunctionReport | null;
}

export interface FunctionReport {
  /** Null when it returns nothing, or never returned. */
  readonly returned: number | null;
  readonly finished: boolean;
  readonly instructions: number;
  readonly calls: number;
}

/** The JSON document of `kobox run --json`; see docs/report.md. */
export interface Report {
  readonly report_version: 1;
  readonly kernel: string;
  /** "in-turn", or "random:SEED": the same again is the same run. */
  readonly schedule: string;
  readonly steps: readonly ReportStep[];
  readonly modules: readonly ReportModule[];
  readonly findings: readonly Finding[];
  /** Programs that the kernel has started, oldest first; none of them ran. */
  readonly helpers: readonly HelperCall[];
  readonly stop: StopReason | null;
}

export const helperReport = ({ path, argv, envp, wait, result }: HelperCall): HelperCall => ({
  path: displayText(path),
  argv: argv.map(displayText),
  envp: envp.map(displayText),
  wait,
  result,
});

const functionReport = (run: LoadRecord["init"]): FunctionReport | null =>
  run === undefined
    ? null
    : {
        returned: run.returned ?? null,
        finished: run.finished,
        instructions: run.instructions,
        calls: run.calls,
      };

/** Imports by how well they are served. */
export const importsBySupport = (
  sandbox: Sandbox,
  imports: readonly string[],
): Record<ImportSupport, string[]> => {
  const groups: Record<ImportSupport, string[]> = {
    full: [],
    partial: [],
    typed: [],
    module: [],
    unknown: [],
  };
  for (const name of imports) groups[supportOf(sandbox.kernel.profile, sandbox.registry, name)].push(name);
  return groups;
};

const refcountOf = ({ kernel: { modules } }: Sandbox, name: string): number | null => {
  const module = modules.list.find(name);
  return module === undefined ? null : modules.references.count(module);
};

export const moduleReport = (
  sandbox: Sandbox,
  record: LoadRecord,
  file: string,
  bytes: Uint8Array,
): ReportModule => ({
  name: record.name,
  file,
  // Only a document asks for it, and hashing needs a part of Node that takes time to load.
  get sha256() {
    return process.getBuiltinModule("node:crypto").createHash("sha256").update(bytes).digest("hex");
  },
  license: displayText(record.license),
  taints: moduleTaintLetters(record.taints),
  refcount: refcountOf(sandbox, record.name),
  imports: importsBySupport(sandbox, record.imports),
  init: functionReport(record.init),
  exit: functionReport(record.exit),
});
