import type { Severity } from "../judge.ts";
import type { CaseReport } from "../report.ts";
import { type Markup, html } from "./markup.ts";

/** Not colour alone: each severity has its sign, and the verdict's word beside it. */
const SIGNS: Readonly<Record<Severity, string>> = { ok: "✓", note: "○", warning: "▲", error: "✕" };

export const sign = (severity: Severity): Markup =>
  html`<span class="sign" aria-hidden="true">${SIGNS[severity]}</span>`;

/** "✓ returned", in its colour. */
export const badge = ({ severity, verdict }: Pick<CaseReport, "severity" | "verdict">): Markup =>
  html`<span class="badge ${severity}">${sign(severity)} ${verdict}</span>`;
