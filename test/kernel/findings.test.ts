import { expect, it } from "vitest";
import type { Finding } from "../../src/kernel/events.ts";
import { createFindings } from "../../src/kernel/findings.ts";
import { createJournal } from "../../src/kernel/journal.ts";

const finding = (severity: Finding["severity"], message: string): Finding => ({
  kind: "example",
  severity,
  message,
  where: undefined,
  stack: [],
});

it("keeps equal notes once, and every warning", () => {
  const told: string[] = [];
  const findings = createFindings(createJournal(), ({ message }) => told.push(message));
  for (let round = 0; round < 3; round += 1) {
    findings.add(finding("note", "f() has no stub"));
    findings.add(finding("warning", "16 bytes"));
  }
  const messages = ["f() has no stub", "16 bytes", "16 bytes", "16 bytes"];
  expect(findings.all().map(({ message }) => message)).toEqual(messages);
  expect(told).toEqual(messages);
  expect(findings.count).toBe(4);
});

it("forgets what a snapshot did not know", () => {
  const journal = createJournal();
  const findings = createFindings(journal, () => {});
  findings.add(finding("note", "before"));
  const mark = journal.mark();
  findings.add(finding("note", "after"));
  journal.rollback(mark);
  expect(findings.count).toBe(1);
  findings.add(finding("note", "after"));
  expect(findings.all().map(({ message }) => message)).toEqual(["before", "after"]);
});

it("ends with a word when a module makes too many", () => {
  const findings = createFindings(createJournal(), () => {});
  for (let index = 0; index < 100_000; index += 1) findings.add(finding("error", `${index}`));
  expect(findings.count).toBe(5000);
  expect(findings.all().at(-2)?.message).toBe("4998");
  expect(findings.all().at(-1)).toMatchObject({ kind: "too-many-findings", severity: "warning" });
});
