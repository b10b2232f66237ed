import { counted } from "../../base/words.ts";
import { firstOf } from "../report-text.ts";
import { colours } from "../terminal.ts";
import type { Verdict } from "./outcome.ts";
import type { SurveyModule, SurveyReport } from "./report.ts";

const COLOURS: Readonly<Record<Verdict, (text: string) => string>> = {
  ok: colours.green,
  refused: colours.yellow,
  stays: colours.yellow,
  dependency: colours.yellow,
  unreadable: colours.yellow,
  found: colours.red,
  killed: colours.red,
  stopped: colours.red,
  bug: colours.red,
};
const SHOWN_CALLS = 4;
const SHOWN_SYMBOLS = 20;
const NAME_WIDTH = 24;
const VERDICT_WIDTH = 10;

/** "hello                    ok" */
export const surveyRow = ({ name, verdict, message, guessed }: SurveyModule): string => {
  const calls = firstOf(
    guessed.map((symbol) => `${symbol}()`),
    SHOWN_CALLS,
  );
  const rest = [message, calls === "" ? "" : colours.dim(`guessed: ${calls}`)].filter((text) => text !== "");
  const padded = rest.length === 0 ? verdict : verdict.padEnd(VERDICT_WIDTH);
  return `${name.padEnd(NAME_WIDTH)} ${COLOURS[verdict](padded)}${rest.length === 0 ? "" : ` ${rest.join("; ")}`}`;
};

/** What all of them come to. */
export const surveySummary = ({ modules, summary: { verdicts, guessed } }: SurveyReport): string => {
  const counts = Object.entries(verdicts).map(([verdict, often]) => `${often} ${verdict}`);
  const symbols = guessed.map(({ symbol, modules: often }) => `${symbol} (${often})`);
  return [
    "",
    `${counted(modules.length, "module")}: ${counts.join(", ")}`,
    ...(symbols.length === 0 ? [] : [`called without a stub (modules): ${firstOf(symbols, SHOWN_SYMBOLS)}`]),
  ].join("\n");
};
