/** Network devices (net/core/dev.c): registered by modules, used from outside. */
import type { Address } from "../../base/address.ts";
import { type ByteString, byteStringToBytes } from "../../base/bytes.ts";
import { EEXIST, EINVAL, ENETDOWN, ENFILE, ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { addTail } from "../data/guest-list.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import {
  type Dismantling,
  type Operation,
  callOperation,
  closeDevice,
  createDismantling,
} from "./dismantle.ts";
import { createLinkWatch } from "./link-watch.ts";
import { createLoopback } from "./loopback.ts";
import { type NetClass, createNetClass } from "./net-class.ts";
import { notifyDevice } from "./notify.ts";
import { withRtnl } from "./rtnl.ts";
import { packetSkb } from "./skb.ts";

const IFNAMSIZ = 16;
// include/uapi/linux/if.h, include/linux/netdevice.h
const IFF_UP = 1;
const LINK_STATE_START = 1n << 0n;
const LINK_STATE_PRESENT = 1n << 1n;
const UNINITIALIZED = 0;
const REGISTERED = 1;
const MAX_NUMBER = 1000;

export interface NetDevices extends Dismantling {
  /** The loopback device, which is always there. */
  loopback(): Address;
  /** Errno EEXIST, EINVAL, and what ndo_init or a notifier answers. */
  register(device: Address): Routine<void>;
  find(name: ByteString): Address | undefined;
  byIndex(index: number): Address | undefined;
  /** lo first, others as they were registered. */
  all(): readonly Address[];
  isRegistered(device: Address): boolean;
  nameOf(device: Address): ByteString;
  isUp(device: Address): boolean;
  /** `ip link set NAME up`; the Errno of ndo_open. */
  open(device: Address): Routine<void>;
  close(device: Address): Routine<void>;
  /** Gives a frame to the device as the kernel does that sends it. Errno ENETDOWN. */
  transmit(device: Address, frame: Uint8Array): Routine<void>;
  /** struct class of /sys/class/net. */
  family(): Routine<Address>;
  /** dev_base_head of init_net: the guest's list of them. */
  list(): Address;
  /** netif_carrier_on() and off(): the notifiers hear of it a little later. */
  setCarrier(device: Address, state: "on" | "off"): void;
}

export const createNetDevices = (k: Kernel): NetDevices => {
  const devices: JournalMap<Address, ByteString> = k.journal.map();
  const state = { index: 1 };
  const view = (device: Address) => k.struct("net_device", device);
  const nameOf = (device: Address): ByteString => k.memory.cstring(device, IFNAMSIZ);
  const isUp = (device: Address): boolean => (view(device).flags & IFF_UP) !== 0;
  const netClass: NetClass = createNetClass(k);
  const loopback = createLoopback(k);
  const linkWatch = createLinkWatch(k, (device) => device === loopback() || devices.has(device));
  const find = (name: ByteString): Address | undefined => {
    if (name === "lo") return loopback();
    for (const [device, known] of devices.entries()) if (known === name) return device;
    return undefined;
  };
  const all = (): Address[] => [loopback(), ...devices.keys()];
  const callOps = (device: Address, operation: Operation): Routine<void> =>
    callOperation(k, device, operation);
  const dismantling = createDismantling(k, devices, netClass);
  const listAt = (device: Address): Address => device + k.offsetOf("net_device", "dev_list");
  /** The first number is lo's; a driver may ask for one. */
  const number = (device: Address): void => {
    if (view(device).ifindex !== 0) return;
    k.journal.touch(state).index += 1;
    view(device).ifindex = state.index;
  };

  /** Callbacks and notifiers find the RTNL held. */
  const held =
    (act: (device: Address) => Routine<void>): ((device: Address) => Routine<void>) =>
    (device) =>
      withRtnl(k, act(device));

  return {
    loopback,
    register: held(function* (device) {
      const known = view(device);
      if (known.reg_state !== UNINITIALIZED || devices.has(device)) throw new Errno(EEXIST);
      const name = chooseName(nameOf(device), (one) => find(one) !== undefined);
      k.memory.write(device, byteStringToBytes(name.padEnd(IFNAMSIZ, "\0")));
      yield* callOps(device, "ndo_init");
      number(device);
      try {
        yield* notifyDevice(k, "POST_INIT", device);
        yield* netClass.add(device, name, loopback());
      } catch (error) {
        yield* callOps(device, "ndo_uninit");
        throw error;
      }
      known.reg_state = REGISTERED;
      known.state |= LINK_STATE_PRESENT;
      devices.set(device, name);
      addTail(k.memory, listAt(device), netClass.deviceList(loopback()));
      yield* notifyDevice(k, "REGISTER", device);
    }),
    ...dismantling,
    find,
    byIndex: (index) => all().find((device) => view(device).ifindex === index),
    all,
    isRegistered: (device) => device === loopback() || devices.has(device),
    nameOf,
    isUp,
    open: held(function* (device) {
      if (isUp(device)) return;
      yield* notifyDevice(k, "PRE_UP", device);
      view(device).state |= LINK_STATE_START;
      try {
        yield* callOps(device, "ndo_validate_addr");
        yield* callOps(device, "ndo_open");
      } catch (error) {
        view(device).state &= ~LINK_STATE_START;
        throw error;
      }
      view(device).flags |= IFF_UP;
      yield* notifyDevice(k, "UP", device);
    }),
    close: held((device) => closeDevice(k, device)),
    *transmit(device, frame) {
      if (!isUp(device)) throw new Errno(ENETDOWN);
      const protocol = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
      const skb = packetSkb(k, frame, { device, protocol, gfp: GFP_KERNEL });
      if (skb === 0) throw new Errno(ENOMEM);
      yield* k.net.transmitter.send(skb);
    },
    family: () => netClass.family(loopback()),
    list: () => netClass.deviceList(loopback()),
    setCarrier: linkWatch.set,
  };
};

/** dev_alloc_name(): "eth%d" gets the lowest number that is free. Errno EINVAL, EEXIST, ENFILE. */
export const chooseName = (name: ByteString, isTaken: (name: ByteString) => boolean): ByteString => {
  if (name === "" || name.length >= IFNAMSIZ || /[/: \t\n]/.test(name) || name === "." || name === "..") {
    throw new Errno(EINVAL);
  }
  if (!name.includes("%")) {
    if (isTaken(name)) throw new Errno(EEXIST);
    return name;
  }
  if (!/^[^%]*%d[^%]*$/.test(name)) throw new Errno(EINVAL);
  for (let count = 0; count < MAX_NUMBER; count += 1) {
    const wanted = name.replace("%d", `${count}`);
    if (wanted.length < IFNAMSIZ && !isTaken(wanted)) return wanted;
  }
  throw new Errno(ENFILE);
};
