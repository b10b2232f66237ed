/** Modules that crash the engine, or never end: the run ends with a report, the log up to there is kept. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/cli/report.ts";
import { ROOT, inFolder, kobox } from "../support/command-line.ts";
import { type Schema, violations } from "../support/json-schema.ts";

const schema = JSON.parse(readFileSync(join(ROOT, "docs/report.schema.json"), "utf8")) as Schema;
const LETHAL = "test/cli/isolate/lethal.ko";
const LAST_WORDS = "<6>lethal: before";

const report = (stdout: string): Report => {
  const document = JSON.parse(stdout) as Report;
  expect(violations(schema, document)).toEqual([]);
  return document;
};
const canUnshare = ["-n", "-rn"].some((how) => spawnSync("unshare", [how, "true"]).status === 0);

describe.each([["in its process"], ["with --isolate"]])(
  "an instruction that crashes the engine, %s",
  (where) => {
    const options = where === "with --isolate" ? ["--isolate"] : [];

    it.each(["breakpoint", "lock"])("ends the run with what is known: %s", (mode) => {
      const { status, stdout, stderr } = kobox(["run", "--json", ...options, LETHAL, `mode=${mode}`]);
      const { stop, steps } = report(stdout);
      expect(status).toBe(1);
      expect(stop).toMatchObject({
        kind: "engine-death",
        message: expect.stringMatching(/SIG(SEGV|ABRT|ILL)/),
      });
      expect(steps.at(-1)).toMatchObject({ op: "insmod", dmesg: expect.arrayContaining([LAST_WORDS]) });
      expect(stderr).not.toMatch(/^\s+at /m);
    });

    it("shows the log, says why in a line", () => {
      const { status, stdout, stderr } = kobox(["run", ...options, LETHAL]);
      expect(status).toBe(1);
      expect(stdout).toContain("lethal: before");
      expect(stderr).toContain("stopped: engine-death: the CPU emulator crashed with SIGSEGV");
    });
  },
);

/** The process that runs the module, a child of `parent`. */
const childOf = (parent: number): number =>
  Number(readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ")[0]);

describe("--isolate", () => {
  it("changes nothing about a sound module", () => {
    const args = ["run", "--json", "samples/params/params.ko", "--with", "samples/hello/hello.ko"];
    expect(kobox([...args, "--isolate"])).toEqual(kobox(args));
    expect(kobox(["run", "--isolate", "samples/hello/hello.ko"])).toEqual(
      kobox(["run", "samples/hello/hello.ko"]),
    );
  });

  it("reads the devices and the firmware that it is given, wherever they are", () => {
    const device = [
      "run",
      "--json",
      "test/truth/around/mmio.ko",
      "--device=test/library/devices/t_mmio.json",
    ];
    expect(kobox([...device, "--isolate"])).toEqual(kobox(device));
    inFolder((folder) => {
      writeFileSync(join(folder, "t_fw.bin"), "blob");
      const firmware = ["run", "--json", "test/truth/around/fw.ko", "--firmware", folder];
      const { stdout } = kobox([...firmware, "--isolate"]);
      expect(stdout).toContain("some 4 blob");
      expect(stdout).toBe(kobox(firmware).stdout);
    });
  });

  it("refuses what run refuses", () => {
    const { status, stderr } = kobox(["run", "--isolate", "--kernel=7.7", "samples/hello/hello.ko"]);
    expect(status).toBe(2);
    expect(stderr).toBe(kobox(["run", "--kernel=7.7", "samples/hello/hello.ko"]).stderr);
  });

  it("ends what takes too long in real time", () => {
    const { status, stdout } = kobox(["run", "--json", "--isolate", "--real-time=2", LETHAL, "mode=slow"]);
    const { stop, steps } = report(stdout);
    expect(status).toBe(1);
    expect(stop?.kind).toBe("engine-death");
    expect(stop?.message).toContain("longer than 2 seconds");
    expect(steps.at(-1)?.dmesg).toContain(LAST_WORDS);
  });

  it("leaves the module's process little, and survives its death", async () => {
    const args = ["bin/kobox.cjs", "run", "--isolate", LETHAL, "mode=slow"];
    const parent = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, KOBOX_SECRET: "1" } });
    const said = { out: "", err: "" };
    const closed = new Promise<number | null>((resolve) => void parent.on("close", resolve));
    parent.stderr.on("data", (bytes: Buffer) => (said.err += bytes.toString()));
    await new Promise<void>((resolve) => {
      parent.stdout.on("data", (bytes: Buffer) => {
        said.out += bytes.toString();
        if (said.out.includes("lethal: before")) resolve();
      });
    });
    const child = childOf(parent.pid ?? 0);
    const about = (what: string): string => readFileSync(`/proc/${child}/${what}`, "utf8");
    expect(about("environ")).not.toContain("KOBOX_SECRET");
    expect(about("limits")).toMatch(/Max core file size +0 .*\n/);
    expect(about("limits")).toMatch(/Max file size +0 .*\n/);
    expect(about("limits")).toMatch(/Max address space +\d+ /);
    expect(about("limits")).toMatch(/Max cpu time +600 /);
    expect(about("cmdline")).toContain("permission\0--allow-addons\0--allow-fs-read=");
    if (canUnshare) expect(readlinkSync(`/proc/${child}/ns/net`)).not.toBe(readlinkSync("/proc/self/ns/net"));
    process.kill(child, "SIGKILL");
    expect(await closed).toBe(1);
    expect(said.out).toContain("lethal: before");
    expect(said.err).toContain(
      "stopped: engine-death: the process that ran the module was killed by SIGKILL",
    );
    expect(said.err).not.toMatch(/^\s+at /m);
  });
});

describe("fuzz", () => {
  it("survives what its workers do not", () => {
    inFolder((folder) => {
      const corpus = join(folder, "corpus");
      const { status, stdout, stderr } = kobox([
        "fuzz",
        "--json",
        LETHAL,
        "--executions=20",
        `--corpus=${corpus}`,
      ]);
      expect(status).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ deaths: 1, executions: 20 });
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(existsSync(corpus)).toBe(true);
    });
  });
});
