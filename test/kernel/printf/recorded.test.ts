import { expect, test } from "vitest";
import { type Case, createBench, readCases, readRecording, showFormat, showNested } from "./cases.ts";

interface PrintCase {
  readonly size?: number;
  readonly print?: readonly string[];
  readonly outer?: string;
  readonly nested?: readonly string[];
}

const printed = (entry: Case): string => {
  const bench = createBench();
  if (Array.isArray(entry)) return showFormat(bench, 900, entry);
  const { size = 900, print, outer = "", nested = [] } = entry as PrintCase;
  return print === undefined ? showNested(bench, outer, nested) : showFormat(bench, size, print);
};

/** printk keeps 992 bytes with level and NUL. */
const cut = (line: string, number: number): string => line.slice(0, 989 - `${number} `.length);

test.each(["integers", "pointers", "odd"])("%s: every line is the kernel's", (name) => {
  const { byNumber } = readRecording(name);
  const cases = readCases(name);
  const wrong = cases.flatMap((entry, number) => {
    const ours = cut(printed(entry), number);
    const kernels = byNumber.get(number);
    return ours === kernels ? [] : [{ number, case: JSON.stringify(entry), ours, kernels }];
  });
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(byNumber.size).toBe(cases.length);
});

test("warnings of the wrong formats", () => {
  const bench = createBench();
  for (const entry of readCases("odd")) {
    const { print = entry as unknown as readonly string[], size = 900 } = entry as PrintCase;
    showFormat(bench, size, print);
  }
  const { lines } = readRecording("odd");
  const first = (start: string) => bench.warnings.find((message) => message.startsWith(start))?.trimEnd();
  for (const start of ["Please remove unsupported", "Please remove %pA", "field width", "precision"]) {
    expect(lines).toContainEqual(`<4>${first(start)}`);
  }
});
