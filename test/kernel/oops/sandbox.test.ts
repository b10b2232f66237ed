/** Real modules that go wrong, in the real sandbox, against what the real kernel logged. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { asConsole, blurLog, consoleTail } from "../../../src/cli/truth/blur.ts";
import { diffLines } from "../../../src/cli/truth/diff.ts";
import { Errno } from "../../../src/base/errors.ts";
import { recordText } from "../../../src/kernel/log/print.ts";
import { O_NONBLOCK, O_TRUNC } from "../../../src/kernel/user.ts";
import { type Sandbox, boot } from "../../../src/sandbox.ts";
import { type RecordedJob, type RecordedStep, readRecording } from "./recorded.ts";

const file = (name: string): Uint8Array => readFileSync(new URL(`../../truth/${name}`, import.meta.url));

const jobs = [
  ...readRecording("dev.jsonl"),
  ...readRecording("oops/oops.jsonl"),
  ...readRecording("oops/where.jsonl"),
]
  // Half a minute of nothing but `pause`; the report is in reports-replay.test.ts.
  .filter(({ job }) => job !== "crash-loop")
  .filter(({ job }) => /^crash-|^ret-5-pos|^memleak-double|^leftover-timer|^atomic/.test(job));

interface Played {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly results: string;
  readonly expected: string;
}

const module = (name: string): Uint8Array =>
  file(/^t_(?:where|atomic)/.test(name) ? `oops/mods/${name}` : `mods/${name}`);

/** A process that loads or unloads one module, as the recorded helper does. */
const call = (sandbox: Sandbox, { op, arg = "" }: RecordedStep): string => {
  const [path = "", ...parameters] = arg.split(" ");
  const outcome = { text: "" };
  const end = sandbox.run({ comm: "init", argv: ["init"] }, function* (sys) {
    try {
      if (op === "load") {
        const fd = yield* sys.memfd("module", module(path.replace("/m/", "")));
        outcome.text = `${yield* sys.finitModule(fd, parameters.join(" "), 0)} 0`;
      } else {
        yield* sys.deleteModule(path, O_NONBLOCK | (op === "funload" ? O_TRUNC : 0));
        outcome.text = "0 0";
      }
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      outcome.text = `-1 ${error.errno}`;
    }
    return 0;
  });
  if (end.stop !== undefined) return `stop ${end.stop.kind}`;
  return end.signal === 0 ? outcome.text : `signal ${end.signal}`;
};

const wantedResult = (step: RecordedStep): string => {
  if (step.unfinished === true || step.timeout === true) return "stop";
  return step.signal === undefined ? `${step.ret} ${step.errno}` : `signal ${step.signal}`;
};

const play = ({ steps, console: shown = [] }: RecordedJob): Played => {
  const lines: string[] = [];
  const sandbox = boot({ onRecord: (record) => void lines.push(recordText(record)) });
  // The recorded helper forked for each step; it had a PID itself.
  sandbox.run({ comm: "init", argv: ["init"] }, function* () {
    return 0;
  });
  const wanted: string[] = [];
  const results: string[] = [];
  const expected: string[] = [];
  let fromConsole = false;
  let before = 0;
  for (const step of steps) {
    before = lines.length;
    if (step.op === "sleep") {
      const end = sandbox.sleep(Number(step.arg) * 1e6);
      if (end.stop === undefined) continue;
      expected.push(wantedResult(step));
      results.push("stop");
      fromConsole = true;
      break;
    }
    if (!/^f?(?:un)?load$/.test(step.op)) continue;
    expected.push(wantedResult(step));
    results.push(call(sandbox, step).replace(/^stop .*/, "stop"));
    wanted.push(...(step.dmesg ?? []));
    fromConsole = step.unfinished === true;
    if (sandbox.kernel.stopped !== undefined || expected.at(-1) === "stop") break;
  }
  sandbox.close();
  const { missing, extra } = fromConsole
    ? diffLines(blurLog(consoleTail(shown)), blurLog(asConsole(lines.slice(before))))
    : diffLines(blurLog(wanted), blurLog(lines));
  return { missing, extra, results: results.join("; "), expected: expected.join("; ") };
};

describe("t_crash in the sandbox", () => {
  it.each(jobs.map((job) => [job.job, job] as const))("%s", (_name, job) => {
    const { missing, extra, results, expected } = play(job);
    // Some ways to sleep are not there yet; what is there must be as recorded.
    const unsupported = job.job === "atomic" ? missing : [];
    expect({ missing, extra, results }).toEqual({ missing: unsupported, extra: [], results: expected });
  });
});
