/** docs/ways.md against what there is: each of its commands does something and answers in JSON, each name of the library is a function. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { CommandStep } from "../../../src/cli/shell/batch.ts";
import { VERBS } from "../../../src/cli/shell/outside.ts";
import { boot } from "../../../src/library/boot.ts";
import { ROOT, inFolder, kobox } from "../../support/command-line.ts";
import { type Schema, violations } from "../../support/json-schema.ts";

/** Rows of the tables under a heading, each cell as its words in code; the first as its text. */
const rowsOf = (text: string): { readonly what: string; readonly cells: readonly (readonly string[])[] }[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| ") && line.includes("`"))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map(([what = "", ...cells]) => ({
      what: what.trim(),
      cells: cells.map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "")),
    }));

const [before = "", behind = ""] = readFileSync(join(ROOT, "docs/ways.md"), "utf8").split("\n## Whole");
const ways = rowsOf(before).slice(1);
const commands = rowsOf(behind);

/** A command of the prompt, and what its line of JSON must have. */
type Example = readonly [command: string, answer: object];

const logged = (text: string): object => ({ dmesg: expect.arrayContaining([text]) as unknown });
const printed = (text: RegExp): object => ({ out: expect.stringMatching(text) as unknown });

/** For each row one example, in the order of the table: the kernel is the same from one to the next. */
const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  "insert, remove a module": [
    ["insmod samples/hello/hello.ko", logged("<6>hello from init")],
    ["rmmod hello", logged("<6>hello from exit")],
  ],
  "read, write device, proc, sysfs, debugfs files": [
    ["insmod samples/scull/scull.ko", logged("<6>scull: 4 devices, quantum 4000")],
    ["echo hello > /dev/scull0", { status: 0 }],
    ["cat /dev/scull0", { out: "hello\n" }],
    ["printf ab | dd of=/dev/scull1 bs=1", { out: "2+0 records in\n2+0 records out\n" }],
  ],
  "ioctl, poll, mmap": [
    ["ioctl /dev/scull0 0x80087301 buf:8", { out: "0\n0600000000000000\n" }],
    ["poll /dev/scullpipe", { out: "OUT\n" }],
    ["insmod test/truth/files/f_map.ko", { status: 0 }],
    ["mmap /dev/f_map 4 0 str:new | hexdump -C", printed(/6e 65 77 00/)],
  ],
  "a device's node": [
    ["mknod /mine c $(grep -w scull /proc/devices | cut -d' ' -f1) 0; cat /mine", { out: "hello\n" }],
  ],
  "time passes": [["sleep 3600; head -n 1 /proc/scullmem", { out: "up 3599 s\n" }]],
  "an interrupt line is pulled": [
    ["kobox device test/library/devices/t_mmio.json; insmod test/truth/around/mmio.ko", { status: 0 }],
    ["kobox irq 10", logged("<6>mmio: irq status ccddeeff")],
  ],
  "a platform device, its registers and ports": [
    ["kobox device test/analysis/mods/probes.json", { status: 0 }],
    ["ls /sys/bus/platform/devices", printed(/^probes\.1$/m)],
  ],
  "a key is pressed": [
    ["insmod test/truth/drivers/kbd.ko keys=", { status: 0 }],
    ["kobox key a", logged("<6>kbd: AT Translated Set 2 keyboard: 1 30 1")],
  ],
  "what input devices reported": [["kobox events", printed(/^AT Translated Set 2 keyboard: 1 30 0$/m)]],
  "a packet goes through hooks": [
    ["insmod test/truth/probes/nf.ko drop=1", logged("<6>nf: register 0")],
    ["kobox inject -p icmp 10.0.0.1 10.0.0.2", { out: "DROP\n", status: 1 }],
  ],
  "network devices and their cables": [
    ["insmod test/truth/probes/netdev.ko; kobox link kb0 up", logged("<6>netdev: open")],
    ["kobox link kb0", { out: "kb0: up mtu 1500 rx 0/0 tx 0/0\n" }],
  ],
  "netlink messages": [
    ["insmod test/truth/probes/nlk.ko", { status: 0 }],
    ["kobox netlink 2 hex:1400000032000100070000000000000070696e67", printed(/^2000000003000000/)],
  ],
  "probes of a function or tracepoint run": [
    ["insmod test/truth/probes/fired.ko", { status: 0 }],
    ["kobox fire do_filp_open 3 str:/etc/motd 7 = 42", { out: "42\n", ...logged("<6>fired: return 42") }],
  ],
  firmware: [
    ["mkdir -p /lib/firmware; echo lamp > /lib/firmware/t_fw.bin", { status: 0 }],
    ["cat /lib/firmware/t_fw.bin", { out: "lamp\n" }],
    ["insmod test/truth/around/fw.ko; rmmod fw", logged("<6>fw: request 0 some 5 lamp\n")],
  ],
  "programs that the kernel starts": [
    ["kobox helpers /bin/sh 3; insmod test/truth/around/fw.ko what=helper", logged("<6>fw: ok 768")],
    ["kobox helpers", printed(/^\/bin\/sh -c exit 0 = 768$/m)],
  ],
  "notifier chains": [
    ["insmod test/truth/around/notif.ko", { status: 0 }],
    ["kobox notify reboot 1", { out: "0\n", ...logged("<6>notif: reboot 1 none") }],
  ],
  signals: [
    ["sleep 100 & kill $!; wait $!; echo $?", { out: "143\n" }],
    ["trap 'echo caught' USR1; kill -USR1 $$", { out: "caught\n" }],
  ],
  capabilities: [
    ["setcaps CAP_NET_ADMIN; getcaps", { out: "CAP_NET_ADMIN\n" }],
    ["rmmod scull", { status: 1, ...printed(/Operation not permitted/) }],
    ["setcaps all", { status: 0 }],
  ],
  "processes and what they wait for": [
    ["cat /dev/scullpipe &", { status: 0 }],
    ["sleep 1; ps", printed(/ cat \/dev\/scullpipe$/m)],
    ["kobox tasks", printed(/ cat +waits: to be woken$/m)],
  ],
  "bugs found": [
    ["kobox findings", { out: "", status: 0 }],
    ["insmod test/truth/mods/t_crash.ko", { status: 137 }],
    ["kobox findings", { status: 1, ...printed(/^error: null-dereference: .* in go\+/) }],
  ],
  "power off, halt, restart": [
    [
      "kobox power off",
      { ...logged("<0>reboot: Power down"), stop: expect.objectContaining({ kind: "power" }) },
    ],
  ],
};

/** What each line of JSON says, by row. */
const steps = (() => {
  // The machine is off in the end.
  const rows = Object.entries(EXAMPLES);
  const script = rows.flatMap(([, examples]) => examples.map(([command]) => command));
  const lines = kobox(["shell", "--json", "-"], { input: `${script.join("\n")}\n` })
    .stdout.trim()
    .split("\n");
  const answers = lines.map((line) => JSON.parse(line) as CommandStep);
  return new Map(rows.map(([what, examples]) => [what, answers.splice(0, examples.length)]));
})();

const schema = JSON.parse(readFileSync(join(ROOT, "docs/report.schema.json"), "utf8")) as Schema;
const lineSchema: Schema = { $ref: "#/$defs/shellLine", $defs: schema.$defs ?? {} };

test("every verb of kobox is in the table, and no other; every row has an example", () => {
  const verbs = ways.flatMap(({ cells: [prompt = []] }) =>
    prompt.filter((word) => word.startsWith("kobox ")),
  );
  expect(verbs.toSorted()).toEqual([...VERBS.keys()].map((verb) => `kobox ${verb}`).toSorted());
  expect(ways.map(({ what }) => what).toSorted()).toEqual(Object.keys(EXAMPLES).toSorted());
});

describe("at the prompt, with --json", () => {
  test.each(ways)("$what", ({ what, cells: [words = []] }) => {
    const examples = EXAMPLES[what] ?? [];
    const answers = steps.get(what) ?? [];
    const used = examples.map(([command]) => command).join("; ");
    expect(words.filter((word) => !new RegExp(`(^|[;|&] )${word}( |;|$)`).test(used))).toEqual([]);
    expect(words.length).toBeGreaterThan(0);
    expect(answers).toMatchObject(examples.map(([command, answer]) => ({ arg: command, ...answer })));
    for (const answer of answers) expect(violations(lineSchema, answer)).toEqual([]);
  });
});

/** What the document of each whole command has. */
const DOCUMENTS: Readonly<Record<string, object>> = {
  "a module is inserted and removed": { modules: [{ name: "hello" }], stop: null },
  "behind another one": { modules: [{ name: "exports" }, { name: "exports_user" }], stop: null },
  "a device is there": { steps: [logged("<6>mmio: speed 9600 data board"), {}, {}] },
  "in a process of its own": { modules: [{ name: "hello" }], stop: null },
  "each call that can fail, of a probe, too": { summary: { errors: 0, warnings: 0 } },
  "inputs that nobody thought of": { executions: 20, crashes: [] },
  "each module of a folder, dependencies first": { summary: { verdicts: { ok: 2 }, guessed: [] } },
  "what a file says about itself": { entries: expect.arrayContaining([["license", "GPL"]]) as unknown },
  "what it imports": { imports: [{ name: "__fentry__" }, {}, { name: "_printk", support: "full" }] },
};

describe("whole commands", () => {
  test.each(commands)("$what", ({ what, cells: [[command = ""] = []] }) => {
    const { status, stdout } = inFolder((folder) =>
      kobox(command.replace("FOLDER", folder).split(" ").slice(1)),
    );
    const document: unknown = JSON.parse(stdout);
    expect(document).toMatchObject(DOCUMENTS[what] ?? { nothing: "expected" });
    expect(status).toBe(0);
  });

  test("are all that have --json", () => {
    const named = [...kobox(["--help"]).stdout.matchAll(/^ {2}(\w+) /gm)].map((match) => match[1] ?? "");
    const answering = named.filter(
      (name) => name !== "help" && kobox([name, "--help"]).stdout.includes("--json"),
    );
    const shown = commands.map(({ cells: [[command = ""] = []] }) => command.split(" ")[1]);
    expect([...new Set([...shown, "shell"])].toSorted()).toEqual(answering.toSorted());
  });
});

const kernel = await boot();
afterAll(() => kernel.close());

describe("in the library", () => {
  test.each(ways.flatMap(({ cells: [, library = []] }) => library))("%s", (path) => {
    const found = path
      .split(".")
      .slice(1)
      .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], kernel);
    expect(found).toBeTypeOf("function");
  });
});

test("chains are called, then the machine goes down", () => {
  kernel.insmod("test/truth/around/notif.ko");
  expect(kernel.notify("reboot", 1)).toBe(0);
  expect(() => kernel.notify("nothing", 1)).toThrow("there is no notifier chain nothing");
  kernel.power("off");
  // As recorded when busybox's poweroff did it.
  expect(
    kernel
      .dmesg()
      .slice(-4)
      .map(({ text }) => text),
  ).toEqual([
    "notif: reboot 1 none",
    "notif: reboot 3 none",
    "ACPI: PM: Preparing to enter system sleep state S5",
    "reboot: Power down",
  ]);
  expect(kernel.stopped).toMatchObject({ kind: "power", message: "the machine is off" });
  expect(() => kernel.settle()).toThrow("the machine is off");
});
