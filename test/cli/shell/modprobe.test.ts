/** modprobe and depmod over a folder, as kmod's own did it (modprobe.json, paths within the folder). */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createHostFiles } from "../../../src/cli/shell/host-files.ts";
import { koboxPrograms } from "../../../src/cli/shell/programs/index.ts";
import { runScript } from "../../../src/cli/shell/shell.ts";
import { sandboxSessionHost } from "../../../src/cli/shell/sandbox-session.ts";
import { createSession } from "../../../src/cli/shell/session.ts";
import { boot } from "../../../src/sandbox.ts";
import { installModules } from "../../support/fake-user/modules.ts";
import { createWorld, runRoutine } from "../../support/fake-user-system.ts";

interface Case {
  readonly program: string;
  readonly args: readonly string[];
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

const { config, cases } = JSON.parse(readFileSync(new URL("modprobe.json", import.meta.url), "utf8")) as {
  config: string;
  cases: readonly Case[];
};

const folder = mkdtempSync(join(tmpdir(), "kobox-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "x"));
mkdirSync(join(folder, "modprobe.d"));
for (const name of ["hello", "exports", "exports_user", "scull"]) {
  copyFileSync(`samples/${name}/${name}.ko`, join(folder, "x", `${name}.ko`));
}
writeFileSync(join(folder, "modprobe.d/a.conf"), config);

const LOADED = { hello: {}, exports: {}, exports_user: { uses: "exports" }, scull: {} };

const shell = (text: string, world = createWorld()): { out: string; status: number } => {
  installModules(world, LOADED);
  const host = createHostFiles(folder);
  const { out, status } = runRoutine(world, (sys) =>
    runScript(sys, text, { name: "sh", programs: koboxPrograms, host }),
  );
  return { out: out.replaceAll(`${folder}/`, "").replaceAll(folder, ""), status };
};

const sorted = (text: string): readonly string[] => text.split("\n").sort();

describe("as kmod 30", () => {
  test.each(cases.map((each) => [`${each.program} ${each.args.join(" ")}`, each] as const))(
    "%s",
    (_name, each) => {
      const words = each.args.map((arg) => `'${arg}'`).join(" ");
      expect(sorted(shell(`${each.program} ${words} 2>/dev/null`).out)).toEqual(sorted(each.out));
      const { out, status } = shell(`${each.program} ${words} 2>&1 >/dev/null`);
      expect({ out, status }).toEqual({ out: each.err, status: each.status });
    },
  );
});

/** The same in a real sandbox, where modules can be loaded. */
const inSandbox = (text: string): string => {
  const sandbox = boot({ ram: 48 << 20 });
  let out = "";
  const session = createSession(
    sandboxSessionHost(sandbox),
    { name: "sh", programs: koboxPrograms, host: createHostFiles(folder) },
    (_fd, bytes) => (out += Buffer.from(bytes).toString("latin1")),
  );
  session.run(text);
  sandbox.close();
  return out.replaceAll(`${folder}/`, "");
};

test("loads, and removes what came with it", () => {
  expect(
    inSandbox(`modprobe -v exports_user; modprobe exports_user; cut -d' ' -f1,3,4 /proc/modules
      modprobe -r exports; modprobe -rv exports_user; cut -d' ' -f1 /proc/modules
      modprobe virt q=1; modprobe both; echo $?`),
  ).toBe(`insmod x/scull.ko scull_quantum=7 
insmod x/exports.ko x=1 
install /bin/true; modprobe --ignore-install hello 
insmod x/exports_user.ko a=1   b=2 
exports_user 0 -
hello 0 -
exports 1 exports_user,
scull 0 -
modprobe: FATAL: Module exports is in use.
rmmod scull
rmmod exports_user
rmmod exports
rmmod hello
virtual q=1
modprobe: ERROR: could not insert 'both': Unknown symbol in module, or unknown parameter (see dmesg)
1
`);
  expect(inSandbox("modprobe --first-time scull; modprobe --first-time scull; echo $?")).toBe(
    "modprobe: ERROR: could not insert 'scull': Module already in kernel\n1\n",
  );
});

test("depmod writes its tables into the sandbox", () => {
  expect(inSandbox("depmod; cat /lib/modules/*/modules.dep")).toBe(
    "x/exports.ko:\nx/exports_user.ko: x/exports.ko\nx/hello.ko:\nx/scull.ko:\n",
  );
});
