import type { Job, JobStep } from "./jobs.ts";
import type { ModuleFiles } from "./modules.ts";
import type { StepResult } from "./recording.ts";

/**
 * A booted sandbox that scenarios act on. Each call is one process of its own named "init" (an
 * oops kills only it) and reports what was logged meanwhile; it returns when the process has
 * ended, or with `stop` when it never will.
 */
export interface ScenarioSystem {
  /** finit_module of the file at `path`, parameters as they stand. */
  load(path: string, parameters: string): StepResult;
  /** The same through init_module. */
  iload(path: string, parameters: string): StepResult;
  /** Like `load`, for what is only needed first. */
  dep(path: string, parameters: string): StepResult;
  /** delete_module(name, O_NONBLOCK) */
  unload(name: string): StepResult;
  /** delete_module(name, O_NONBLOCK | O_TRUNC) */
  funload(name: string): StepResult;
  sleep(milliseconds: number): StepResult;
  /** busybox sh -c COMMAND; status and output in the result. */
  sh(command: string): StepResult;
  /** Taint word and modules still loaded. */
  end(): StepResult;
}

export interface BootOptions {
  /** Files of the root file system by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** 8: every message goes to the console. */
  readonly consoleLevel: number;
}

export type Boot = (options: BootOptions) => ScenarioSystem;

export interface JobRun {
  readonly job: Job;
  readonly results: readonly StepResult[];
  /** Modules it uses that this machine does not have. */
  readonly missing: readonly string[];
  /** Why it was not run at all. */
  readonly skipped: string | undefined;
}

const runStep = (system: ScenarioSystem, { op, arg }: JobStep): StepResult => {
  const space = arg.indexOf(" ");
  const [path, parameters] = space < 0 ? [arg, ""] : [arg.slice(0, space), arg.slice(space + 1)];
  if (op === "load" || op === "iload" || op === "dep") return system[op](path, parameters);
  if (op === "unload" || op === "funload") return system[op](arg);
  return op === "sleep" ? system.sleep(Number.parseInt(arg, 10) || 0) : system.sh(arg);
};

const filesOf = (job: Job, modules: ModuleFiles): { files: Map<string, Uint8Array>; missing: string[] } => {
  const files = new Map<string, Uint8Array>();
  const missing: string[] = [];
  for (const path of job.modules) {
    const bytes = modules.read(path);
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (bytes === undefined) missing.push(name);
    else files.set(`/m/${name}`, bytes);
  }
  return { files, missing };
};

/** The job cannot run when a step itself loads what is missing; a shell command only finds less. */
const whySkipped = (job: Job, missing: readonly string[]): string | undefined => {
  const needed = missing.find((name) =>
    job.steps.some(({ op, arg }) => op !== "sh" && (arg === `/m/${name}` || arg.startsWith(`/m/${name} `))),
  );
  return needed === undefined
    ? undefined
    : `${needed} comes from Debian's kernel image package, which is not installed (KOBOX_KERNEL_MODULES names its kernel/ folder)`;
};

/** Boots a sandbox for the job and does its steps, then `end`; stops where the sandbox stops. */
export const runJob = (job: Job, boot: Boot, modules: ModuleFiles): JobRun => {
  const { files, missing } = filesOf(job, modules);
  const skipped = whySkipped(job, missing);
  if (skipped !== undefined) return { job, results: [], missing, skipped };
  const system = boot({ files, consoleLevel: job.fresh ? 8 : 1 });
  const results: StepResult[] = [];
  for (const step of job.steps) {
    const result = runStep(system, step);
    results.push(result);
    if (result.stop !== undefined) return { job, results, missing, skipped };
  }
  results.push(system.end());
  return { job, results, missing, skipped };
};
