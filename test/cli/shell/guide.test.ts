/** Every transcript of docs/shell.md. */
import { expect, test } from "vitest";
import { createHostFiles } from "../../../src/cli/shell/host-files.ts";
import { outsidePrograms } from "../../../src/cli/shell/outside.ts";
import { koboxPrograms } from "../../../src/cli/shell/programs/index.ts";
import { sandboxSessionHost } from "../../../src/cli/shell/sandbox-session.ts";
import { createSession } from "../../../src/cli/shell/session.ts";
import { boot } from "../../../src/sandbox.ts";
import { codeBlocks } from "../../support/markdown-code.ts";

const GUIDE = new URL("../../../docs/shell.md", import.meta.url).pathname;

/** The transcript as the commands of it really make it. */
const replay = (transcript: string): string => {
  const sandbox = boot({ ram: 48 << 20 });
  const shown: string[] = [];
  let out = "";
  const host = { ...createHostFiles("samples"), commands: outsidePrograms(sandbox) };
  const session = createSession(
    sandboxSessionHost(sandbox),
    { name: "sh", programs: koboxPrograms, host },
    (_fd, bytes) => (out += Buffer.from(bytes).toString("latin1")),
  );
  for (const line of transcript.split("\n").filter((each) => each.startsWith("# "))) {
    out = "";
    session.run(`${line.slice(2)}\n`);
    // Blanks at the end of a line do not last in Markdown.
    shown.push(
      line,
      ...out
        .split("\n")
        .slice(0, -1)
        .map((text) => text.trimEnd()),
    );
  }
  sandbox.close();
  return shown.join("\n");
};

test.each(codeBlocks(GUIDE, "console"))("line $line: $heading", ({ code }) => {
  expect(replay(code)).toBe(code);
});
