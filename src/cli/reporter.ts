import type { ByteString } from "../base/bytes.ts";
import type { Log } from "../kernel/log/log.ts";
import { recordText } from "../kernel/log/print.ts";

export type ReportedLog = Pick<Log, "since" | "next" | "open" | "closeOpen">;

/** What happened since the last report: records as "<level>text", names request_module() asked for. */
export interface LogReport {
  readonly dmesg: readonly ByteString[];
  /** Records that were open, readable only because something followed. */
  readonly late: readonly ByteString[];
  readonly requests?: readonly ByteString[];
}

/** Reports the log step by step, as the recordings of a real kernel have it. */
export const createReporter = (
  log: ReportedLog,
  requested: () => readonly ByteString[] = () => [],
): (() => LogReport) => {
  let [seq, asked] = [log.next, requested().length];
  const take = (): ByteString[] => {
    const records = log.since(seq);
    seq = log.next;
    return records.map(recordText);
  };
  return () => {
    const dmesg = take();
    // Whoever measures writes a marker line, which makes an open record readable.
    if (log.open() !== undefined) log.closeOpen();
    const late = take();
    const requests = requested().slice(asked);
    asked += requests.length;
    return { dmesg, late, ...(requests.length === 0 ? {} : { requests }) };
  };
};
