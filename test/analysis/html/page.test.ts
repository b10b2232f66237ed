/** The page of `kobox check --html`: what it shows of a real check, and that no text of a module becomes markup. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { check, prepareCheck } from "../../../src/analysis/check/check.ts";
import { checkReport } from "../../../src/analysis/check/report.ts";
import { checkPage } from "../../../src/analysis/check/html/page.ts";
import type { PageInput } from "../../../src/analysis/check/html/model.ts";
import { pairLines } from "../../../src/analysis/check/html/log.ts";
import { pageInput } from "../../../src/analysis/check/page-input.ts";
import { type ParameterCase, checkParameters } from "../../../src/analysis/check/parameters.ts";
import { type LifeRecord, createRecorder } from "../../../src/analysis/check/recorder.ts";
import { openDisassembler } from "../../../src/analysis/code/disassemble.ts";
import { readCode } from "../../../src/analysis/fuzz/module-image.ts";
import { createSourceLines } from "../../../src/analysis/source-lines.ts";
import { parseSanitizers } from "../../../src/analysis/sanitizers/sanitizers.ts";
import { boot } from "../../../src/sandbox.ts";

const FILE = "test/analysis/mods/errorpaths.ko";

const sanitizers = parseSanitizers("all");

/** `edges`: also runs with parameters at their edges. */
const checked = async (
  parameters: string,
  file = FILE,
  edges: (name: string, bytes: Uint8Array) => readonly ParameterCase[] = () => [],
): Promise<PageInput> => {
  const bytes = readFileSync(new URL(`../../../${file}`, import.meta.url));
  const sandbox = boot({ ram: 48 << 20, checks: true });
  const prepared = prepareCheck(sandbox, { bytes, parameters, sanitizers });
  if (!("bench" in prepared)) throw new Error("the module was not taken");
  const { kernel } = sandbox;
  const { module } = prepared.armed;
  const code = readCode(kernel, module);
  const recorder = createRecorder(kernel, prepared.bench.ledger, module.name, code);
  const bench = { ...prepared.bench, recorder };
  const options = { bytes, parameters, sanitizers, scope: "init", limit: 1000, pairs: 1, only: [] } as const;
  const result = check(bench, prepared.armed, options);
  const lines = createSourceLines(module.name, bytes);
  const more = edges(module.name, bytes);
  const report = checkReport(result, more, {
    kernel: kernel.profile.release,
    file: "errorpaths.ko",
    path: file,
    parameters,
    around: [],
    scope: "init",
    injector: bench.injector,
    lines,
  });
  const disassembler = await openDisassembler();
  const input = pageInput(kernel, { module, bytes, code, lines }, disassembler, {
    result,
    edges: more,
    report,
  });
  disassembler.close();
  sandbox.close();
  return input;
};

const text = (page: string): string => page.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

it("shows outcomes, code, ledger and commands of a module that leaks on one path", async () => {
  const input = await checked("what=leak");
  const page = checkPage(input);
  const shown = text(page);
  // One cell for each way to fail, and it leads to the run.
  const cells = [...page.matchAll(/data-failure="(\w+)"[^]*?href="#run-(\d+)"/g)].map(([, way]) => way);
  expect(cells).toHaveLength(input.report.calls.reduce((sum, { failures }) => sum + failures.length, 0));
  for (const [, number] of page.matchAll(/href="#run-(\d+)"/g)) expect(page).toContain(`id="run-${number}"`);
  for (const [, id] of page.matchAll(/href="#(call-\d+)"/g)) expect(page).toContain(`id="${id}"`);
  expect(shown).toContain("callq kmalloc_trace can fail");
  expect(shown).toContain("movq $&quot;errorpaths&quot;, %rdi");
  expect(shown).toContain("▲ leaked 48 bytes of kmalloc_trace() never freed after its init failed");
  expect(shown).toContain(`kobox run ${FILE} what=leak --fail &#39;__class_create#1=ENOMEM&#39;`);
  expect(shown).toContain("✕ leaked");
});

it("knows which code ran when nothing failed, only when something did, and never", async () => {
  const { code, unentered } = await checked("what=leak");
  expect(code.map(({ name }) => name)).toEqual(["errorpaths_init", "errorpaths_exit"]);
  expect(unentered.map(({ name }) => name).toSorted()).toEqual(["show", "tick"]);
  const at = (name: string, operands: string): (number | undefined)[] =>
    code
      .filter((each) => each.name === name)
      .flatMap(({ lines }) => lines.filter((line) => line.operands === operands))
      .map(({ firstRun }) => firstRun);
  expect(at("errorpaths_init", "misc_register")).toEqual([0]);
  // The error path that undoes it: not in the clean run, but in one of the others.
  expect(at("errorpaths_init", "class_destroy").every((run) => run !== undefined && run > 0)).toBe(true);
  expect(at("errorpaths_exit", "class_destroy")).toEqual([0]);
  // what=unchecked alone makes it divide its size.
  expect(at("errorpaths_init", '$"unchecked", %rsi')).toContain(undefined);
});

