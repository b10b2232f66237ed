import { LOG_LEVELS, type LogLevel, type LogMessage } from "../log.ts";
import type { Kernel } from "../kernel.ts";

/** What a matcher of vitest answers with. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

export interface LoggedOptions {
  /** Only messages of that level. */
  readonly level?: LogLevel;
  /** Exactly so many times; at least once when left out. */
  readonly times?: number;
}

const SHOWN = 30;

/** The log as a failed assertion shows it. */
export const logText = (messages: readonly LogMessage[]): string => {
  if (messages.length === 0) return "The kernel log is empty.";
  const lines = messages.slice(-SHOWN).map(({ level, text }) => `  <${LOG_LEVELS.indexOf(level)}> ${text}`);
  const left = messages.length - lines.length;
  return ["The kernel log:", ...(left > 0 ? [`  ... ${left} earlier messages`] : []), ...lines].join("\n");
};

const matches = (text: string, pattern: string | RegExp): boolean =>
  typeof pattern === "string" ? text.includes(pattern) : text.search(pattern) >= 0;

const describe = (pattern: string | RegExp): string =>
  typeof pattern === "string" ? JSON.stringify(pattern) : `${pattern}`;

const timesText = (times: number): string => (times === 1 ? "once" : `${times} times`);

/** A message contains the text, or matches. */
export const toHaveLogged = (
  kernel: Kernel,
  pattern: string | RegExp,
  { level, times }: LoggedOptions = {},
): Verdict => {
  const messages = kernel.dmesg();
  const hits = messages.filter(({ text }) => matches(text, pattern));
  const found = level === undefined ? hits : hits.filter((message) => message.level === level);
  const pass = times === undefined ? found.length > 0 : found.length === times;
  const wanted = `${describe(pattern)}${level === undefined ? "" : ` at level ${level}`}`;
  const elsewhere = level !== undefined && hits.length > found.length ? hits[0]?.level : undefined;
  return {
    pass,
    message: () =>
      [
        `expected the kernel ${pass ? "not " : ""}to have logged ${wanted}${times === undefined ? "" : ` ${timesText(times)}`}`,
        ...(pass || times === undefined ? [] : [`It was logged ${timesText(found.length)}.`]),
        ...(elsewhere === undefined ? [] : [`It was logged at level ${elsewhere}.`]),
        logText(messages),
      ].join("\n"),
  };
};

/** The whole log, message by message; levels as "<6>" in front of a text where they matter. */
export const toHaveLoggedExactly = (kernel: Kernel, lines: readonly string[]): Verdict => {
  const messages = kernel.dmesg();
  const actual = messages.map(({ level, text }, index) =>
    /^<\d>/.test(lines[index] ?? "") ? `<${LOG_LEVELS.indexOf(level)}>${text}` : text,
  );
  const pass = actual.length === lines.length && actual.every((text, index) => text === lines[index]);
  return {
    pass,
    message: () => `expected the kernel log ${pass ? "not " : ""}to be exactly that`,
    actual,
    expected: lines,
  };
};
