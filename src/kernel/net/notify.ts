/** The chain of netdevice notifiers (net/core/dev.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { Errno } from "../../base/errors.ts";
import { staticText } from "../data/text.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { callNotifiers, notifierToErrno } from "../notifier.ts";
import { type Routine, callGuest } from "../routine.ts";

/** enum netdev_cmd of include/linux/netdevice.h */
const NETDEV = {
  UP: 1,
  DOWN: 2,
  CHANGE: 4,
  REGISTER: 5,
  UNREGISTER: 6,
  GOING_DOWN: 10,
  PRE_UP: 14,
  POST_INIT: 17,
} as const;
export type NetdevEvent = keyof typeof NETDEV;

const CHAIN = "register_netdevice_notifier";

/** The list of blocks. */
export const notifierHead = (k: Kernel): Address => {
  const known = k.driverCore.chains.get(CHAIN);
  if (known !== undefined) return known;
  const made = k.statics.allocate(8);
  k.driverCore.chains.set(CHAIN, made);
  return made;
};

/** Events whose notifiers may refuse. */
const CAN_REFUSE: readonly NetdevEvent[] = ["POST_INIT", "REGISTER", "PRE_UP"];

/** A struct netdev_notifier_info for the time of one call. */
function* withInfo<T>(k: Kernel, device: Address, use: (info: Address) => Routine<T>): Routine<T> {
  const info = k.heap.internal(new Uint8Array(k.sizeOf("netdev_notifier_info")));
  k.memory.setPointer(info + k.offsetOf("netdev_notifier_info", "dev"), device);
  const answer = yield* use(info);
  k.heap.kfree(info);
  return answer;
}

/** call_netdevice_notifiers(). Errno: what a notifier refused with, of events that can be refused. */
export function* notifyDevice(k: Kernel, event: NetdevEvent, device: Address): Routine<void> {
  const head = k.driverCore.chains.get(CHAIN);
  if (head === undefined) return;
  const answer = yield* withInfo(k, device, (info) => callNotifiers(k.memory, head, NETDEV[event], info));
  const errno = notifierToErrno(answer);
  if (errno !== 0 && CAN_REFUSE.includes(event)) throw new Errno(errno);
}

/** Tells one notifier block alone of what has been: the devices that were there before it. */
export function* notifyBlock(k: Kernel, block: Address, event: NetdevEvent, device: Address): Routine<void> {
  const { notifier_call: fn } = k.struct("notifier_block", block);
  const answer = yield* withInfo(k, device, (info) => callGuest(fn, block, NETDEV[event], info));
  const errno = notifierToErrno(asInt(answer));
  if (errno !== 0 && CAN_REFUSE.includes(event)) throw new Errno(errno);
}

const COMMANDS = [
  "UP",
  "DOWN",
  "REBOOT",
  "CHANGE",
  "REGISTER",
  "UNREGISTER",
  "CHANGEMTU",
  "CHANGEADDR",
  "PRE_CHANGEADDR",
  "GOING_DOWN",
  "CHANGENAME",
  "FEAT_CHANGE",
  "BONDING_FAILOVER",
  "PRE_UP",
  "PRE_TYPE_CHANGE",
  "POST_TYPE_CHANGE",
  "POST_INIT",
  "RELEASE",
  "NOTIFY_PEERS",
  "JOIN",
  "CHANGEUPPER",
  "RESEND_IGMP",
  "PRECHANGEMTU",
  "CHANGEINFODATA",
  "BONDING_INFO",
  "PRECHANGEUPPER",
  "CHANGELOWERSTATE",
  "UDP_TUNNEL_PUSH_INFO",
  "UDP_TUNNEL_DROP_INFO",
  "CHANGE_TX_QUEUE_LEN",
];

/** netdev_cmd_to_name(): texts of the kernel's own, made when one is asked for. */
export const createCommandNames = (k: Kernel): ((command: number) => Address) => {
  const made: JournalMap<string, Address> = k.journal.map();
  return (command) => {
    const known = COMMANDS[command - 1];
    const text = known === undefined ? "UNKNOWN_NETDEV_EVENT" : `NETDEV_${known}`;
    const before = made.get(text);
    if (before !== undefined) return before;
    const at = staticText(k, text);
    made.set(text, at);
    return at;
  };
};