it("tells what a run took and gave back, in order", async () => {
  const { records, report } = await checked("what=leak");
  const books = (name: string): string[] =>
    (records[report.cases.findIndex((each) => each.name === name)]?.own?.books ?? []).map(
      ({ acquired, released }) => `${acquired.by} ${released?.by ?? "-"}`,
    );
  expect(books("without a failure")).toEqual([
    "kmalloc_trace kfree",
    "debugfs_create_dir debugfs_remove",
    "kmalloc_trace kfree",
    "__class_create class_destroy",
    "misc_register misc_deregister",
    "mod_timer timer_delete_sync",
    "proc_create_single_data proc_remove",
  ]);
  expect(books("__class_create#1=ENOMEM")).toEqual([
    "kmalloc_trace kfree",
    "debugfs_create_dir debugfs_remove",
    "kmalloc_trace -",
  ]);
});

it("names source lines where the file has debug information", async () => {
  const { code } = await checked("", "test/analysis/mods/lines5.ko");
  expect(code[0]?.lines.some(({ source }) => source?.file.endsWith("lines.c"))).toBe(true);
});

const HOSTILE = `</td><script>alert(1)</script><img src=x onerror="alert(1)">'"&\u202e\x1b[31m`;

/** Puts the text wherever a module's own text can come from. */
const spoilRecord = (record: LifeRecord | undefined): LifeRecord | undefined =>
  record === undefined
    ? undefined
    : {
        ...record,
        log: [{ level: 6, text: HOSTILE }],
        books: record.books.map((entry) => ({
          ...entry,
          acquired: { by: HOSTILE, task: HOSTILE, pid: 1, stack: [HOSTILE] },
        })),
      };

const spoil = (input: PageInput): PageInput => ({
  ...input,
  report: {
    ...input.report,
    module: { name: HOSTILE, file: HOSTILE, parameters: HOSTILE },
    calls: input.report.calls.map((call) => ({ ...call, stack: [HOSTILE] })),
    cases: input.report.cases.map((each) => ({
      ...each,
      name: HOSTILE,
      message: HOSTILE,
      command: HOSTILE,
      stacks: [[HOSTILE]],
      findings: [
        {
          kind: "leak",
          severity: "error",
          message: HOSTILE,
          where: HOSTILE,
          stack: [HOSTILE, HOSTILE],
          source: { file: HOSTILE, line: 1 },
          related: [{ message: HOSTILE, stack: [HOSTILE] }],
        },
      ],
    })),
  },
  records: input.records.map(({ own, base }) => ({ own: spoilRecord(own), base: spoilRecord(base) })),
  code: input.code.map((each) => ({
    name: HOSTILE,
    section: HOSTILE,
    lines: each.lines.map((line) => ({ ...line, operands: HOSTILE, source: { file: HOSTILE, line: 2 } })),
  })),
  unentered: [{ name: HOSTILE, instructions: 1 }],
});

it("shows the logs of runs with other parameters beside those as given", async () => {
  const input = await checked("", FILE, (name, bytes) => {
    const sandbox = boot({ ram: 48 << 20, checks: true });
    const cases = checkParameters(sandbox, {
      name,
      bytes,
      parameters: "",
      sanitizers,
      recorder: ({ ledger }) => createRecorder(sandbox.kernel, ledger, name, []),
    });
    sandbox.close();
    return cases;
  });
  const page = checkPage(input);
  const run = (number: number): string =>
    page.split(`id="run-${number}"`)[1]?.split(/<details class="run/)[0] ?? "";
  for (const [number, { what }] of input.report.cases.entries()) {
    if (what !== "again" && what !== "parameter") continue;
    const heading = what === "again" ? "inserted first" : "parameters as given";
    expect(text(run(number))).toContain(`Kernel log ${heading} this run`);
    expect(text(run(number))).toContain("loading out-of-tree module");
    expect(text(run(number))).toContain("Taken and given back");
  }
  expect(input.report.cases.map(({ what }) => what)).toEqual(expect.arrayContaining(["again", "parameter"]));
});

it("takes no text of a module for markup", async () => {
  const input = await checked("what=leak");
  const [plain, spoilt] = [checkPage(input), checkPage(spoil(input))];
  expect(spoilt).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(spoilt.match(/<script/g)).toHaveLength(1);
  expect(["<img", "\u202e", "\x1b"].filter((each) => spoilt.includes(each))).toEqual([]);
  // Attributes are not left either: no tag has an event handler, and each keeps the names that it has.
  const names = (page: string): Set<string> =>
    new Set(
      [...page.matchAll(/<[a-z][^<>]*>/g)].flatMap(([tag]) =>
        [...tag.replaceAll(/"[^"]*"/g, "").matchAll(/\s([\w-]+)=?/g)].map(([, name]) => name ?? ""),
      ),
    );
  expect([...names(spoilt)].filter((name) => !names(plain).has(name))).toEqual([]);
});

it("loads nothing", async () => {
  const page = checkPage(await checked("what=good"));
  expect(page).toMatch(/Content-Security-Policy" content="default-src &#39;none&#39;/);
  expect(page).not.toMatch(/<link|\ssrc=|url\(|@import|https?:/);
});

it("puts equal lines of two logs side by side", () => {
  const lines = (...texts: string[]) => texts.map((line) => ({ level: 6, text: line }));
  const pairs = pairLines(lines("a", "b", "c"), lines("a", "x", "c", "d"));
  expect(pairs.map(({ clean, other }) => `${clean?.text ?? ""}|${other?.text ?? ""}`)).toEqual([
    "a|a",
    "b|",
    "|x",
    "c|c",
    "|d",
  ]);
});
