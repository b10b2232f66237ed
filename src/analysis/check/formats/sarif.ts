import type { Verdict } from "../judge.ts";
import { type CaseReport, type CheckReport, isBad } from "../report.ts";

const RULES: Readonly<Partial<Record<Verdict, string>>> = {
  "bad-return": "The module's init returns a value that is neither 0 nor a negative errno.",
  leaked: "Memory is not freed when init fails or the module is removed.",
  "left-registered": "Something of the module stays registered or active when the module is gone.",
  misused: "Something is freed or given back twice, or by the wrong function.",
  crashed: "The module crashes the kernel when a call fails.",
  hung: "The module never comes back when a call fails.",
};

interface Message {
  readonly text: string;
}
interface Location {
  readonly physicalLocation?: unknown;
  readonly logicalLocations?: unknown;
  readonly message?: Message;
}

/** "symbol+0x1c/0x40 [module]", and where DWARF has it the source line. */
const location = (
  where: string | undefined,
  source: { readonly file: string; readonly line: number } | undefined,
  file: string,
): Location => ({
  physicalLocation:
    source === undefined
      ? { artifactLocation: { uri: encodeURI(file) } }
      : { artifactLocation: { uri: encodeURI(source.file) }, region: { startLine: source.line } },
  ...(where === undefined
    ? {}
    : {
        logicalLocations: [{ name: where.replace(/\+.*/, ""), fullyQualifiedName: where, kind: "function" }],
      }),
});

const result = (each: CaseReport, file: string): unknown => {
  const finding = each.findings.find(({ severity }) => severity !== "note");
  const where = finding?.where ?? each.stacks[0]?.[0];
  return {
    ruleId: each.verdict,
    level: each.severity === "error" ? "error" : "warning",
    message: { text: `${each.name}: ${each.message}` },
    locations: [location(where, finding?.source, file)],
    relatedLocations: [
      ...each.stacks.map(([at], index) => ({
        ...location(at, undefined, file),
        message: { text: `${each.fail[index] ?? "the call"} failed here` },
      })),
      ...(finding?.related ?? []).map(({ message, stack }) => ({
        ...location(stack[0], undefined, file),
        message: { text: message },
      })),
    ],
    partialFingerprints: { "koboxCase/v1": `${each.verdict}:${each.name}` },
    properties: { command: each.command },
  };
};

/** SARIF 2.1.0: one run, a result for each case that somebody has to look at. */
export const formatSarif = (report: CheckReport): string => {
  const { module, cases, kernel } = report;
  return JSON.stringify(
    {
      $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: {
            driver: {
              name: "kobox",
              rules: Object.entries(RULES).map(([id, text]) => ({ id, shortDescription: { text } })),
            },
          },
          automationDetails: { id: `kobox check/${module.name}/${kernel}` },
          columnKind: "utf16CodeUnits",
          results: cases.filter(isBad).map((each) => result(each, module.file)),
        },
      ],
    },
    null,
    2,
  );
};
