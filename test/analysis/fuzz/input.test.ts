import { describe, expect, it } from "vitest";
import { EMPTY, type FuzzInput, inputText, isInput, parseInput } from "../../../src/analysis/fuzz/input.ts";
import { minimise } from "../../../src/analysis/fuzz/minimise.ts";
import { parseTarget, targetText } from "../../../src/analysis/fuzz/target.ts";

const WRITES: FuzzInput = {
  faults: [
    { call: 1, choice: 0 },
    { call: 4, choice: 2 },
  ],
  answers: [
    { ask: 0, data: "ffee", delay: 100 },
    { ask: 3, data: "01", delay: 0 },
  ],
  chance: 7,
  operations: [
    { op: "open", file: 0 },
    { op: "read", slot: 0, count: 4096 },
    { op: "write", slot: 0, data: "41414141726d41414141" },
    { op: "sleep", milliseconds: 20 },
  ],
};

describe("inputs", () => {
  it("are what a file of ours holds", () => {
    expect(parseInput(JSON.parse(inputText(WRITES)), "x")).toEqual(WRITES);
  });

  it.each([
    ["null", null],
    ["an operation that is none", { ...EMPTY, operations: [{ op: "reboot" }] }],
    ["odd hexadecimal", { ...EMPTY, operations: [{ op: "write", slot: 0, data: "abc" }] }],
    ["an inherited name", { ...EMPTY, operations: [{ op: "toString", slot: 0 }] }],
    ["a sleep of years", { ...EMPTY, operations: [{ op: "sleep", milliseconds: 1e12 }] }],
    ["an answer after years", { ...EMPTY, answers: [{ ask: 0, data: "", delay: 1e12 }] }],
    ["an answer that is no bytes", { ...EMPTY, answers: [{ ask: 0, data: "0", delay: 0 }] }],
    ["no answers at all", { ...EMPTY, answers: undefined }],
    ["too many operations", { ...EMPTY, operations: Array(1000).fill({ op: "open", file: 0 }) }],
    ["a negative slot", { ...EMPTY, operations: [{ op: "read", slot: -1, count: 1 }] }],
  ])("are refused: %s", (_, value) => {
    expect(isInput(value)).toBe(false);
  });
});

describe("minimise", () => {
  it("keeps what the crash needs and drops the rest", () => {
    const shows = ({ operations }: FuzzInput): boolean =>
      operations.some((each) => each.op === "write" && each.data.includes("726d"));
    const small = minimise(WRITES, shows, 500);
    expect(small.faults).toEqual([]);
    expect(small.answers).toEqual([]);
    expect(small.chance).toBe(0);
    expect(small.operations).toHaveLength(1);
    expect(shows(small)).toBe(true);
  });

  it("leaves of an answer what matters", () => {
    const shows = ({ answers }: FuzzInput): boolean =>
      answers.some(({ ask, data }) => ask === 0 && data.startsWith("ff"));
    expect(minimise(WRITES, shows, 500).answers).toEqual([{ ask: 0, data: "ff", delay: 0 }]);
  });

  it("stops when its tries are used up", () => {
    let tries = 0;
    minimise(WRITES, () => (tries += 1) > 0, 5);
    expect(tries).toBe(5);
  });
});

describe("targets", () => {
  it.each(["init", "params", "return", "sequence", "file:/dev/x", "ioctl:/proc/a:b"])("%s", (text) => {
    expect(targetText(parseTarget(text))).toBe(text);
  });
  it.each(["", "files", "file:", "file:x", "ioctl"])("refuses %j", (text) => {
    expect(() => parseTarget(text)).toThrow(/no target/);
  });
});
