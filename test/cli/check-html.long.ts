/** The page of `kobox check --html` in a real browser, where there is one (Debian's package chromium). */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, inFolder, kobox } from "../support/command-line.ts";

const BROWSER = "chromium";
const isInstalled = spawnSync(BROWSER, ["--version"], { stdio: "ignore" }).status === 0;

interface Loaded {
  readonly dom: string;
  /** What the page wrote to the browser's console: errors, refused scripts and styles. */
  readonly console: readonly string[];
}

const load = (folder: string, url: string): Loaded => {
  const args = [
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    `--user-data-dir=${join(folder, "profile")}`,
  ];
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const { stdout, stderr } = spawnSync(
    BROWSER,
    [...args, ...sandbox, "--enable-logging=stderr", "--dump-dom", url],
    { encoding: "utf8", maxBuffer: 1 << 28, timeout: 120_000 },
  );
  return { dom: stdout, console: stderr.split("\n").filter((line) => line.includes("CONSOLE")) };
};

describe.skipIf(!isInstalled)("the page in a browser", () => {
  it("has the matrix, no errors, and opens the run that a link leads to", { timeout: 300_000 }, () => {
    inFolder((folder) => {
      const page = join(folder, "page.html");
      const module = join(ROOT, "test/analysis/mods/errorpaths.ko");
      const { status } = kobox(["check", module, "what=leak", "--html", page]);
      expect(status).toBe(1);
      const { dom, console } = load(folder, `file://${page}#run-6`);
      expect(console).toEqual([]);
      const rows = dom.split('<table role="table" class="matrix">')[1]?.split("</table>")[0] ?? "";
      expect(rows.match(/<tr role="row" id="call-\d+"/g)).toHaveLength(6);
      expect(rows.match(/<td role="cell" class="warning"/g)).toHaveLength(2);
      expect(dom).toMatch(/<details class="run \w+" id="run-6" open=""/);
      expect(dom).not.toMatch(/<details class="run \w+" id="run-5" open=""/);
      expect(dom.match(/<th [^>]*>inserted first<\/th>/g)).toHaveLength(1);
      expect(dom.match(/<th [^>]*>parameters as given<\/th>/g)?.length).toBeGreaterThan(2);
    });
  });

  it("is no wider than a telephone", { timeout: 300_000 }, () => {
    inFolder((folder) => {
      const page = join(folder, "page.html");
      kobox(["check", join(ROOT, "test/analysis/mods/lines5.ko"), "--html", page]);
      // Browsers have a least width of their own; a frame has none.
      const frame = join(folder, "frame.html");
      writeFileSync(
        frame,
        `<iframe id="f" src="page.html" style="width:400px;height:800px;border:0"></iframe><script>
        onload = () => { const { scrollWidth, clientWidth } = f.contentDocument.documentElement; document.title = "too wide by " + (scrollWidth - clientWidth); };
        </script>`,
      );
      const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
      const args = ["--headless", "--disable-gpu", "--allow-file-access-from-files", ...sandbox];
      const { stdout } = spawnSync(BROWSER, [...args, "--dump-dom", `file://${frame}`], { encoding: "utf8" });
      expect(stdout).toContain("<title>too wide by 0</title>");
    });
  });
});
