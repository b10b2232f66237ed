/** The machine goes down (kernel/reboot.c): chains and drivers are told, then nothing runs any more. */
import type { Kernel } from "./kernel.ts";
import { shutdownDevices } from "./devices/shutdown.ts";
import { fireChain } from "./notify-chains.ts";
import type { Routine } from "./routine.ts";

/** By what is asked for: what the chain is told (include/linux/reboot.h), and what the kernel says. */
const WAYS = {
  restart: { action: 1, says: "Restarting system" },
  halt: { action: 2, says: "System halted" },
  off: { action: 3, says: "Power down" },
} as const;

export type PowerAction = keyof typeof WAYS;

export const isPowerAction = (word: string): word is PowerAction => Object.hasOwn(WAYS, word);

const EMERGENCY = 0;
const INFO = 6;

/** kernel_restart(), kernel_halt(), kernel_power_off(): the run ends with it. */
export function* goDown(k: Kernel, how: PowerAction): Routine<void> {
  const { action, says } = WAYS[how];
  yield* fireChain(k, "register_reboot_notifier", action);
  yield* shutdownDevices(k);
  if (how === "off") k.printk(INFO, "ACPI: PM: Preparing to enter system sleep state S5");
  k.printk(EMERGENCY, `reboot: ${says}`);
  k.stop({ kind: "power", message: `the machine is ${how === "restart" ? "restarting" : "off"}` });
}
