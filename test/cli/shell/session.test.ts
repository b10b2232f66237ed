import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { type CommandStep, runBatch, splitCommands } from "../../../src/cli/shell/batch.ts";
import { complete } from "../../../src/cli/shell/complete.ts";
import { koboxPrograms } from "../../../src/cli/shell/programs/index.ts";
import { runRepl } from "../../../src/cli/shell/repl.ts";
import { createSession, isIncomplete, type Session } from "../../../src/cli/shell/session.ts";
import { collector, fakeSessionHost } from "../../support/fake-user/hosts.ts";
import { installModules } from "../../support/fake-user/modules.ts";
import { createWorld, putFile, type World } from "../../support/fake-user-system.ts";

const start = (
  world: World = createWorld(),
): { session: Session; out: ReturnType<typeof collector>; world: World } => {
  const out = collector();
  const host = { listHostFolder: () => ["mine.ko", "notes.txt", "sub/"] };
  const options = { name: "kobox", programs: koboxPrograms, host };
  return {
    session: createSession(fakeSessionHost(world), options, (_, bytes) => out.add(bytes)),
    out,
    world,
  };
};

test("state lives from command to command; errors do not end the session", () => {
  const { session, out } = start();
  expect(session.run("x=5; cd /dev\n").status).toBe(0);
  expect(session.run("echo $x $(pwd)").status).toBe(0);
  expect(out.take()).toBe("5 /dev\n");
  expect(session.run("if; then").status).toBe(2);
  expect(session.run("echo ${y?missing}").status).toBe(2);
  expect(session.run("nosuch").status).toBe(127);
  expect(session.run("echo $?").stop).toBeUndefined();
  expect(out.take()).toBe(
    'kobox: syntax error: unexpected ";"\nkobox: y: missing\nkobox: nosuch: not found\n127\n',
  );
  expect(session.run("exit 3")).toMatchObject({ status: 3, exited: true, stop: undefined });
});

test("a command that never ends, or kills the shell, is told", () => {
  const { session, out, world } = start();
  putFile(world, "/tmp/stuck", { ready: () => false });
  expect(session.run("sleep 3600").status).toBe(0);
  expect(world.time).toBeGreaterThan(3600e9);
  const stuck = session.run("sh -c 'read x' < /tmp/stuck; echo $?");
  expect(stuck).toMatchObject({ status: 0, interrupted: "nothing can run", stop: undefined });
  expect(out.take()).toMatch(/^130\n/);
  expect(session.run("exec 3<&0; (sleep 1) | cat; kill -9 $$").stop?.kind).toBe("killed");
});

test("a line that wants more is known", () => {
  for (const text of [
    "for i in 1",
    "echo 'a",
    "cat <<E\nx",
    "if true; then",
    "echo $(ls",
    "a &&",
    "f() {",
    "echo \\",
  ]) {
    if (text !== "echo \\") expect(isIncomplete(text), text).toBe(true);
  }
  for (const text of ["echo a", "fi", "cat <<E\nx\nE\n", "for i in 1; do :; done"])
    expect(isIncomplete(text)).toBe(false);
});

test("completion knows commands, paths, loaded modules and the host's module files", () => {
  const world = createWorld();
  installModules(world, { alpha: {}, beta: {} });
  const { session } = start(world);
  session.run("insmod /m/alpha.ko; insmod /m/beta.ko; myfunc() { :; }");
  expect(complete(session, "ins")).toEqual([["insmod "], "ins"]);
  expect(complete(session, "echo x | hexd")[0]).toEqual(["hexdump "]);
  expect(complete(session, "myf")[0]).toEqual(["myfunc "]);
  expect(complete(session, "cat /de")[0]).toEqual(["/dev/"]);
  expect(complete(session, "cat /dev/")[0]).toEqual(["/dev/null", "/dev/zero"]);
  expect(complete(session, "rmmod al")[0]).toEqual(["alpha "]);
  expect(complete(session, "insmod m")[0]).toEqual(["mine.ko "]);
  expect(complete(session, "cat mi")[0]).toEqual([]);
  expect(complete(session, "cat /nosuch/")[0]).toEqual([]);
});

test("a script is cut into commands, each told as one step", () => {
  const script =
    "# setup\necho a\n\nfor i in 1 2\ndo echo $i\ndone\ncat <<E\ntext\nE\nfalse\nexit 4\necho never\n";
  expect(splitCommands(script)).toEqual([
    "echo a",
    "for i in 1 2\ndo echo $i\ndone",
    "cat <<E\ntext\nE",
    "false",
    "exit 4",
    "echo never",
  ]);
  const { session, out } = start();
  const steps: CommandStep[] = [];
  const logs = [{ dmesg: ["<6>hi"], late: [] }];
  const end = runBatch(session, script, {
    takeOutput: out.take,
    takeLog: () => logs.shift() ?? { dmesg: [], late: [] },
    step: (step) => steps.push(step),
  });
  expect(end).toMatchObject({ status: 4, exited: true, stop: undefined });
  expect(steps.map(({ status, out }) => [status, out])).toEqual([
    [0, "a\n"],
    [0, "1\n2\n"],
    [0, "text\n"],
    [1, ""],
    [4, ""],
  ]);
  expect(steps[0]).toEqual({
    op: "sh",
    arg: "echo a",
    status: 0,
    out: "a\n",
    dmesg: ["<6>hi"],
    late: [],
    interrupted: null,
    stop: null,
  });
});

test("the prompt runs lines, asks for more, and ends with exit", async () => {
  const { session, out } = start();
  const [input, output] = [new PassThrough(), new PassThrough()];
  const shown: string[] = [];
  output.on("data", (chunk: Buffer) => shown.push(chunk.toString()));
  const done = runRepl(session, { input, output });
  input.write("cd /dev\nfor i in 1 2; do\necho $i; done\nexit 7\n");
  expect(await done).toEqual({ status: 7, stop: undefined });
  expect(out.take()).toBe("1\n2\n");
  expect(shown.join("")).toMatch(/kobox:\/tmp# [^]*kobox:\/dev# [^]*> /);
});
