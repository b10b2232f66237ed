import { describe, expect, it } from "vitest";
import { RAX, RBX, RCX, RDX, RIP, RSP } from "../../../src/abi/calls.ts";
import { applyFixup } from "../../../src/kernel/oops/exception-table.ts";
import { TAINT, createTaints, moduleTaintLetters } from "../../../src/kernel/oops/taint.ts";
import { createTraces } from "../../../src/kernel/oops/traces.ts";
import { unwindNext } from "../../../src/kernel/oops/unwind.ts";
import { createJournal } from "../../../src/kernel/journal.ts";
import { STACK_LOW, fakeHost, fakeMemory, fakeTask, pushGuestFrame } from "./fake-host.ts";

const FIXUP = -0x3fdf_0000;
const apply = (data: number, set: Readonly<Record<number, bigint>> = {}, vector = 14): BigUint64Array => {
  const registers = new BigUint64Array(18);
  for (const [index, value] of Object.entries(set)) registers[Number(index)] = value;
  expect(applyFixup(registers, { fixup: FIXUP, data }, vector, () => true)).toBe(true);
  expect(registers[RIP]).toBe(0xffff_ffff_c021_0000n);
  return registers;
};

describe("exception table fixups", () => {
  it("default: goes on, clears what it is told to", () => {
    expect(apply(1 | 0x3000, { [RAX]: 5n, [RDX]: 6n })[RAX]).toBe(0n);
    expect(apply(1, { [RAX]: 5n })[RAX]).toBe(5n);
  });
  it("fault and copy: the vector in RAX", () => {
    expect(apply(2, {}, 13)[RAX]).toBe(13n);
    expect(apply(4, {}, 14)[RAX]).toBe(14n);
  });
  it("an immediate in a register, sign-extended", () => {
    expect(apply(17 | (3 << 8) | (-14 << 16))[RBX]).toBe(0xffff_ffff_ffff_fff2n);
    const popped = apply(16 | (2 << 8) | (7 << 16), { [RSP]: 0x100n });
    expect([popped[RDX], popped[RSP]]).toEqual([7n, 0x108n]);
  });
  it("MSR reads give 0, safe ones -EIO", () => {
    const registers = apply(11 | (1 << 8), { [RAX]: 9n, [RDX]: 9n });
    expect([registers[RAX], registers[RDX], registers[RCX]]).toEqual([0n, 0n, 0xffff_ffff_ffff_fffbn]);
  });
  it("what is left of a user copy", () => {
    // RCX := 8 * RCX + RDX
    expect(apply(19 | (2 << 8) | (8 << 16), { [RCX]: 3n, [RDX]: 5n })[RCX]).toBe(29n);
  });
  it("does not take unknown types", () => {
    const entry = { fixup: FIXUP, data: 99 };
    expect(applyFixup(new BigUint64Array(18), entry, 14, () => true)).toBe(false);
    expect(applyFixup(new BigUint64Array(18), { fixup: FIXUP, data: 20 }, 14, () => false)).toBe(false);
  });

  it("comes before everything else", () => {
    const host = fakeHost();
    const task = fakeTask("init", 80, []);
    pushGuestFrame(task, STACK_LOW + 16000);
    host.knobs.task = host.knobs.current = task;
    host.knobs.fixup = { fixup: FIXUP, data: 1 };
    const exception = { vector: 14, errorCode: 2, address: 0n, stub: undefined };
    expect(createTraces(host).exception(task, exception)).toBe("resume");
    expect(host.printed).toEqual([]);
    expect(host.findings).toEqual([]);
  });
});

