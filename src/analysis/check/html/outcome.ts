import { errnoName } from "../../../base/errno.ts";
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

/** What init came to, as people write it: 0, -ENOMEM, oops. */
export const initText = ({ init, returned }: CaseReport): string => {
  if (init.outcome === "killed") return "oops";
  if (init.outcome === "stopped") return init.stop ?? "stopped";
  const value = returned ?? init.value ?? 0;
  return value < 0 ? `-${errnoName(-value) ?? -value}` : `${value}`;
};
