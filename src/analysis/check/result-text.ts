import { errnoName } from "../../base/errno.ts";
import type { CaseReport } from "./report.ts";

/** What a function of the kernel returned, as people write it: 0, -ENOMEM. */
export const resultText = (value: number): string =>
  value < 0 ? `-${errnoName(-value) ?? -value}` : `${value}`;

/** What init came to: 0, -ENOMEM, oops; where only a probe failed, what that returned. */
export const initText = ({ init, returned, probes }: CaseReport): string => {
  if (init.outcome === "killed") return "oops";
  if (init.outcome === "stopped") return init.stop ?? "stopped";
  const value = returned ?? init.value ?? 0;
  const failed = value === 0 ? probes.find((probe) => probe.returned !== 0) : undefined;
  return failed === undefined ? resultText(value) : `probe ${resultText(failed.returned)}`;
};
