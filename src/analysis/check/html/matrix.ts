import { type Markup, html } from "./markup.ts";
import { type PageInput, type Run, runsOf } from "./model.ts";
import { badge, sign } from "./outcome.ts";
import { initText } from "../result-text.ts";

/** Failures as columns: those of most calls first. */
const columnsOf = ({ report }: PageInput): string[] => {
  const counts = new Map<string, number>();
  for (const { failures } of report.calls)
    for (const failure of failures) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  return [...counts].sort(([a, of], [b, with_]) => with_ - of || (a < b ? -1 : 1)).map(([name]) => name);
};

const tooltip = ({ report }: Run): string => `${report.name}: ${report.message} (init: ${initText(report)})`;

const cell = (run: Run | undefined, failure: string): Markup => {
  if (run === undefined) return html`<td role="cell" class="none"></td>`;
  const { severity, verdict } = run.report;
  return html`<td role="cell" class="${severity}" data-failure="${failure}">
    <a href="#run-${run.number}" title="${tooltip(run)}">${sign(severity)} ${verdict}</a>
  </td>`;
};

/** One row for each call of init that can fail, one column for each way; every cell leads to its run. */
export const matrix = (input: PageInput): Markup => {
  const { calls } = input.report;
  if (calls.length === 0) return html`<p>No call that init makes can fail.</p>`;
  const columns = columnsOf(input);
  const single = new Map(
    runsOf(input).flatMap((run) => (run.report.fail.length === 1 ? [[run.report.fail[0], run]] : [])),
  );
  const rows = calls.map(({ symbol, nth, failures, stack }, index) => {
    const cells = columns.map((failure) =>
      cell(failures.includes(failure) ? single.get(`${symbol}#${nth}=${failure}`) : undefined, failure),
    );
    return html`<tr role="row" id="call-${index}">
      <th role="rowheader" scope="row">
        <code>${symbol}</code><span class="nth">#${nth}</span><small>${stack[0] ?? ""}</small>
      </th>
      ${cells}
    </tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Outcome of each failure">
    <table role="table" class="matrix">
      <caption>
        One row for each call of init that can fail, in order. One column for each way to fail. Each cell is
        one run of the module, in which just that call failed.
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">call</th>
          ${columns.map((failure) => html`<th role="columnheader" scope="col">${failure}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows}
      </tbody>
    </table>
  </div>`;
};

/** Runs that are in no cell: without a failure, with two of them, of parameters. */
export const otherRuns = (input: PageInput): Markup => {
  const rows = runsOf(input)
    .filter(({ report }) => report.fail.length !== 1)
    .map(
      (run) =>
        html`<tr>
          <th scope="row"><a href="#run-${run.number}">${shorten(run.report.name)}</a></th>
          <td>${badge(run.report)}</td>
          <td><code>${initText(run.report)}</code></td>
          <td class="wide">${run.report.message}</td>
        </tr>`,
    );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Other runs">
    <table class="runs">
      <caption>
        Runs without a failure, with two at once, and with parameters at the edges of their types.
      </caption>
      <thead>
        <tr>
          <th scope="col">run</th>
          <th scope="col">outcome</th>
          <th scope="col">init</th>
          <th scope="col" class="wide">because</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
};

const LONGEST_NAME = 80;
export const shorten = (name: string): string =>
  name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 3)}...`;
