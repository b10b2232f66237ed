import type { PoolStatus } from "../../analysis/fuzz/pool.ts";
import { colours } from "../terminal.ts";

const count = (number: number): string => number.toLocaleString("en-US");

/** "12,000 executions (950/s), 31 edges, corpus 7, crashes 2" */
export const statusText = (status: PoolStatus, seconds: number): string => {
  const rate = Math.round(status.ownExecutions / Math.max(seconds, 0.001));
  const deaths =
    status.deaths === 0 ? "" : `, ${status.deaths} ${status.deaths === 1 ? "worker" : "workers"} died`;
  return `${count(status.executions)} executions (${count(rate)}/s), ${count(status.edges)} edges, corpus ${count(status.corpus)}, crashes ${count(status.crashes)}${deaths}`;
};

/** A line on standard error that is written over; nothing where that is no terminal. */
export interface StatusLine {
  show(text: string): void;
  /** Writes a line that stays. */
  say(text: string): void;
  clear(): void;
}

export const createStatusLine = (): StatusLine => {
  const live = process.stderr.isTTY === true;
  const clear = (): void => {
    if (live) process.stderr.write("\r\u001b[K");
  };
  return {
    show(text) {
      if (live)
        process.stderr.write(`\r\u001b[K${colours.dim(text.slice(0, (process.stderr.columns ?? 80) - 1))}`);
    },
    say(text) {
      clear();
      process.stderr.write(`${text}\n`);
    },
    clear,
  };
};
