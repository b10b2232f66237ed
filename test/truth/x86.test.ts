import { describe } from "vitest";
import { testJobs } from "../support/truth-replay.ts";

describe("what modules offer to the crypto API", () => testJobs("test/truth/x86/offers.jobs"));
describe("what the kernel says of the processor", () => testJobs("test/truth/x86/cpu.jobs"));
describe("model-specific registers", () => testJobs("test/truth/x86/msr.jobs"));
describe("static calls", () => testJobs("test/truth/x86/scall.jobs"));
describe("the ACPI namespace", () => testJobs("test/truth/x86/acpins.jobs"));
describe("calls that workers make later", () => testJobs("test/truth/x86/later.jobs"));
