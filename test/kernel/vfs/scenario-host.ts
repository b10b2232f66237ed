/** A booted sandbox for scenarios of recorded jobs. */
import { createScenarioSystem, type ProcessEnd, type ScenarioHost } from "../../../src/cli/truth/system.ts";
import { type TruthResult, runTruth } from "../../../src/cli/truth/run.ts";
import { boot } from "../../../src/sandbox.ts";

const hostOf = (kernel: ReturnType<typeof boot>["kernel"]): ScenarioHost => {
  const ended = (code: number, signal: number): ProcessEnd =>
    kernel.stopped === undefined ? { code, signal } : { code, signal, stop: kernel.stopped };
  return {
    log: kernel.log,
    run(identity, program) {
      const { task } = kernel.processes.start(identity, program);
      const how = kernel.tasks.runUntil(() => task.state === "dead");
      if (how === "idle") return { code: 0, signal: 0, stop: { kind: "deadlock", message: "idle" } };
      kernel.tasks.settle();
      return ended(task.exitCode, task.signal);
    },
    sleep(nanoseconds) {
      const { task } = kernel.processes.start({ comm: "init", argv: [] }, function* (sys) {
        yield* sys.nanosleep(nanoseconds);
        return 0;
      });
      kernel.tasks.runUntil(() => task.state === "dead");
      return ended(0, 0);
    },
    requests: () => kernel.modules.requests(),
  };
};

export const replay = (jobsPath: string, only: RegExp): TruthResult =>
  runTruth({ jobsPath, only }, (options) => createScenarioSystem(hostOf(boot().kernel), options));
