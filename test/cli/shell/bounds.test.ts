import { expect, test } from "vitest";
import { compilePattern } from "../../../src/cli/shell/run/pattern.ts";
import { parseScript } from "../../../src/cli/shell/syntax/parse.ts";
import { ShellSyntaxError } from "../../../src/cli/shell/syntax/source.ts";
import { createWorld, putFile, runShell } from "../../support/fake-user-system.ts";

test("what would never end, or eat the host's stack, ends with a message", () => {
  const run = (script: string): string => runShell(createWorld(), script).out;
  expect(run("while :; do :; done; echo on")).toBe("sh: a loop does not end (200000 rounds)\n");
  expect(run("f() { f; }; f")).toBe("sh: commands nested too deeply\n");
  expect(run('x=\'eval "$x"\'; eval "$x"')).toBe("sh: commands nested too deeply\n");
  expect(run("echo '. /tmp/s' > s; . /tmp/s")).toBe("sh: commands nested too deeply\n");
  expect(run("f() { f | f; }; f 2>/dev/null; echo over")).toBe("over\n");
  expect(run("a=b; b=a; echo $((a))")).toBe("sh: expression recursion loop detected\n");
  expect(run(`echo ${"$(".repeat(300)}echo${")".repeat(300)}`)).toMatch(/syntax error: nested too deeply/);
  expect(run(`${"(".repeat(300)}echo${")".repeat(300)}`)).toMatch(/syntax error: nested too deeply/);
  expect(run("yes > /dev/null; echo $?")).toBe("1\n");
});

test("a pattern full of stars is matched at once", () => {
  const matches = compilePattern(`${"*a".repeat(40)}*b`);
  expect(matches("a".repeat(5000))).toBe(false);
  expect(matches(`${"a".repeat(5000)}b`)).toBe(true);
});

/** xorshift, so that a failure can be repeated. */
const createRandom = (seed: number): ((limit: number) => number) => {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
};

const PIECES = [
  "echo",
  "cat",
  "x",
  "$x",
  "${x",
  "}",
  "${x:-",
  "$(",
  ")",
  "`",
  "'",
  '"',
  "\\",
  " ",
  " ",
  " ",
  "\n",
  ";",
  "&",
  "&&",
  "|",
  "||",
  "<",
  ">",
  ">>",
  "<<E\n",
  "E\n",
  "2>&1",
  "(",
  "{ ",
  "; }",
  "if ",
  "then ",
  "fi",
  "for i in ",
  "do ",
  "done",
  "while ",
  "case ",
  " in ",
  "esac",
  "*",
  "?",
  "[",
  "]",
  "=",
  "1",
  "$((",
  "))",
  "$?",
  "#",
  "~",
  "/",
  "a",
  "!",
  "f() ",
  "break",
  "\x80",
  "\0",
];

test("random scripts parse or are refused, and run to an end", () => {
  const random = createRandom(20261123);
  for (let round = 0; round < 1500; round += 1) {
    const script = Array.from({ length: 1 + random(24) }, () => PIECES[random(PIECES.length)] ?? "").join("");
    try {
      parseScript(script);
    } catch (error) {
      expect(error, JSON.stringify(script)).toBeInstanceOf(ShellSyntaxError);
    }
    const world = createWorld();
    putFile(world, "/tmp/a", "text\n");
    const { status } = runShell(world, script);
    expect(status, JSON.stringify(script)).toBeGreaterThanOrEqual(0);
  }
});
