import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createWorld, runShell } from "../../support/fake-user-system.ts";

/** What busybox 1.35 printed (both streams) and returned for each script. */
const RECORDED = JSON.parse(readFileSync("test/cli/shell/busybox.json", "utf8")) as {
  script: string;
  out: string;
  status: number;
}[];

test.each(RECORDED)("$script", ({ script, out, status }) => {
  expect(runShell(createWorld(), script)).toEqual({ out, status });
});
