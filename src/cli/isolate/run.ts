import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { KoboxError } from "../../base/errors.ts";
import type { LogRecord } from "../../kernel/log/record.ts";
import { recordText } from "../../kernel/log/print.ts";
import { displayText } from "../../base/bytes.ts";
import { DEFAULT_RELEASE } from "../../profile/default-profile.ts";
import type { Report } from "../report.ts";
import type { RunJob } from "../run/drive.ts";
import type { RunEvent, StepBegin } from "./events.ts";
import { deathOf, launchIsolated, memoryFor } from "./launch.ts";

const MIB = 1024 * 1024;
/** More CPU than wall-clock time only by what several threads of Node use: for when this process is gone. */
const CPU_FACTOR = 2;

interface Heard {
  before: Report | undefined;
  begun: StepBegin | undefined;
  /** Of the step that is under way. */
  records: LogRecord[];
  last: Exclude<RunEvent, { record: LogRecord } | { begin: StepBegin }> | undefined;
}

/** What is known of a run whose process is gone. */
const deathReport = (job: RunJob, { before, begun, records }: Heard, message: string): Report => {
  const dmesg = records.map((record) => displayText(recordText(record)));
  const report = before ?? {
    report_version: 1,
    kernel: job.kernel ?? DEFAULT_RELEASE,
    schedule: job.schedule ?? "in-turn",
    steps: [],
    modules: [],
    findings: [],
    helpers: [],
    stop: null,
  };
  const steps = begun === undefined ? report.steps : [...report.steps, { ...begun, dmesg, late: [] }];
  return { ...report, steps, stop: { kind: "engine-death", message } };
};

/** Undefined for half a line: death came in the middle of it. */
const parse = (line: string): RunEvent | undefined => {
  try {
    return JSON.parse(line) as RunEvent;
  } catch {
    return undefined;
  }
};

/** Files that the job names and the process itself reads. */
const readableFor = ({ kernel, surroundings: { device = [], firmware } }: RunJob): readonly string[] => [
  ...(kernel?.includes("/") === true ? [resolve(kernel)] : []),
  ...device,
  ...(firmware === undefined ? [] : [join(firmware, "*")]),
];

/** The end of a run that told all it had to tell. */
const conclude = (last: NonNullable<Heard["last"]>): Report => {
  if ("report" in last) return last.report;
  if ("bug" in last) throw new Error(last.bug);
  const { code, message, hint } = last.refused;
  throw new KoboxError(code, message, hint === undefined ? {} : { hint });
};

const hear = (heard: Heard, event: RunEvent, onRecord: (record: LogRecord) => void): void => {
  if ("record" in event) {
    heard.records.push(event.record);
    onRecord(event.record);
  } else if ("begin" in event) {
    heard.records = [];
    heard.begun = event.begin;
    heard.before = event.before;
  } else heard.last = event;
};

/**
 * Runs a job in a process of its own, for at most `seconds` of real time. Its death is a report.
 * Errors: KoboxError as of `runJob`.
 */
export const runIsolated = async (
  job: RunJob,
  seconds: number,
  onRecord: (record: LogRecord) => void,
): Promise<Report> => {
  const child = launchIsolated(
    "run-worker",
    {
      memory: memoryFor(job.ram / MIB),
      cpuSeconds: seconds * CPU_FACTOR,
      readable: readableFor(job),
    },
    "pipe",
  );
  const heard: Heard = { before: undefined, begun: undefined, records: [], last: undefined };
  const late = { yes: false };
  const timer = setTimeout(() => {
    late.yes = true;
    child.kill("SIGKILL");
  }, seconds * 1000);
  const closed = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("close", (code, signal) => resolve(deathOf(code, signal)));
  });
  child.send(job, () => {});
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const event = parse(line);
    if (event !== undefined) hear(heard, event, onRecord);
    if (heard.last !== undefined) child.kill("SIGKILL");
  }
  const how = await closed;
  clearTimeout(timer);
  if (heard.last !== undefined) return conclude(heard.last);
  const what = late.yes ? `was ended: it took longer than ${seconds} seconds` : how;
  return deathReport(job, heard, `the process that ran the module ${what}`);
};
