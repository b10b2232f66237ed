import { createHash } from "node:crypto";
import { codeSection, countLines, coverageBar } from "./code.ts";
import { findingsSection } from "./findings.ts";
import { type Markup, html } from "./markup.ts";
import { matrix, otherRuns } from "./matrix.ts";
import type { PageInput } from "./model.ts";
import { counted } from "../../../base/words.ts";
import { runsSection } from "./runs.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

const raw = (text: string): Markup => ({ html: text });

const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64");

/** Nothing may be loaded, and no script run but the page's own, whatever a module wrote into its log. */
const POLICY = `default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-${hashOf(STYLE)}'; script-src 'sha256-${hashOf(SCRIPT)}'`;

const headline = ({ report }: PageInput): Markup => {
  const { runs, errors, warnings } = report.summary;
  const bad = errors + warnings;
  if (bad === 0) return html`<p class="headline ok">${"✓"} Survived all of ${counted(runs, "run")}</p>`;
  return html`<p class="headline ${errors > 0 ? "error" : "warning"}">
    ${errors > 0 ? "✕" : "▲"} ${bad} of ${counted(runs, "run")} went wrong
  </p>`;
};

const tile = (value: string, label: string): Markup => html`<li><b>${value}</b> <span>${label}</span></li>`;

const tiles = ({ report, code, unentered }: PageInput): Markup => {
  const { summary, calls } = report;
  const ways = calls.reduce((sum, { failures }) => sum + failures.length, 0);
  const entered = countLines(code.flatMap(({ lines }) => lines));
  const others = unentered.reduce((sum, { instructions }) => sum + instructions, 0);
  const counts = { ...entered, never: entered.never + others, total: entered.total + others };
  const part = (count: number): string => `${Math.floor((100 * count) / Math.max(counts.total, 1))}%`;
  return html`<ul class="tiles">
      ${tile(`${calls.length}`, `calls can fail, in ${counted(ways, "way")}`)}
      ${tile(`${summary.errors}`, summary.errors === 1 ? "error" : "errors")}
      ${tile(`${summary.warnings}`, summary.warnings === 1 ? "warning" : "warnings")}
      ${tile(part(counts.ran), "of the code ran in the clean run")}
      ${tile(part(counts.ran + counts.failing), "ran in all runs together")}
    </ul>
    ${coverageBar(counts)}`;
};

const section = (id: string, title: string, body: Markup): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;

const about = ({ report }: PageInput): Markup =>
  html`<p class="about">
    ${report.module.file}${report.module.parameters === "" ? "" : ` ${report.module.parameters}`} on Linux
    ${report.kernel}
  </p>`;

/** The whole page: one file, which needs nothing else and reads as well without scripts. */
export const checkPage = (input: PageInput): string => {
  const { name } = input.report.module;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>kobox check: ${name}</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <header>
          <h1>${name}</h1>
          ${about(input)}${headline(input)}${tiles(input)}
          <nav aria-label="Parts of this page">
            <a href="#outcomes">Outcomes</a><a href="#findings">Findings</a><a href="#code">Code</a
            ><a href="#runs">Runs</a>
          </nav>
        </header>
        <main>
          ${section("outcomes", "Outcomes", html`${matrix(input)}${otherRuns(input)}`)}
          ${section("findings", "Findings", findingsSection(input))}
          ${section("code", "Code", codeSection(input))} ${section("runs", "Runs", runsSection(input))}
        </main>
        <footer><p>Made by kobox check.</p></footer>
        ${raw(`<script>${SCRIPT}</script>`)}
      </body>
    </html> `;
  return page.html;
};
