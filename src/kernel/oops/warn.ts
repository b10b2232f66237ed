import type { ByteString } from "../../base/bytes.ts";
import type { OopsHost } from "./host.ts";
import { type Incident, placeText } from "./incident.ts";
import { findingStack } from "./show-trace.ts";
import { KERN_DEFAULT, currentName, printModules, showRegs } from "./show-regs.ts";
import { TAINT } from "./taint.ts";

export const CUT_HERE = "------------[ cut here ]------------";
const END_TRACE = "---[ end trace 0000000000000000 ]---";

/**
 * The block of a WARN from its "WARNING:" line on (__warn of kernel/panic.c). The cut-here line and
 * the message come before it, from whoever warns. `taint`: the bit it sets.
 */
export const warnBlock = (
  host: OopsHost,
  incident: Incident,
  source: ByteString | undefined,
  taint: number,
): void => {
  const { pid } = currentName(host);
  const place = placeText(host, incident);
  const at = source === undefined ? place : `${source} ${place}`;
  host.print(KERN_DEFAULT, `WARNING: CPU: 0 PID: ${pid} at ${at}`);
  printModules(host);
  showRegs(host, incident, host.control());
  host.print(KERN_DEFAULT, END_TRACE);
  host.taints.add(taint, "still-ok");
  const stack = findingStack(host, incident);
  host.finding({ kind: "warning", severity: "warning", message: `WARNING at ${at}`, where: stack[0], stack });
};

export interface WarnOptions {
  /** WARN's message, without newline. */
  readonly message?: ByteString | undefined;
  /** Of the message; KERN_DEFAULT when left out. */
  readonly level?: number | undefined;
  readonly taint?: number | undefined;
  /** WARN_ONCE(): the first in a boot only. */
  readonly once?: true;
}

/** A WARN of the kernel's own code, whole. */
export const warn = (host: OopsHost, incident: Incident, options: WarnOptions): void => {
  host.print(KERN_DEFAULT, CUT_HERE);
  if (options.message !== undefined) host.print(options.level ?? KERN_DEFAULT, options.message);
  warnBlock(host, incident, incident.site?.source, options.taint ?? TAINT.WARN);
};
