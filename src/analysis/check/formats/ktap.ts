import { type CaseReport, type CheckReport, isBad } from "../report.ts";

/** Names are for people. */
const LONGEST = 120;

/** "#" begins a directive, and a line is a test. */
const plain = (text: string): string =>
  text
    .replaceAll(/(\w+)#(\d+)=/g, "$1($2)=")
    .replaceAll("#", "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[^\x20-\x7e\u00a0-\uffff]/g, "?")
    .trim()
    .slice(0, LONGEST) || "-";

const diagnostics = ({ message, findings, command }: CaseReport): string[] => [
  message,
  ...findings
    .filter(({ severity }) => severity !== "note")
    .flatMap(({ kind, where }) => (where === undefined ? [] : [`${kind} at ${where}`])),
  `again: ${command}`,
];

const result = (each: CaseReport, index: number): string[] => {
  const name = plain(each.name);
  if (each.verdict === "not-reached") return [`ok ${index + 1} ${name} # SKIP ${plain(each.message)}`];
  if (!isBad(each)) return [`ok ${index + 1} ${name}`];
  return [
    ...diagnostics(each).map((line) => `# ${line.replaceAll(/\s+/g, " ")}`),
    `not ok ${index + 1} ${name}`,
  ];
};

/** KTAP version 1 (Documentation/dev-tools/ktap.rst): one test with a subtest for each run. */
export const formatKtap = ({ module, cases }: CheckReport): string => {
  const inner = [
    "KTAP version 1",
    `# Subtest: ${plain(module.name)}`,
    `1..${cases.length}`,
    ...cases.flatMap(result),
  ];
  const bad = cases.filter(isBad).length;
  return [
    "KTAP version 1",
    "1..1",
    ...inner.map((line) => `    ${line}`),
    `# ${plain(module.name)}: pass:${cases.length - bad} fail:${bad}`,
    `${bad === 0 ? "ok" : "not ok"} 1 ${plain(module.name)}`,
  ].join("\n");
};
