/** What the reports of a run come to in words. */
import { displayText } from "../base/bytes.ts";
import { errnoName } from "../base/errno.ts";
import { strerror } from "../base/strerror.ts";
import type { Report, ReportStep } from "./report.ts";

/** "ENOENT (No such file or directory): t_unres: symbols do not resolve" */
export const errorText = ({ errno = 0, reason }: ReportStep): string =>
  `${errnoName(errno) ?? errno} (${strerror(errno)})${reason === undefined ? "" : `: ${reason}`}`;

/** Functions that were called and have no stub, as far as findings name them. */
export const guessedCalls = ({ findings }: Pick<Report, "findings">): readonly string[] =>
  findings
    .filter(({ kind }) => kind === "guessed-call")
    .map(({ message }) => displayText(message).replace(/\(.*/s, ""));

/** "a, b, and 2 more" */
export const firstOf = (names: readonly string[], most: number): string =>
  `${names.slice(0, most).join(", ")}${names.length > most ? `, and ${names.length - most} more` : ""}`;
