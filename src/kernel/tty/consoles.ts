/** Consoles: where the log may go (kernel/printk/printk.c). The machine's is ttyS0, as its command line says. */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { ENODEV } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";

/** include/linux/console.h */
const CON_CONSDEV = 2;
const CON_ENABLED = 4;
const CON_BOOT = 8;
const PREFERRED = "ttyS";
const LIMIT = 64;

/** Puts the machine's console at the head of the list; answers with where the first one is noted. */
export const placeConsoles = (k: Kernel): Address => {
  const { chains } = k.driverCore;
  const known = chains.get("register_console");
  if (known !== undefined) return known;
  const head = k.profile.symbol("console_drivers")?.address ?? k.statics.allocate(8);
  k.image.placeData(head, 8);
  const own = k.statics.allocate(k.sizeOf("console"));
  k.memory.setCstring(own, PREFERRED);
  k.struct("console", own).flags = CON_CONSDEV | CON_ENABLED | 1;
  k.memory.setPointer(head, own);
  chains.set("register_console", head);
  return head;
};

const say = (k: Kernel, console: Address, what: "enabled" | "disabled"): void => {
  const { flags, index } = k.struct("console", console);
  const boot = (flags & CON_BOOT) === 0 ? "" : "boot";
  k.printk(6, `printk: ${boot}console [${nameOf(k, console)}${index}] ${what}`);
};
const nameOf = (k: Kernel, console: Address): ByteString => k.memory.cstring(console, 16);

/** register_console(): only those that ask to be, or that the command line names, are used. */
export const registerConsole = (k: Kernel, console: Address): void => {
  const head = placeConsoles(k);
  const view = k.struct("console", console);
  if ((view.flags & CON_BOOT) !== 0) {
    k.printk(6, `printk: Too late to register bootconsole ${nameOf(k, console)}${view.index}`);
    return;
  }
  if ((view.flags & CON_ENABLED) === 0) return;
  const first = k.memory.pointer(head);
  if ((view.flags & CON_CONSDEV) !== 0 || first === 0) {
    view.next = first as never;
    k.memory.setPointer(head, console);
    if (first !== 0) k.struct("console", first).flags &= ~CON_CONSDEV;
    view.flags |= CON_CONSDEV;
  } else {
    view.next = k.struct("console", first).next;
    k.struct("console", first).next = console as never;
  }
  view.dropped = 0n;
  say(k, console, "enabled");
};

/** It is on the list. */
export const inUse = (k: Kernel, console: Address): boolean => {
  let at = k.memory.pointer(placeConsoles(k));
  for (let steps = 0; at !== 0 && at !== console && steps < LIMIT; steps += 1)
    at = k.struct("console", at).next;
  return at === console;
};

/** unregister_console(): ENODEV for one that is not in use. */
export function* unregisterConsole(k: Kernel, console: Address): Routine<number> {
  const view = k.struct("console", console);
  say(k, console, "disabled");
  view.flags &= ~CON_ENABLED;
  const head = placeConsoles(k);
  let link = head;
  for (let steps = 0; steps < LIMIT; steps += 1) {
    const at = k.memory.pointer(link);
    if (at === 0) break;
    if (at === console) {
      k.memory.setPointer(link, view.next);
      const first = k.memory.pointer(head);
      if (first !== 0 && (view.flags & CON_CONSDEV) !== 0) k.struct("console", first).flags |= CON_CONSDEV;
      return view.exit === 0 ? 0 : asInt(yield* k.call(view.exit, console));
    }
    link = at + k.offsetOf("console", "next");
  }
  throw new Errno(ENODEV);
}
