import { type CaseReport, isBad } from "../report.ts";
import { commandLine, findingCard } from "./findings.ts";
import { ledgerTable, stackList } from "./ledger.ts";
import { logTable, plainLog } from "./log.ts";
import { type Markup, html } from "./markup.ts";
import { shorten } from "./matrix.ts";
import { type PageInput, type Run, runsOf } from "./model.ts";
import { badge } from "./outcome.ts";
import { initText } from "../result-text.ts";

/** With more runs than this, those that went well are only listed. */
const MOST_WHOLE = 400;

const failedAt = ({ report }: Run): readonly Markup[] =>
  report.stacks.flatMap((stack, index) =>
    stack.length === 0
      ? []
      : [
          html`<h4>${report.fail[index] ?? ""} failed at</h4>
            ${stackList(stack)}`,
        ],
  );

/** What stands above the log of the run that another is compared with. */
const BASES: Readonly<Record<CaseReport["what"], string>> = {
  clean: "",
  failure: "without a failure",
  parameter: "parameters as given",
  again: "inserted first",
};

const inside = (run: Run): Markup => {
  const { record, base, report } = run;
  const books =
    record === undefined
      ? undefined
      : html`<h4>Taken and given back</h4>
          ${ledgerTable(run)}`;
  const log =
    record === undefined || base === undefined
      ? undefined
      : html`<h4>Kernel log</h4>
          ${record === base ? plainLog(record) : logTable(base, record, BASES[report.what])}`;
  const findings =
    report.findings.length === 0
      ? undefined
      : html`<h4>Findings</h4>
          <ul class="findings">
            ${report.findings.map((finding) => findingCard(finding, report.message))}
          </ul>`;
  return html`${failedAt(run)}${findings}${log}${books}`;
};

const item = (run: Run, isWhole: boolean): Markup => {
  const { number, report } = run;
  return html`<details class="run ${report.severity}" id="run-${number}">
    <summary>
      ${badge(report)} <span class="name">${shorten(report.name)}</span>
      <small>init: ${initText(report)}</small>
    </summary>
    <p>${report.message}</p>
    ${commandLine(report.command)}${isWhole ? inside(run) : undefined}
  </details>`;
};

const FILTERS = ["error", "warning", "note", "ok"] as const;

/** Every run: its log beside the clean one's, its ledger, its findings. */
export const runsSection = (input: PageInput): Markup => {
  const runs = runsOf(input);
  const [clean] = runs;
  const isAll = runs.length <= MOST_WHOLE;
  const boxes = FILTERS.map((severity) => {
    const count = runs.filter(({ report }) => report.severity === severity).length;
    return html`<label
      ><input type="checkbox" id="show-${severity}" checked /> ${severity} (${count})</label
    >`;
  });
  return html`<fieldset class="filters">
      <legend>Show</legend>
      ${boxes}
    </fieldset>
    ${runs.map((run) => item(run, isAll || run === clean || isBad(run.report)))}`;
};
