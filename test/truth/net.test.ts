import { describe } from "vitest";
import { testJobs } from "../support/truth-replay.ts";

describe("network namespaces and devices", () => testJobs("test/truth/net/net.jobs"));
describe("families of protocols and their sockets", () => testJobs("test/truth/net/family.jobs"));
describe("keys and keyrings", () => testJobs("test/truth/net/keys.jobs"));
describe("lights and their triggers", () => testJobs("test/truth/net/light.jobs"));
