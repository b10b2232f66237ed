import type { OopsHost } from "./host.ts";
import type { Incident } from "./incident.ts";
import { findingStack } from "./show-trace.ts";
import { currentName, printModules, showRegs } from "./show-regs.ts";
import { TAINT } from "./taint.ts";

const KERN_EMERG = 0;

/** When the watchdog first notices that a CPU does nothing else (kernel/watchdog.c, watchdog_thresh 10), in seconds. */
export const SOFT_LOCKUP_SECONDS = 26;

/** The watchdog's report of a task that never lets go of the CPU. */
export const softLockup = (host: OopsHost, incident: Incident, seconds: number): void => {
  const { comm, pid } = currentName(host);
  const message = `BUG: soft lockup - CPU#0 stuck for ${seconds}s! [${comm}:${pid}]`;
  host.print(KERN_EMERG, `watchdog: ${message}`);
  printModules(host);
  showRegs(host, incident, host.control());
  host.taints.add(TAINT.SOFTLOCKUP, "still-ok");
  const stack = findingStack(host, incident);
  host.finding({ kind: "soft-lockup", severity: "error", message, where: stack[0], stack });
};
