import { expect, test } from "vitest";
import { parseJobs } from "../../../src/cli/truth/jobs.ts";
import { runJob } from "../../../src/cli/truth/scenario.ts";
import { createScenarioSystem, type ScenarioHost } from "../../../src/cli/truth/system.ts";
import { fakeScenarioHost } from "../../support/fake-user/hosts.ts";
import { installModules } from "../../support/fake-user/modules.ts";
import { createWorld, putFile } from "../../support/fake-user-system.ts";

type Record = ReturnType<ScenarioHost["log"]["since"]>[number];
const record = (seq: number, text: string): Record => ({
  seq,
  facility: 0,
  level: 6,
  text,
  timestamp: 0,
  caller: 0,
  newline: true,
  cont: false,
  device: undefined,
});

/** A log whose last record may be open. */
const fakeLog = () => {
  const records: Record[] = [];
  let open: Record | undefined;
  const log: ScenarioHost["log"] = {
    get next() {
      return records.length;
    },
    since: (seq) => records.slice(seq),
    open: () => open,
    closeOpen: () => {
      if (open !== undefined) records.push(open);
      open = undefined;
    },
    consoleLevel: 7,
  };
  return {
    log,
    add: (text: string) => void records.push(record(records.length, text)),
    leaveOpen: (text: string) => {
      open = record(records.length, text);
    },
  };
};

test("steps are reported as the recordings report them", () => {
  const world = createWorld();
  const { log, add, leaveOpen } = fakeLog();
  installModules(world, {
    m: { fails: (parameters) => (parameters === "bad" ? 22 : 0) },
  });
  putFile(world, "/tmp/log", {
    write: (bytes) => {
      add("written");
      return bytes.length;
    },
  });
  const [job] = parseJobs(
    "job j fresh\nload m.ko bad\nload m.ko x=1\niload m.ko\nsh cd /tmp; echo x > log; cat nosuch; exit 3\nsleep 50\nsh kill -9 $$\nfunload m\nload m.ko\n",
  );
  if (job === undefined) throw new Error("no job");
  const boot = (options: Parameters<typeof createScenarioSystem>[1]) => {
    const system = createScenarioSystem(fakeScenarioHost(world, log), options);
    expect(log.consoleLevel).toBe(8);
    leaveOpen("open");
    return system;
  };
  const { results } = runJob(job, boot, { read: () => Buffer.from("m") });
  expect(results).toEqual([
    { ret: -1, errno: 22, dmesg: [], late: ["<6>open"] },
    { ret: 0, errno: 0, dmesg: [], late: [] },
    { ret: -1, errno: 17, dmesg: [], late: [] },
    {
      status: 3,
      out: "cat: can't open 'nosuch': No such file or directory\n",
      dmesg: ["<6>written"],
      late: [],
    },
    { dmesg: [], late: [] },
    { status: 137, signal: 9, out: "", dmesg: [], late: [] },
    { ret: 0, errno: 0, dmesg: [], late: [] },
    { ret: 0, errno: 0, dmesg: [], late: [] },
    { tainted: 12288, left: ["m"], dmesg: [], late: [] },
  ]);
});

test("a job whose module is not here is skipped, a shell step only misses it", () => {
  const [needs, mentions] = parseJobs("job a\nload x.ko\njob b\nsh cat /m/x.ko\n");
  const files = { read: () => undefined };
  const world = createWorld();
  putFile(world, "/proc/modules", "");
  putFile(world, "/proc/sys/kernel/tainted", "0\n");
  const boot = (options: Parameters<typeof createScenarioSystem>[1]) =>
    createScenarioSystem(fakeScenarioHost(world, fakeLog().log), options);
  if (needs === undefined || mentions === undefined) throw new Error("no jobs");
  expect(runJob(needs, boot, files).skipped).toMatch(/x\.ko comes from Debian's kernel image package/);
  const run = runJob(mentions, boot, files);
  expect(run.skipped).toBeUndefined();
  expect(run.missing).toEqual(["x.ko"]);
  expect(run.results[0]).toMatchObject({
    status: 1,
    out: "cat: can't open '/m/x.ko': No such file or directory\n",
  });
});
