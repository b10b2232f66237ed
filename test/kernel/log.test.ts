import { describe, expect, test } from "vitest";
import { Errno, GuestFault } from "../../src/base/errors.ts";
import { createJournal } from "../../src/kernel/journal.ts";
import { type Log, createLog } from "../../src/kernel/log/log.ts";
import { kmsgMessage, readKmsg } from "../../src/kernel/log/kmsg.ts";
import { consoleText, kmsgText, recordText } from "../../src/kernel/log/print.ts";
import { KERN_CONT, KERN_ERR, KERN_INFO, KERN_WARNING } from "../../src/kernel/log/record.ts";

const setup = (bufferBytes = 1 << 17) => {
  const journal = createJournal();
  const caller = { id: 1 };
  let now = 2_223_309_000;
  const log = createLog(journal, { now: () => (now += 1000), caller: () => caller.id, bufferBytes });
  return { journal, log, caller };
};

const lines = (log: Log): string[] => log.since(0).map(recordText);

describe("levels and records", () => {
  test("the level comes from the text, then from the default", () => {
    const { log } = setup();
    log.print(`${KERN_ERR}err\n`);
    log.print("no level\n");
    log.print(`${KERN_INFO}inner${KERN_ERR}level\n`);
    log.print("\x01dnot a level\n");
    expect(lines(log)).toEqual(["<3>err", "<4>no level", "<6>inner\x013level", "<4>\x01dnot a level"]);
  });

  test("newlines inside stay, one at the end goes", () => {
    const { log } = setup();
    log.print(`${KERN_INFO}two\nlines\n`);
    log.print(`${KERN_INFO}blank\n\n`);
    log.print(`${KERN_INFO}\n`);
    expect(lines(log)).toEqual(["<6>two\nlines", "<6>blank\n", "<6>"]);
  });

  test("a long message is cut and stays open", () => {
    const { log } = setup();
    log.print(`${KERN_INFO}${"L".repeat(1499)}\n`);
    expect(lines(log)).toEqual([]);
    log.closeOpen();
    expect(lines(log)).toEqual([`<6>${"L".repeat(989)}`]);
  });

  test("the formatted length is 16 bits wide", () => {
    const { log } = setup();
    expect(log.emit({ text: { text: "x".repeat(992), length: 65536 } })).toBe(0);
    log.closeOpen();
    expect(lines(log)).toEqual(["<4>"]);
    expect(() => log.emit({ text: { text: "x".repeat(992), length: 65535 } })).toThrow(GuestFault);
  });
});

describe("continuation", () => {
  test("an open record is invisible until it is continued to its end", () => {
    const { log } = setup();
    log.print(`${KERN_INFO}a`);
    log.print(`${KERN_CONT} b`);
    expect(lines(log)).toEqual([]);
    expect(log.open()?.text).toBe("a b");
    log.print(`${KERN_CONT} c\n`);
    expect(lines(log)).toEqual(["<6>a b c"]);
    log.print(`${KERN_CONT}nothing open\n`);
    expect(lines(log)).toEqual(["<6>a b c", "<4>nothing open"]);
  });

  test("another message closes it, and so does another task", () => {
    const { log, caller } = setup();
    log.print(`${KERN_INFO}open`);
    log.print(`${KERN_INFO}next`);
    caller.id = 2;
    log.print(`${KERN_CONT}from another task\n`);
    expect(lines(log)).toEqual(["<6>open", "<6>next", "<4>from another task"]);
  });

  test("what does not fit begins a record of its own", () => {
    const { log } = setup();
    log.print(`${KERN_INFO}${"a".repeat(900)}`);
    log.print(`${KERN_CONT}${"b".repeat(100)}\n`);
    expect(log.since(0).map((record) => record.text.length)).toEqual([900, 100]);
  });

  test("a device message is always whole", () => {
    const { log } = setup();
    log.emit({ text: "drv dev: no newline", level: 6, device: { subsystem: "misc", device: "c10:58" } });
    expect(lines(log)).toEqual(["<6>drv dev: no newline"]);
  });
});

describe("the ring", () => {
  test("old records make room for new ones", () => {
    const { log } = setup(1024);
    for (let i = 0; i < 100; i++) log.print(`${KERN_INFO}record ${i}\n`);
    const records = log.since(0);
    expect(log.next).toBe(100);
    expect(records.at(-1)?.text).toBe("record 99");
    // 32 descriptors, each with a block of 24 bytes: the descriptors run out first.
    expect(records).toHaveLength(32);
    expect(records[0]?.seq).toBe(log.first);
  });

  test("long records run out of text space first", () => {
    const { log } = setup(1024);
    for (let i = 0; i < 20; i++) log.print(`${KERN_INFO}${"x".repeat(90)}\n`);
    expect(log.since(0)).toHaveLength(9);
  });

  test("going back restores the log", () => {
    const { log, journal } = setup(1024);
    log.print(`${KERN_INFO}kept\n`);
    log.print(`${KERN_INFO}open`);
    const mark = journal.mark();
    for (let i = 0; i < 100; i++) log.print(`${KERN_WARNING}lost ${i}\n`);
    log.clear();
    journal.rollback(mark);
    expect(lines(log)).toEqual(["<6>kept"]);
    expect(log.open()?.text).toBe("open");
    expect(log.cleared).toBe(0);
  });
});

test("listeners hear of a record when readers can see it", () => {
  const heard: string[] = [];
  const log = createLog(createJournal(), {
    now: () => 0,
    caller: () => 1,
    onRecord: (record) => heard.push(record.text),
  });
  log.print("open");
  expect(heard).toEqual([]);
  log.print("\x01c, closed\n");
  expect(heard).toEqual(["open, closed"]);
});

test("console and /dev/kmsg texts", () => {
  const { log } = setup();
  log.emit({ text: "two\nlin\\es\xff", level: 6, device: { subsystem: "misc", device: "c10:58" } });
  const [record] = log.since(0);
  if (record === undefined) throw new Error("no record");
  expect(consoleText(record)).toBe("[    2.223310] two\n[    2.223310] lin\\es\xff\n");
  expect(kmsgText(record)).toBe("6,0,2223310,-;two\\x0alin\\x5ces\\xff\n SUBSYSTEM=misc\n DEVICE=c10:58\n");
});

describe("/dev/kmsg", () => {
  test("a write's level and facility", () => {
    expect(kmsgMessage("plain\n")).toEqual({ text: "plain\n", level: 4, facility: 1 });
    expect(kmsgMessage("<3>error")).toEqual({ text: "error", level: 3, facility: 1 });
    expect(kmsgMessage("<30>daemon")).toEqual({ text: "daemon", level: 6, facility: 3 });
    expect(kmsgMessage("<3 no end")).toEqual({ text: "<3 no end", level: 4, facility: 1 });
    expect(kmsgMessage("<>empty")).toEqual({ text: "empty", level: 0, facility: 1 });
    expect(() => kmsgMessage("x".repeat(993))).toThrow(Errno);
  });

  test("reads follow the sequence and tell of lost records", () => {
    const { log } = setup(1024);
    log.print("one\n");
    log.print("open");
    const first = readKmsg(log, 0);
    expect(first).toEqual({ kind: "record", text: "4,0,2223310,-;one\n", next: 1 });
    expect(readKmsg(log, 1)).toEqual({ kind: "empty" });
    for (let i = 0; i < 100; i++) log.print("more\n");
    expect(readKmsg(log, 1)).toEqual({ kind: "lost", next: log.first });
  });
});
