import type { ByteString } from "../../base/bytes.ts";
import type { OopsHost } from "./host.ts";
import type { Incident } from "./incident.ts";
import { findingStack } from "./show-trace.ts";
import { dumpStack } from "./show-regs.ts";
import type { OopsState } from "./state.ts";
import { TAINT } from "./taint.ts";

const KERN_EMERG = 0;

const textOf = (message: ByteString): ByteString => message.replace(/\n$/, "");

/**
 * The first part of panic() (kernel/panic.c): says why, and shows the stack unless an oops just did.
 * `incident`: where it was called, undefined at the end of an oops.
 */
export const announcePanic = (
  host: OopsHost,
  state: OopsState,
  message: ByteString,
  incident: Incident | undefined,
): void => {
  if (state.panicked) return;
  host.journal.touch(state).panicked = true;
  const text = textOf(message);
  host.print(KERN_EMERG, `Kernel panic - not syncing: ${text}`);
  if (incident !== undefined && !host.taints.has(TAINT.DIE)) {
    dumpStack(host, { ...incident, via: ["panic+0x118/0x2f4", ...(incident.via ?? [])] });
    const stack = findingStack(host, incident);
    host.finding({ kind: "panic", severity: "error", message: text, where: stack[0], stack });
  }
  // The first of the panic notifiers (arch/x86/kernel/setup.c): the kernel lies where it was linked for.
  host.print(KERN_EMERG, "Kernel Offset: disabled");
};

/** The end of panic(): the machine restarts, and with it ends the run. */
export const endPanic = (host: OopsHost, message: ByteString): void =>
  host.stop({ kind: "panic", message: `Kernel panic - not syncing: ${textOf(message)}` });

export const panic = (host: OopsHost, state: OopsState, message: ByteString): void => {
  announcePanic(host, state, message, undefined);
  host.notifyPanic(textOf(message));
  endPanic(host, message);
};
