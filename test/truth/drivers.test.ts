import { describe } from "vitest";
import { testJobs } from "../support/truth-replay.ts";

describe("kobjects that nobody initialised", () => testJobs("test/truth/drivers/kput.jobs"));
describe("the die chain", () => testJobs("test/truth/drivers/died.jobs"));
describe("GPIO chips", () => testJobs("test/truth/drivers/gpio.jobs"));
describe("input devices and their handlers", () => testJobs("test/truth/drivers/input.jobs"));
describe("the keyboard, down to the last of its chain", () => testJobs("test/truth/drivers/kbd.jobs"));
describe("what the kernel's variables hold", () => testJobs("test/truth/drivers/vars.jobs"));
describe("buses, their listeners, and drivers for the kernel's own", () =>
  testJobs("test/truth/drivers/buses.jobs"));
describe("drivers of terminals", () => testJobs("test/truth/drivers/ttys.jobs"));
describe("runtime power management; fonts, filters, texts", () =>
  testJobs("test/truth/drivers/runtime.jobs"));
describe("who is on the PCI bus", () => testJobs("test/truth/drivers/pcidev.jobs"));
