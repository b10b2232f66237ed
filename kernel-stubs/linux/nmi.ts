/** include/linux/nmi.h, as kernel/watchdog.c does it: the caller says that all is well. */
import { stub } from "../../src/stub/declare.ts";

export const touchSoftlockupWatchdog = stub("void touch_softlockup_watchdog(void)", (k) => k.noteOffer());
/** This machine has no watchdog that comes as an NMI. */
export const archTouchNmiWatchdog = stub("void arch_touch_nmi_watchdog(void)", () => {});
