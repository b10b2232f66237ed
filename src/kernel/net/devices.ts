/** Network devices (net/core/dev.c): registered by modules, used from outside. */
import type { Address } from "../../base/address.ts";
import { byteStringToBytes, type ByteString } from "../../base/bytes.ts";
import { EEXIST, EINVAL, ENETDOWN, ENFILE } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { packetSkb, releaseSkb, skbBytes } from "./skb.ts";

const IFNAMSIZ = 16;
// include/uapi/linux/if.h, include/linux/netdevice.h
const IFF_UP = 1;
const IFF_RUNNING = 0x40;
const LINK_STATE_START = 1n << 0n;
const LINK_STATE_NOCARRIER = 1n << 2n;
const REGISTERED = 1;
const UNREGISTERED = 3;
const MAX_NUMBER = 1000;
/** Packets that nobody has asked for yet. */
const MAX_RECEIVED = 1000;

export interface NetDevices {
  /** The loopback device, which is always there. */
  loopback(): Address;
  /** Errno EEXIST, EINVAL, and what ndo_init answers. */
  register(device: Address): Routine<void>;
  unregister(device: Address): Routine<void>;
  find(name: ByteString): Address | undefined;
  all(): readonly Address[];
  nameOf(device: Address): ByteString;
  /** `ip link set NAME up`; the Errno of ndo_open. */
  open(device: Address): Routine<void>;
  close(device: Address): Routine<void>;
  /** Gives a frame to ndo_start_xmit. Errno ENETDOWN. */
  transmit(device: Address, frame: Uint8Array): Routine<number>;
  /** A driver hands in what it has received. */
  receive(skb: Address): void;
  /** Frames that a device has received since the last call, oldest first. */
  takeReceived(device: Address): readonly Uint8Array[];
}

interface Received {
  readonly device: Address;
  readonly bytes: Uint8Array;
}

export const createNetDevices = (k: Kernel): NetDevices => {
  const devices: JournalMap<Address, ByteString> = k.journal.map();
  const state: { index: number; loopback: Address; received: readonly Received[] } = {
    index: 1,
    loopback: 0,
    received: [],
  };
  const view = (device: Address) => k.struct("net_device", device);
  const nameOf = (device: Address): ByteString => k.memory.cstring(device).slice(0, IFNAMSIZ - 1);
  const find = (name: ByteString): Address | undefined => {
    if (name === "lo") return loopback();
    for (const [device, known] of devices.entries()) if (known === name) return device;
    return undefined;
  };
  const setName = (device: Address, name: ByteString): void =>
    k.memory.write(device, byteStringToBytes(name.slice(0, IFNAMSIZ - 1).padEnd(IFNAMSIZ, "\0")));
  const loopback = (): Address => {
    if (state.loopback !== 0) return state.loopback;
    const device = k.statics.allocate(k.sizeOf("net_device"));
    setName(device, "lo");
    view(device).ifindex = 1;
    view(device).mtu = 65536;
    view(device).type = 772;
    view(device).flags = IFF_UP | IFF_RUNNING | 8;
    view(device).nd_net.net = (k.symbols.address("init_net") ?? 0) as never;
    k.journal.touch(state).loopback = device;
    return device;
  };
  /** dev_alloc_name(): "eth%d" gets the lowest number that is free. */
  const chooseName = (device: Address): ByteString => {
    const name = nameOf(device);
    if (name === "" || name.includes("/") || name.includes(" ")) throw new Errno(EINVAL);
    if (!name.includes("%")) {
      if (find(name) !== undefined) throw new Errno(EEXIST);
      return name;
    }
    if (!/^[^%]*%d[^%]*$/.test(name)) throw new Errno(EINVAL);
    for (let number = 0; number < MAX_NUMBER; number += 1) {
      const wanted = name.replace("%d", `${number}`);
      if (find(wanted) === undefined) return wanted;
    }
    throw new Errno(ENFILE);
  };
  const callOps = function* (
    device: Address,
    field: "ndo_init" | "ndo_open" | "ndo_stop" | "ndo_uninit",
  ): Routine<void> {
    const ops = view(device).netdev_ops;
    const fn = ops === 0 ? 0 : k.struct("net_device_ops", ops)[field];
    if (fn === 0) return;
    const result = Number(BigInt.asIntN(32, yield* k.call(fn, device)));
    if (result < 0) throw new Errno(-result);
  };
  const close = function* (device: Address): Routine<void> {
    if ((view(device).flags & IFF_UP) === 0) return;
    view(device).state &= ~LINK_STATE_START;
    yield* callOps(device, "ndo_stop");
    view(device).flags &= ~(IFF_UP | IFF_RUNNING);
  };

  return {
    loopback,
    *register(device) {
      const name = chooseName(device);
      setName(device, name);
      yield* callOps(device, "ndo_init");
      k.journal.touch(state).index += 1;
      view(device).ifindex = state.index;
      view(device).reg_state = REGISTERED;
      devices.set(device, name);
    },
    *unregister(device) {
      // unregister_netdevice_many() warns of one that never was registered, and leaves it. A wild pointer faults.
      if (view(device).reg_state !== REGISTERED || !devices.has(device)) return;
      yield* close(device);
      yield* callOps(device, "ndo_uninit");
      view(device).reg_state = UNREGISTERED;
      devices.delete(device);
    },
    find,
    all: () => [loopback(), ...devices.keys()],
    nameOf,
    *open(device) {
      if ((view(device).flags & IFF_UP) !== 0) return;
      view(device).state |= LINK_STATE_START;
      try {
        yield* callOps(device, "ndo_open");
      } catch (error) {
        view(device).state &= ~LINK_STATE_START;
        throw error;
      }
      const hasCarrier = (view(device).state & LINK_STATE_NOCARRIER) === 0n;
      view(device).flags |= IFF_UP | (hasCarrier ? IFF_RUNNING : 0);
    },
    close,
    *transmit(device, frame) {
      if ((view(device).flags & IFF_UP) === 0) throw new Errno(ENETDOWN);
      const protocol = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
      const skb = packetSkb(k, frame, { device, protocol, gfp: GFP_KERNEL });
      const { ndo_start_xmit: send } = k.struct("net_device_ops", view(device).netdev_ops);
      return Number(BigInt.asIntN(32, yield* k.call(send, skb, device)));
    },
    receive(skb) {
      const { dev } = k.struct("sk_buff", skb);
      const one = { device: dev as Address, bytes: skbBytes(k, skb) };
      k.journal.touch(state).received = [...state.received.slice(1 - MAX_RECEIVED), one];
      releaseSkb(k, skb);
    },
    takeReceived(device) {
      const own = state.received.filter((one) => one.device === device);
      k.journal.touch(state).received = state.received.filter((one) => one.device !== device);
      return own.map(({ bytes }) => bytes);
    },
  };
};
