import { displayText } from "../../../base/bytes.ts";
import type { Finding } from "../../../kernel/events.ts";
import { isBad } from "../report.ts";
import { stackList } from "./ledger.ts";
import { type Markup, html } from "./markup.ts";
import { shorten } from "./matrix.ts";
import { type PageInput, type Run, runsOf } from "./model.ts";
import { badge } from "./outcome.ts";

/** A command to copy. */
export const commandLine = (command: string): Markup =>
  html`<div class="command">
    <code>${command}</code><button type="button" class="copy" hidden>Copy</button>
  </div>`;

const related = ({ related: places = [] }: Finding): readonly Markup[] =>
  places.map(
    ({ message, stack }) =>
      html`<details class="place">
        <summary>${displayText(message)}</summary>
        ${stackList(stack)}
      </details>`,
  );

/** One finding with all its places. What the heading above has said is not said again. */
export const findingCard = (finding: Finding, heading = ""): Markup => {
  const { kind, severity, message, where, source, stack } = finding;
  const text = displayText(message);
  const at =
    where === undefined
      ? undefined
      : html`<p class="where">
          at
          <code>${displayText(where)}</code
          >${source === undefined ? undefined : html` <b>${source.file}:${source.line}</b>`}
        </p>`;
  return html`<li class="finding ${severity}">
    <p><b>${kind}</b>${heading.includes(text) ? "" : `: ${text}`}</p>
    ${at}${
      stack.length > 1
        ? html`<details class="place">
            <summary>stack</summary>
            ${stackList(stack)}
          </details>`
        : undefined
    }${related(finding)}
  </li>`;
};

/** Runs that went wrong in the same way are one item. */
const grouped = (runs: readonly Run[]): Run[][] => {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const { verdict, message, findings } = run.report;
    const key = JSON.stringify([verdict, message, findings[0]?.where]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()];
};

const RANKS = { error: 0, warning: 1, note: 2, ok: 3 } as const;
/** As many ways to do it again are enough. */
const MOST_COMMANDS = 6;

const card = (runs: readonly Run[]): Markup | undefined => {
  const [first] = runs;
  if (first === undefined) return undefined;
  const { report } = first;
  const shown = runs.slice(0, MOST_COMMANDS);
  const again = shown.map(
    (run) =>
      html`<li>
        <a href="#run-${run.number}">${shorten(run.report.name)}</a>${commandLine(run.report.command)}
      </li>`,
  );
  const more = runs.length - shown.length;
  return html`<article class="card ${report.severity}">
    <h3>${badge(report)} ${report.message}</h3>
    <ul class="findings">
      ${report.findings.filter(({ severity }) => severity !== "note").map((finding) => findingCard(finding, report.message))}
    </ul>
    <h4>Do it again</h4>
    <ul class="again">
      ${again}
    </ul>
    ${more > 0 ? html`<p class="muted">and ${more} runs more.</p>` : undefined}
  </article>`;
};

/** What somebody has to look at, worst first. */
export const findingsSection = (input: PageInput): Markup => {
  const bad = runsOf(input).filter(({ report }) => isBad(report));
  if (bad.length === 0)
    return html`<p class="fine">
      ${badge({ severity: "ok", verdict: "passed" })} Nothing went wrong in any run.
    </p>`;
  const groups = grouped(bad).sort(
    ([a], [b]) => RANKS[a?.report.severity ?? "ok"] - RANKS[b?.report.severity ?? "ok"],
  );
  return html`${groups.map(card)}`;
};
