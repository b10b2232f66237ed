import { expect, test } from "vitest";
import { readRecordings } from "../../../src/cli/truth/recording.ts";
import { installModules } from "../../support/fake-user/modules.ts";
import { createWorld, runRoutine, runShell } from "../../support/fake-user-system.ts";
import { koboxPrograms } from "../../../src/cli/shell/programs/index.ts";
import { runScript } from "../../../src/cli/shell/shell.ts";

const EINVAL = 22;
const always = (errno: number) => ({ fails: () => errno });

/** The modules of the recorded scenario, as the kernel treated them. */
const KNOWN = {
  t_hello: {},
  t_ret: { fails: (parameters: string) => Math.max(0, -Number(parameters.replace("ret=", "") || 0)) },
  t_param: { fails: (parameters: string) => (parameters === "i=abc" ? EINVAL : 0) },
  t_exp_a: {},
  t_exp_b: { uses: "t_exp_a" },
  t_noexit: { noExit: true, size: 12288 },
  bad_vermagic: always(17),
  bad_elfmag: always(8),
  bad_empty: always(EINVAL),
  bad_crc__printk: always(17),
  bad_deb_badsig: always(129),
  bad_nothis: always(8),
  bad_fakesig: always(17),
};

test("insmod, rmmod and lsmod say what kmod's and busybox's say", () => {
  const world = createWorld();
  installModules(world, KNOWN);
  const steps = readRecordings("test/truth/dev.jsonl").get("kmod-messages")?.steps ?? [];
  const scripts = steps.filter(({ op }) => op === "sh");
  expect(scripts).toHaveLength(3);
  for (const { arg = "", out, status } of scripts) {
    const result = runShell(world, arg);
    // In the real machine t_ret stayed loaded after returning 5, t_param after an unknown parameter.
    expect(result).toEqual({ out, status });
  }
});

test("busybox tries init_module after finit_module, kmod does not; O_NONBLOCK is passed", () => {
  const world = createWorld();
  const calls = installModules(world, { a: always(12), b: {} });
  runShell(
    world,
    "insmod /m/a.ko x=1 'y=two words'; /kmod/insmod /m/a.ko; insmod /m/b.ko; rmmod b; rmmod -f b",
  );
  expect(calls).toEqual([
    'finit_module a x=1 y="two words"',
    'init_module a x=1 y="two words"',
    "finit_module a",
    "finit_module b",
    "delete_module b 4000",
    "delete_module b 5000",
  ]);
});

test("at the prompt the plain names are kmod's, and files of the host are found", () => {
  const world = createWorld();
  installModules(world, { a: {} });
  const host = {
    readHostFile: (path: string) => (path === "mine.ko" ? Buffer.from("a") : undefined),
    describeModule: () => [["license", "GPL"] as const, ["description", "x"] as const],
    modules: () => ({
      files: new Map([["a", "/lib/a.ko"]]),
      fields: () => [],
      exports: () => [],
      image: () => Buffer.from("a"),
      config: [],
    }),
  };
  const run = (text: string) =>
    runRoutine(world, (sys) => runScript(sys, text, { name: "kobox", programs: koboxPrograms, host }));
  expect(run("insmod other.ko").out).toBe(
    "insmod: ERROR: could not load module other.ko: No such file or directory\n",
  );
  expect(run("insmod mine.ko && lsmod").out).toMatch(/Used by\na {19} +16384 {2}0\n$/);
  expect(run("modinfo mine.ko; modinfo -F license mine.ko").out).toBe(
    "filename:       mine.ko\nlicense:        GPL\ndescription:    x\nGPL\n",
  );
  expect(run("rmmod a; modprobe -v a; modprobe a; modprobe -r a; echo $?; modprobe nope").out).toBe(
    "insmod /lib/a.ko \n0\nmodprobe: FATAL: Module nope not found in directory /lib/modules/6.1.0-56-amd64\n",
  );
});