describe("a second oops", () => {
  it("repeats the first one's registers, counts up, and is tainted", () => {
    const host = fakeHost();
    const task = fakeTask("init", 80, ["do_syscall_64+0x5d"]);
    pushGuestFrame(task, STACK_LOW + 16000);
    host.knobs.task = host.knobs.current = task;
    host.registers[RSP] = BigInt.asUintN(64, BigInt(STACK_LOW + 15000));
    host.memory.setU64(STACK_LOW, 0x57ac6e9dn);
    const traces = createTraces(host);
    const divide = { vector: 0, errorCode: 0, address: 0n, stub: undefined };
    host.registers[RAX] = 0x111n;
    traces.exception(task, divide);
    host.registers[RAX] = 0x222n;
    const before = host.printed.length;
    traces.exception(task, divide);
    const second = host.printed.slice(before);
    expect(second[0]).toBe("<4>divide error: 0000 [#2] PREEMPT SMP NOPTI");
    expect(second[1]).toContain("Tainted: G      D ");
    const rax = second.filter((line) => line.includes("RAX:"));
    expect(rax[0]).toContain("RAX: 0000000000000222");
    expect(rax.at(-1)).toContain("RAX: 0000000000000111");
    expect(task.signal).toBe(11);
    expect(host.stops).toEqual([]);
  });

  it("with softirqs off or preemption off", () => {
    const host = fakeHost();
    const task = fakeTask("init", 80, []);
    pushGuestFrame(task, STACK_LOW + 16000);
    host.knobs.task = host.knobs.current = task;
    host.registers[17] = 0x202n;
    host.knobs.preempt = 2;
    const divide = { vector: 0, errorCode: 0, address: 0n, stub: undefined };
    createTraces(host).exception(task, divide);
    expect(host.printed.at(-1)).toBe("<6>note: init[80] exited with preempt_count 2");
    expect(host.knobs.preempt).toBe(0);
    host.knobs.preempt = 0x201;
    createTraces(host).exception(task, divide);
    expect(host.stops).toEqual(["Kernel panic - not syncing: Fatal exception in interrupt"]);
  });
});

describe("might_sleep", () => {
  it("is a finding, and the scheduler's complaint about the same place none more", () => {
    const host = fakeHost();
    const task = fakeTask("init", 80, ["do_one_initcall+0x59"]);
    host.knobs.task = host.knobs.current = task;
    host.registers[17] = 0x202n;
    const traces = createTraces(host);
    traces.mightSleep("msleep");
    expect(host.findings).toEqual([]);
    host.knobs.preempt = 1;
    traces.mightSleep("msleep");
    expect(host.printed).toEqual([]);
    expect(host.findings.map(({ kind, where }) => [kind, where])).toEqual([
      ["sleep-in-atomic", "do_one_initcall+0x59/0x220"],
    ]);
  });
});

describe("taints", () => {
  it("print as the kernel prints them", () => {
    const lines: string[] = [];
    const taints = createTaints(createJournal(), (level, text) => void lines.push(`<${level}>${text}`));
    expect(taints.describe()).toBe("Not tainted");
    taints.add(TAINT.OOT_MODULE, "still-ok");
    taints.add(TAINT.UNSIGNED_MODULE, "still-ok");
    expect([taints.describe(), taints.value()]).toEqual(["Tainted: G           OE     ", 12288]);
    taints.add(TAINT.PROPRIETARY_MODULE, "now-unreliable");
    taints.add(TAINT.PROPRIETARY_MODULE, "now-unreliable");
    expect(taints.describe()).toBe("Tainted: P           OE     ");
    expect(lines).toEqual(["<4>Disabling lock debugging due to kernel taint"]);
    taints.add(99, "still-ok");
    taints.add(-1, "still-ok");
    expect(taints.value()).toBe(12289);
    expect(moduleTaintLetters(0x3401)).toBe("PCOE");
    expect(moduleTaintLetters(1 << TAINT.DIE)).toBe("");
  });
  it("are undone with everything else", () => {
    const journal = createJournal();
    const taints = createTaints(journal, () => {});
    const mark = journal.mark();
    taints.add(TAINT.DIE, "now-unreliable");
    journal.rollback(mark);
    expect(taints.value()).toBe(0);
  });
});

