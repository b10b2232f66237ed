/** `kobox survey`: many modules, dependencies first. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SurveyReport } from "../../src/cli/survey/report.ts";
import { ROOT, inFolder, kobox } from "../support/command-line.ts";
import { type Schema, violations } from "../support/json-schema.ts";

const whole = JSON.parse(readFileSync(join(ROOT, "docs/report.schema.json"), "utf8")) as Schema;

/** A folder with these modules, one folder deeper the last of them. */
const withModules = (paths: readonly string[], use: (folder: string) => void): void =>
  inFolder((folder) => {
    mkdirSync(join(folder, "more"));
    paths.forEach((path, index) => {
      const place = index === paths.length - 1 ? join(folder, "more") : folder;
      copyFileSync(join(ROOT, path), join(place, path.replace(/.*\//, "")));
    });
    use(folder);
  });

const survey = (...args: string[]): { report: SurveyReport; status: number | null } => {
  const { stdout, status } = kobox(["survey", "--json", ...args]);
  const report = JSON.parse(stdout) as SurveyReport;
  expect(violations({ ...whole.$defs, ...whole, $ref: "#/$defs/survey" }, report)).toEqual([]);
  return { report, status };
};

describe("kobox survey", () => {
  it("tells how each module of a folder went", () => {
    const modules = [
      "test/truth/mods/t_memleak.ko",
      "test/truth/mods/t_unres.ko",
      "test/truth/mods/t_noexit.ko",
      "samples/oops/oops.ko",
      "samples/hello/hello.ko",
    ];
    withModules(modules, (folder) => {
      writeFileSync(join(folder, "broken.ko.xz"), Buffer.from("fd377a585a000004", "hex"));
      const { stdout, stderr, status } = kobox(["survey", folder]);
      expect(stderr).toBe("");
      expect(stdout.split("\n")).toEqual([
        expect.stringMatching(/^broken +unreadable +/),
        "hello                    ok",
        expect.stringMatching(/^oops +killed +insmod oops\.ko: killed by signal 9, null-dereference: /),
        expect.stringMatching(/^t_memleak +found +leak: 64 bytes of kmalloc_trace\(\) never freed/),
        "t_noexit                 stays      rmmod t_noexit: EBUSY (Device or resource busy)",
        expect.stringMatching(/^t_unres +refused +ENOENT \(No such file or directory\)/),
        "",
        "6 modules: 1 found, 1 killed, 1 ok, 1 refused, 1 stays, 1 unreadable",
        "",
      ]);
      expect(status).toBe(1);
    });
  });

  it("inserts first what a module needs, from the folder or from another", () => {
    withModules(["samples/exports_user/exports_user.ko", "samples/exports/exports.ko"], (folder) => {
      const user = join(folder, "exports_user.ko");
      const found = survey(folder, "--only", "user");
      expect(found.status).toBe(0);
      expect(found.report.modules).toMatchObject([
        { name: "exports_user", verdict: "ok", dependencies: [join(folder, "more/exports.ko")] },
      ]);
      const steps = found.report.modules[0]?.steps.map(({ op, arg }) => `${op} ${arg}`);
      expect(steps).toEqual([
        "insmod exports.ko",
        "insmod exports_user.ko",
        "sleep 50",
        "rmmod exports_user",
        "rmmod exports",
      ]);
      expect(survey(user, "--modules", folder).report.modules[0]?.verdict).toBe("ok");
      expect(survey(user).report.modules[0]).toMatchObject({ verdict: "refused", dependencies: [] });
    });
  });

  it("says when a dependency is what fails", () => {
    withModules(["samples/exports_user/exports_user.ko", "samples/oops/oops.ko"], (folder) => {
      copyFileSync(join(ROOT, "test/truth/mods/t_unres.ko"), join(folder, "exports.ko"));
      const { report, status } = survey(folder, "--only", "exports_user");
      expect(report.modules[0]).toMatchObject({
        verdict: "dependency",
        message: expect.stringMatching(/^insmod exports\.ko: ENOENT /) as string,
      });
      expect(status).toBe(0);
    });
  });

  it.each([
    ["a folder without modules", ["docs"], /docs: no module to survey\n {2}Name module files/],
    ["a pattern that is none", ["samples", "--only", "("], /--only: Invalid regular expression/],
    ["no number", ["samples", "--jobs", "many"], /--jobs/],
  ])("refuses %s", (_what, args, message) => {
    const { status, stderr } = kobox(["survey", ...args]);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});
