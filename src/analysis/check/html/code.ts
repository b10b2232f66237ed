import { displayText } from "../../../base/bytes.ts";
import type { FunctionListing, ListingLine } from "../../code/listing.ts";
import { type Markup, html } from "./markup.ts";
import type { PageInput } from "./model.ts";
import { counted } from "../../../base/words.ts";

type State = "ran" | "failing" | "never";

const SIGNS: Readonly<Record<State, string>> = { ran: "●", failing: "◐", never: "○" };
const WORDS: Readonly<Record<State, string>> = {
  ran: "ran",
  failing: "only in another run",
  never: "never ran",
};

/** Run 0 is the clean one. */
export const stateOf = ({ firstRun }: ListingLine): State => {
  if (firstRun === undefined) return "never";
  return firstRun === 0 ? "ran" : "failing";
};

export interface Counts extends Readonly<Record<State, number>> {
  readonly total: number;
}

export const countLines = (lines: readonly ListingLine[]): Counts => {
  const counts = { ran: 0, failing: 0, never: 0, total: lines.length };
  for (const line of lines) counts[stateOf(line)] += 1;
  return counts;
};

/** Whole percents, and never 100 for what is not all. */
const percent = (part: number, total: number): number => Math.floor((100 * part) / Math.max(total, 1));

export const coverageBar = (counts: Counts): Markup => {
  const { ran, failing, never, total } = counts;
  const label = `${percent(ran, total)}% ran in the clean run, ${percent(ran + failing, total)}% in any run`;
  return html`<span class="bar" role="img" aria-label="${label}" title="${label}"
    ><svg viewBox="0 0 ${Math.max(total, 1)} 1" preserveAspectRatio="none" aria-hidden="true">
      <rect class="ran" width="${ran}" height="1" />
      <rect class="failing" x="${ran}" width="${failing}" height="1" />
      <rect class="never" x="${ran + failing}" width="${never}" height="1" /></svg
  ></span>`;
};

const lineRow = (line: ListingLine, previous: ListingLine | undefined, input: PageInput): Markup => {
  const state = stateOf(line);
  const { firstRun, source } = line;
  const run = state === "failing" && firstRun !== undefined ? input.report.cases[firstRun] : undefined;
  const word = run === undefined ? WORDS[state] : `first ran with ${run.name}`;
  const isNew = source?.line !== previous?.source?.line || source?.file !== previous?.source?.file;
  const calls = input.sites.filter(({ address }) => address === line.next);
  const links = calls.map(({ call }) => {
    const { symbol = "", nth = 0 } = input.report.calls[call] ?? {};
    return html` <a class="site" href="#call-${call}" title="this call can fail: ${symbol}#${nth}"
      >can fail</a
    >`;
  });
  const mark =
    run === undefined
      ? html`<span aria-hidden="true">${SIGNS[state]}</span><span class="sr">${word}</span>`
      : html`<a href="#run-${firstRun}"
          ><span aria-hidden="true">${SIGNS[state]}</span><span class="sr">${word}</span></a
        >`;
  return html`<tr class="${state}">
    <td class="mark" title="${word}">${mark}</td>
    <td class="offset">+0x${line.offset.toString(16)}</td>
    <td class="insn"><code>${line.mnemonic} ${displayText(line.operands)}</code>${links}</td>
    <td class="source">
      ${isNew && source !== undefined ? `${source.file.replace(/^.*\//, "")}:${source.line}` : ""}
    </td>
  </tr> `;
};

const listing = (shown: FunctionListing, index: number, input: PageInput): Markup => {
  const counts = countLines(shown.lines);
  const rows = shown.lines.map((line, at) => lineRow(line, shown.lines[at - 1], input));
  return html`<details class="function" id="code-${index}" ${index === 0 ? html` open` : undefined}>
    <summary>
      <code>${displayText(shown.name)}</code>
      <small>${displayText(shown.section)}, ${counted(counts.total, "instruction")}</small
      >${coverageBar(counts)}
    </summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Code of ${displayText(shown.name)}">
      <table class="code">
        <thead class="sr">
          <tr>
            <th scope="col">covered</th>
            <th scope="col">offset</th>
            <th scope="col">instruction</th>
            <th scope="col">source</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </details>`;
};

/** The guest's code with what ran and what did not. */
export const codeSection = (input: PageInput): Markup => {
  const { code, unentered } = input;
  if (code.length === 0) return html`<p>No function of the module ran.</p>`;
  const legend = (["ran", "failing", "never"] as const).map(
    (state) =>
      html`<li class="${state}">
        <span class="mark" aria-hidden="true">${SIGNS[state]}</span> ${LEGEND[state]}
      </li>`,
  );
  const rest =
    unentered.length === 0
      ? undefined
      : html`<p class="muted">
          No run entered
          ${unentered.map(({ name }, index) => html`${index === 0 ? "" : ", "}<code>${displayText(name)}</code>`)}.
        </p>`;
  return html`<ul class="legend">
      ${legend}
    </ul>
    ${code.map((each, index) => listing(each, index, input))}${rest}`;
};

const LEGEND: Readonly<Record<State, string>> = {
  ran: "ran in the clean run",
  failing: "ran only when something failed",
  never: "never ran",
};