describe("unwinding", () => {
  const memory = fakeMemory();
  const low = 0x1000;
  for (let at = low; at < 0x2000; at += 8) memory.setU64(at, BigInt(at));
  const stack = { low, high: 0x2000 };
  const unwinding = (
    entry: Partial<{ spOffset: number; bpOffset: number; spReg: number; bpReg: number; type: number }>,
  ) => ({
    memory,
    stack,
    orc: () => ({ spOffset: 8, bpOffset: 0, spReg: 5, bpReg: 0, type: 0, end: false, ...entry }),
  });
  const at = { ip: 0x500, sp: 0x1100, bp: 0x1800 };
  it.each([
    ["stack pointer", { spOffset: 32 }, { ip: 0x1118, sp: 0x1120, bp: 0x1800 }],
    [
      "base pointer",
      { spReg: 4, spOffset: 16, bpReg: 1, bpOffset: -16 },
      { ip: 0x1808, sp: 0x1810, bp: 0x1800 },
    ],
    [
      "through memory at the base pointer",
      { spReg: 8, spOffset: -8 },
      { ip: 0x17f0, sp: 0x17f8, bp: 0x1800 },
    ],
    [
      "through memory at the stack pointer",
      { spReg: 9, spOffset: 16 },
      { ip: 0x1108, sp: 0x1110, bp: 0x1800 },
    ],
  ])("by the %s", (_name, entry, next) => {
    expect(unwindNext(unwinding(entry), at)).toEqual(next);
  });
  it.each([
    ["no base register", { spReg: 0 }],
    ["a register that only an exception has saved", { spReg: 6 }],
    ["out of the stack", { spOffset: 0x4000 }],
    ["the wrong way", { spOffset: -64 }],
    ["entry code", { type: 1 }],
  ])("gives up: %s", (_name, entry) => expect(unwindNext(unwinding(entry), at)).toBeUndefined());
  it("from a call of NULL, where there is no code", () => {
    const regs = { ...at, ip: 0 };
    const walk = unwindNext({ ...unwinding({}), orc: () => undefined }, { ...regs, regs: {} as never });
    expect(walk).toEqual({ ip: 0x1100, sp: 0x1108, bp: 0x1800 });
  });
});

describe("a guest that spoils its own tables", () => {
  const trap = { vector: 6, errorCode: 0, address: 0n, stub: undefined };
  const spoilt = (): { host: ReturnType<typeof fakeHost>; task: ReturnType<typeof fakeTask> } => {
    const host = fakeHost();
    const task = fakeTask("init", 80, []);
    pushGuestFrame(task, STACK_LOW + 16000);
    host.knobs.task = host.knobs.current = task;
    host.registers[RIP] = 0x5000n;
    host.memory.setU16(0x5000, 0x0b0f);
    return { host, task };
  };
  it("a bug entry that is not there ends the run", () => {
    const { host, task } = spoilt();
    host.knobs.bugEntry = 0x9000;
    expect(createTraces(host).exception(task, trap)).toBe("kill");
    expect(host.stops).toHaveLength(1);
  });
  it("a file name that is not there is a question mark", () => {
    const { host, task } = spoilt();
    host.knobs.bugEntry = 0x9000;
    host.memory.setU32(0x9004, 0x7000_0000);
    host.memory.setU32(0x9008, 7);
    createTraces(host).exception(task, trap);
    expect(host.printed).toContain("<2>kernel BUG at ?:7!");
  });
  it("a WARN in a loop does not fill the report", () => {
    const { host, task } = spoilt();
    host.knobs.bugEntry = 0x9000;
    host.memory.setU32(0x9004, 0x7000_0000);
    host.memory.setU32(0x9008, 7 | (0x901 << 16));
    const traces = createTraces(host);
    for (let round = 0; round < 50; round += 1) {
      host.registers[RIP] = 0x5000n;
      expect(traces.exception(task, trap)).toBe("resume");
    }
    expect(host.findings).toHaveLength(10);
    expect(host.printed.filter((line) => line.startsWith("<4>WARNING: "))).toHaveLength(50);
  });
});
