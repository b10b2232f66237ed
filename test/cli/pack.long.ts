/** The packed program, installed in an empty folder and used from yet another one. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { codeBlocks } from "../support/markdown-code.ts";
import { type Ended, ROOT, inFolder } from "../support/command-line.ts";

const MIB = 1024 * 1024;

const run = (folder: string, command: string, ...args: readonly string[]): Ended => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
};

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

const pack = (folder: string): Packed => {
  const { status, stdout, stderr } = run(ROOT, "npm", "pack", "--json", "--pack-destination", folder);
  expect(status, stderr).toBe(0);
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("[\n"))) as Packed[];
  if (packed === undefined) throw new Error("npm pack made nothing");
  return packed;
};

/** The library's guide, typed into test files beside the installed package. */
const followGuide = (home: string): void => {
  for (const name of ["vitest", "@types", "typescript", "undici-types"]) {
    symlinkSync(join(ROOT, "node_modules", name), join(home, "node_modules", name));
  }
  symlinkSync(join(ROOT, "samples"), join(home, "samples"));
  mkdirSync(join(home, "test/truth"), { recursive: true });
  for (const name of ["around", "drivers", "probes"]) {
    symlinkSync(join(ROOT, "test/truth", name), join(home, "test/truth", name));
  }
  writeFileSync(join(home, "package.json"), '{ "type": "module" }');
  codeBlocks(join(ROOT, "docs/library.md"), "ts").forEach(({ code }, index) =>
    writeFileSync(join(home, `guide-${index}.test.ts`), code),
  );
  writeFileSync(
    join(home, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        module: "nodenext",
        target: "es2023",
        lib: ["es2023", "esnext.disposable"],
        types: ["node"],
        skipLibCheck: true,
        preserveSymlinks: true,
      },
      include: ["*.test.ts"],
    }),
  );
  const typed = run(home, process.execPath, "node_modules/typescript/bin/tsc", "-p", home);
  expect(typed.stdout + typed.stderr).toBe("");
  const tested = run(home, process.execPath, "node_modules/vitest/vitest.mjs", "run");
  expect(tested.status, tested.stdout + tested.stderr).toBe(0);
};

it("runs a module with npx from a package without dependencies", { timeout: 600_000 }, () => {
  inFolder((home) => {
    const packed = pack(home);
    expect(packed.size).toBeLessThan(8 * MIB);
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toContain("dist/cli.cjs");
    expect(
      paths.filter((path) => /node_modules|\/build\/|\.unicorn|\.cache$|(^|[/])tests?[/]/.test(path)),
    ).toEqual([]);

    writeFileSync(join(home, "package.json"), "{}");
    const tarball = join(home, packed.filename);
    const installed = run(home, "npm", "install", "--offline", "--no-audit", "--no-fund", tarball);
    expect(installed.status, installed.stderr).toBe(0);
    expect(statSync(join(home, "node_modules/kobox/bin/kobox.cjs")).isFile()).toBe(true);

    inFolder((elsewhere) => {
      const module = join(elsewhere, "hello.ko");
      copyFileSync(join(ROOT, "samples/hello/hello.ko"), module);
      const first = run(home, "npx", "--offline", "kobox", "run", module);
      expect(first.status, first.stderr).toBe(0);
      expect(first.stdout).toContain("hello from init");
      expect(first.stdout).toContain("hello from exit");
      // From yet another folder, with the module's name alone.
      const program = join(home, "node_modules/.bin/kobox");
      const second = run(elsewhere, program, "run", "--json", "hello.ko");
      expect(second.status, second.stderr).toBe(0);
      expect(JSON.parse(second.stdout)).toMatchObject({ report_version: 1, stop: null });

      // Its disassembler came along.
      const third = run(elsewhere, program, "check", "hello.ko", "--html", "page.html");
      expect(third.status, third.stderr).toBe(0);
      expect(readFileSync(join(elsewhere, "page.html"), "utf8")).toContain("callq _printk");

      writeFileSync(
        join(home, "use.mjs"),
        'import { boot } from "kobox"; const kernel = await boot(); console.log(kernel.release); kernel.close();',
      );
      expect(run(home, process.execPath, "use.mjs").stdout).toBe("6.1.0-56-amd64\n");
    });
    followGuide(home);
  });
});
