import { type CaseReport, type CheckReport, isBad } from "../report.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\t": "&#9;",
};
/** XML 1.0 has no other control characters, and no half surrogates. */
const text = (raw: string): string =>
  raw
    .replaceAll(/[^\t\n\x20-\ud7ff\ue000-\ufffd]/g, "?")
    .replaceAll(/[&<>"\n\t]/g, (char) => ENTITIES[char] ?? char);

const attributes = (all: Readonly<Record<string, string | number>>): string =>
  Object.entries(all)
    .map(([name, value]) => ` ${name}="${text(`${value}`)}"`)
    .join("");

const body = ({ message, findings, command }: CaseReport): string =>
  text(
    [
      message,
      ...findings.flatMap(({ kind, where, stack, related = [] }) => [
        `${kind}${where === undefined ? "" : ` at ${where}`}`,
        ...stack.map((frame) => `  ${frame}`),
        ...related.flatMap((each) => [`  ${each.message}:`, ...each.stack.map((frame) => `    ${frame}`)]),
      ]),
      `again: ${command}`,
    ].join("\n"),
  );

const testcase = (each: CaseReport, module: string): string => {
  const open = `    <testcase${attributes({ classname: `kobox.${module}`, name: each.name })}`;
  if (each.verdict === "not-reached")
    return `${open}><skipped${attributes({ message: each.message })}/></testcase>`;
  if (!isBad(each)) return `${open}/>`;
  const failure = attributes({ type: each.verdict, message: each.message });
  return `${open}><failure${failure}>${body(each)}</failure></testcase>`;
};

/** JUnit XML, as CI servers read it: one suite, a test case for each run. */
export const formatJunit = ({ module, cases }: CheckReport): string => {
  const counts = {
    tests: cases.length,
    failures: cases.filter(isBad).length,
    errors: 0,
    skipped: cases.filter(({ verdict }) => verdict === "not-reached").length,
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "kobox check", ...counts })}>`,
    `  <testsuite${attributes({ name: module.name, ...counts })}>`,
    ...cases.map((each) => testcase(each, module.name)),
    "  </testsuite>",
    "</testsuites>",
  ].join("\n");
};
