import { displayText } from "../../../base/bytes.ts";
import type { BookEntry, BookPlace } from "../recorder.ts";
import { type Markup, html } from "./markup.ts";
import { counted } from "../../../base/words.ts";
import type { Run } from "./model.ts";

const LEFT = new Set(["leak", "left-registered", "left-active", "reference-leak"]);

const stackKey = (stack: readonly string[]): string => stack.join("\n");

/** Stacks at which something was taken that a finding says was left behind. */
const leftStacks = ({ report }: Run): ReadonlySet<string> =>
  new Set(report.findings.flatMap(({ kind, stack }) => (LEFT.has(kind) ? [stackKey(stack)] : [])));

const LEFT_WORDS: Readonly<Record<BookEntry["family"], string>> = {
  memory: "leaked",
  registration: "still registered",
  activity: "still active",
  reference: "never dropped",
};

export const stackList = (stack: readonly string[]): Markup =>
  html`<ol class="stack">
    ${stack.map((frame) => html`<li><code>${displayText(frame)}</code></li>`)}
  </ol>`;

const place = ({ by, task, pid, stack }: BookPlace): Markup =>
  html`<details class="place">
    <summary><code>${by}</code> <small>${displayText(stack[0] ?? "")}</small></summary>
    <p class="muted">in ${displayText(task)}/${pid}</p>
    ${stackList(stack)}
  </details>`;

const rowOf = (entry: BookEntry, left: ReadonlySet<string>): Markup => {
  const { noun, size, family, acquired, released, held } = entry;
  const lost = held && left.has(stackKey(acquired.stack));
  const end =
    released === undefined
      ? lost
        ? html`<span class="badge error"
            ><span class="sign" aria-hidden="true">${"✕"}</span> ${LEFT_WORDS[family]}</span
          >`
        : html`<span class="muted">kept by another owner</span>`
      : place(released);
  return html`<tr${lost ? html` class="lost"` : undefined}><th scope="row">${noun}${size === undefined ? undefined : html` <small>${counted(size, "byte")}</small>`}</th><td>${place(acquired)}</td><td>${end}</td></tr>
`;
};

/** What the module took from the kernel in a run, and gave back. */
export const ledgerTable = (run: Run): Markup => {
  const { books = [], booksCut = 0 } = run.record ?? {};
  if (books.length === 0) return html`<p class="muted">The module took nothing.</p>`;
  const left = leftStacks(run);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Ledger of run ${run.number}">
      <table class="ledger">
        <thead>
          <tr>
            <th scope="col">what</th>
            <th scope="col">taken by</th>
            <th scope="col">given back by</th>
          </tr>
        </thead>
        <tbody>
          ${books.map((entry) => rowOf(entry, left))}
        </tbody>
      </table>
    </div>
    ${booksCut === 0 ? undefined : html`<p class="muted">${booksCut} more are left out.</p>`}`;
};
