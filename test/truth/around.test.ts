import { describe } from "vitest";
import { testJobs } from "../support/truth-replay.ts";

const INJECTED = "the interrupt comes when irq_inject_interrupt has returned, not at its last unlock";

describe("ports, registers and their owners", () => testJobs("test/truth/around/hw.jobs"));

describe("interrupts", () =>
  testJobs("test/truth/around/irq.jobs", {
    "irq-spurious/0 load/log": INJECTED,
    "irq-bogus/0 load/log": INJECTED,
    "irq-enable/0 load/log": `${INJECTED}; the recorded one interrupted a timer's softirq`,
  }));

describe("interrupts that come while they are off", () => testJobs("test/truth/around/sti.jobs"));

describe("handlers that sleep", () => testJobs("test/truth/around/naps.jobs"));

describe("platform devices", () => testJobs("test/truth/around/pdev.jobs"));

describe("firmware and helpers", () => testJobs("test/truth/around/fw.jobs"));

const START = "the instruction inside the function that is at fault: a stub has none";

describe("stores of EFI variables", () =>
  testJobs("test/truth/around/efivars.jobs", {
    "efivars-lock/0 load/log": START,
    "efivars-trylock/0 load/log": START,
    "efivars-set/0 load/log": START,
    "efivars-get/0 load/log": START,
  }));

describe("what the machine says of itself", () => testJobs("test/truth/around/dmi.jobs"));

describe("frame buffers and the time of the start", () => testJobs("test/truth/around/screen.jobs"));

describe("kinds of links", () => testJobs("test/truth/around/rlink.jobs"));
