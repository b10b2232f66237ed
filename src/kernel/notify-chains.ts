/** Chains of the kernel's own, called from outside: what a test makes happen. */
import type { Kernel } from "./kernel.ts";
import { NOTIFY_DONE, callNotifiers } from "./notifier.ts";
import type { Routine } from "./routine.ts";

/** By the function that registers; the blocks are called in the current task's context. */
export type KernelChain =
  | "register_reboot_notifier"
  | "register_keyboard_notifier"
  | "register_netdevice_notifier"
  | "register_inetaddr_notifier"
  | "register_pm_notifier"
  | "register_die_notifier"
  | "register_oom_notifier"
  | "register_netevent_notifier"
  | "register_inet6addr_notifier"
  | "register_vt_notifier"
  | "register_acpi_notifier"
  | "register_restart_handler"
  | "netlink_register_notifier";

/** Calls every block of a chain; the last answer, NOTIFY_DONE when none is there. */
export function* fireChain(k: Kernel, chain: KernelChain, action: number, data = 0): Routine<number> {
  const head = k.driverCore.chains.get(chain);
  return head === undefined ? NOTIFY_DONE : yield* callNotifiers(k.memory, head, action, data);
}

/** include/linux/reboot.h */
const SYSTEM = { restart: 1, halt: 2, "power off": 3 } as const;

/** What kernel_restart() and its like tell drivers before the machine goes down. */
export function* fireReboot(k: Kernel, how: keyof typeof SYSTEM): Routine<number> {
  return yield* fireChain(k, "register_reboot_notifier", SYSTEM[how]);
}
