import { KoboxError } from "../../base/errors.ts";

/** One line of a job: what to do, and the rest of the line. */
export interface JobStep {
  readonly op: Operation;
  /** `/m/X.ko PARAMS`, a module's name, milliseconds, or a shell command. */
  readonly arg: string;
}

export interface Job {
  readonly name: string;
  /** A boot of its own with the console at level 8 (any flag asks for that). */
  readonly fresh: boolean;
  readonly steps: readonly JobStep[];
  /** Files that must stand under /m, as the job names them: a name, or a path from the job file. */
  readonly modules: readonly string[];
}

const OPERATIONS = ["load", "iload", "dep", "unload", "funload", "sleep", "sh"] as const;
export type Operation = (typeof OPERATIONS)[number];

const isOperation = (word: string): word is Operation => (OPERATIONS as readonly string[]).includes(word);

const split = (text: string): readonly [string, string] => {
  const at = text.search(/\s/);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at).trim()];
};

/** "dir/X.ko a=b" as it is named inside the sandbox: "/m/X.ko a=b". */
const inside = (rest: string): { name: string; arg: string } => {
  const [path, parameters] = split(rest);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return { name, arg: `/m/${name} ${parameters}`.trim() };
};

interface Draft {
  name: string;
  fresh: boolean;
  steps: JobStep[];
  modules: Set<string>;
}

const addStep = (job: Draft, op: string, rest: string): boolean => {
  if (op === "mod" || op === "load" || op === "iload" || op === "dep") {
    const { name, arg } = inside(rest);
    job.modules.add(split(rest)[0]);
    job.steps.push({ op: op === "mod" ? "load" : op, arg });
    if (op !== "mod") return true;
    job.steps.push({ op: "sleep", arg: "50" });
    job.steps.push({ op: "unload", arg: name.replace(/\.ko$/, "").replaceAll("-", "_") });
    return true;
  }
  if (!isOperation(op)) return false;
  for (const [, name] of op === "sh" ? rest.matchAll(/\/m\/([^\s;]+\.ko)/g) : []) job.modules.add(name ?? "");
  job.steps.push({ op, arg: rest });
  return true;
};

/**
 * Parses a job file: `job NAME [FLAG...]` followed by its steps, one a line; `#` starts a comment
 * line. `mod X.ko P` stands for load, 50 ms, unload. Throws KoboxError with file and line.
 */
export const parseJobs = (text: string, path = "jobs"): readonly Job[] => {
  const jobs: Draft[] = [];
  text.split("\n").forEach((raw, index) => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) return;
    const [op, rest] = split(line);
    if (op === "job") {
      const [name = "", ...flags] = rest.split(/\s+/);
      jobs.push({ name, fresh: flags.length > 0, steps: [], modules: new Set() });
      return;
    }
    const job = jobs.at(-1);
    if (job === undefined || !addStep(job, op, rest)) {
      const what = job === undefined ? "a step before the first job" : `unknown step "${op}"`;
      throw new KoboxError("bad-jobs", `${path}:${index + 1}: ${what}`);
    }
  });
  return jobs.map((job) => ({ ...job, modules: [...job.modules] }));
};
