import { displayText } from "../../../base/bytes.ts";
import type { LifeRecord, LogLine } from "../recorder.ts";
import { type Markup, html } from "./markup.ts";

/** A line of the clean run's log, of the other's, or of both. */
export interface Pair {
  readonly clean: LogLine | undefined;
  readonly other: LogLine | undefined;
}

const same = (a: LogLine | undefined, b: LogLine | undefined): boolean =>
  a?.text === b?.text && a?.level === b?.level;

/** Longest common subsequence; the logs are short, and cut where they are not. */
export const pairLines = (clean: readonly LogLine[], other: readonly LogLine[]): Pair[] => {
  const width = other.length + 1;
  const lengths = new Uint16Array((clean.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = clean.length - 1; row >= 0; row -= 1) {
    for (let column = other.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] = same(clean[row], other[column])
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const pairs: Pair[] = [];
  let [row, column] = [0, 0];
  while (row < clean.length || column < other.length) {
    const [left, right] = [clean[row], other[column]];
    if (left !== undefined && right !== undefined && same(left, right)) {
      pairs.push({ clean: left, other: right });
      row += 1;
      column += 1;
    } else if (right === undefined || (left !== undefined && at(row + 1, column) >= at(row, column + 1))) {
      pairs.push({ clean: left, other: undefined });
      row += 1;
    } else {
      pairs.push({ clean: undefined, other: right });
      column += 1;
    }
  }
  return pairs;
};

const LEVELS = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

const cell = (line: LogLine | undefined): Markup =>
  line === undefined
    ? html`<td class="gap"></td>`
    : html`<td class="text level-${line.level}" title="${LEVELS[line.level] ?? ""}">
        <span>${displayText(line.text)}</span>
      </td>`;

const rowOf = ({ clean, other }: Pair): Markup => {
  const state = clean === undefined ? "added" : other === undefined ? "missing" : "both";
  const mark = { added: "+", missing: "−", both: "" }[state];
  return html`<tr class="${state}">
    ${cell(clean)}
    <td class="mark">${mark}</td>
    ${cell(other)}
  </tr> `;
};

const cut = (count: number): Markup | undefined =>
  count === 0 ? undefined : html`<p class="muted">${count} more lines are left out.</p>`;

/** A run's kernel log beside that of a run without a failure; `heading` says which. */
export const logTable = (clean: LifeRecord, other: LifeRecord, heading: string): Markup => {
  if (clean.log.length + other.log.length === 0)
    return html`<p class="muted">Neither run logged anything.</p>`;
  return html`<table class="log">
      <thead>
        <tr>
          <th scope="col">${heading}</th>
          <td class="mark"></td>
          <th scope="col">this run</th>
        </tr>
      </thead>
      <tbody>
        ${pairLines(clean.log, other.log).map(rowOf)}
      </tbody>
    </table>
    ${cut(other.logCut)}`;
};

/** The clean run's log by itself. */
export const plainLog = (record: LifeRecord): Markup =>
  record.log.length === 0
    ? html`<p class="muted">It logged nothing.</p>`
    : html`<table class="log plain">
          <thead class="sr">
            <tr>
              <th scope="col">message</th>
            </tr>
          </thead>
          <tbody>
            ${record.log.map(
              (line) =>
                html`<tr>
                  ${cell(line)}
                </tr>`,
            )}
          </tbody>
        </table>
        ${cut(record.logCut)}`;
