/** Chains of the kernel's own, called from outside: what a test makes happen. */
import { KoboxError } from "../base/errors.ts";
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

/** Their short names, for those who fire them from outside. */
export const CHAINS: Readonly<Record<string, KernelChain>> = {
  reboot: "register_reboot_notifier",
  keyboard: "register_keyboard_notifier",
  netdevice: "register_netdevice_notifier",
  inetaddr: "register_inetaddr_notifier",
  inet6addr: "register_inet6addr_notifier",
  netevent: "register_netevent_notifier",
  netlink: "netlink_register_notifier",
  pm: "register_pm_notifier",
  die: "register_die_notifier",
  oom: "register_oom_notifier",
  vt: "register_vt_notifier",
  acpi: "register_acpi_notifier",
  restart: "register_restart_handler",
};

/** Calls a chain by its short name with an action and a value for its data. KoboxError "no-chain". */
export function* notifyChain(k: Kernel, name: string, action: number, data = 0): Routine<number> {
  const chain = Object.hasOwn(CHAINS, name) ? CHAINS[name] : undefined;
  if (chain !== undefined) return yield* fireChain(k, chain, action, data);
  throw new KoboxError("no-chain", `there is no notifier chain ${name}`, {
    hint: Object.keys(CHAINS).join(" "),
  });
}
