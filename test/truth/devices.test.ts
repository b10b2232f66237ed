import { describe } from "vitest";
import { testJobs } from "../support/truth-replay.ts";

describe("root devices, and small things", () => testJobs("test/truth/devices/roots.jobs"));
describe("software nodes", () => testJobs("test/truth/devices/swnode.jobs"));
describe("a firmware node of the module's own", () => testJobs("test/truth/devices/primary.jobs"));
describe("names that are taken", () => testJobs("test/truth/devices/twice.jobs"));
describe("software nodes that are connected", () => testJobs("test/truth/devices/graph.jobs"));
describe("platform drivers that are offered devices once", () => testJobs("test/truth/devices/pprobe.jobs"));
describe("transport classes", () => testJobs("test/truth/devices/transport.jobs"));
