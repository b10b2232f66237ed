import { displayText } from "../base/bytes.ts";
import { KoboxError } from "../base/errors.ts";
import { ARRIVING, type HookName } from "../kernel/net/net.ts";
import type { PacketEnd } from "../kernel/net/netfilter.ts";
import type { Sandbox } from "../sandbox.ts";
import { inProcess } from "./call.ts";
import { toBytes, toPath } from "./file.ts";
import { type PacketSpec, buildPacket } from "./packet.ts";

/** A packet for `inject`: in words, or as its bytes from the IPv4 header on. */
export interface Packet extends Omit<PacketSpec, "payload"> {
  readonly payload?: string | Uint8Array | undefined;
  /** The whole packet; nothing else of this counts then. */
  readonly bytes?: Uint8Array | undefined;
  /** The netfilter hooks that it passes, in this order; PRE_ROUTING and LOCAL_IN when left out. */
  readonly hook?: HookName | readonly HookName[] | undefined;
  /** The device that it comes in or goes out by; "lo" when left out. */
  readonly device?: string | undefined;
}

/** struct net_device_stats: what the driver has counted. */
export interface DeviceStats {
  readonly rxPackets: number;
  readonly rxBytes: number;
  readonly rxErrors: number;
  readonly rxDropped: number;
  readonly txPackets: number;
  readonly txBytes: number;
  readonly txErrors: number;
  readonly txDropped: number;
}

/** A network device, as whoever holds the other end of its cable has it. */
export interface NetDevice {
  readonly name: string;
  /** struct net_device */
  readonly address: number;
  readonly isUp: boolean;
  readonly hasCarrier: boolean;
  /** `ip link set NAME up`: the driver's ndo_open. SystemCallError when it refuses. */
  up(): void;
  down(): void;
  /** The kernel sends a frame by it. SystemCallError ENETDOWN when it is down. */
  transmit(frame: Uint8Array): void;
  /** Frames that its driver has handed to the kernel since the last call, oldest first. */
  receive(): readonly Uint8Array[];
  stats(): DeviceStats;
}

/** A netlink socket as a process has one. */
export interface NetlinkSocket {
  /** Its number: what the module sees as NETLINK_CB(skb).portid. */
  readonly port: number;
  /** A message with its struct nlmsghdr. SystemCallError ECONNREFUSED when no module listens. */
  send(message: Uint8Array): void;
  /** The oldest message that has come. */
  receive(): Uint8Array | undefined;
  close(): void;
}

/** The network around the kernel. */
export interface Network {
  /** Sends a packet through netfilter hooks. */
  inject(packet: Packet): PacketEnd;
  /** Opens a netlink socket of that protocol; `groups` as bits, the lowest one is group 1. */
  netlink(protocol: number, groups?: number): NetlinkSocket;
  /** A device by name; KoboxError "no-device". */
  device(name: string): NetDevice;
  /** Names of the devices there are. */
  devices(): readonly string[];
}

const FLAG_UP = 1;
const LINK_STATE_NOCARRIER = 1n << 2n;

const createNetDevice = (sandbox: Sandbox, name: string, address: number): NetDevice => {
  const { kernel } = sandbox;
  const { devices } = kernel.net;
  const view = () => kernel.struct("net_device", address);
  const count = (field: "rx" | "tx", what: "packets" | "bytes" | "errors" | "dropped"): number =>
    Number(view().stats[`${field}_${what}`]);
  return {
    name,
    address,
    get isUp() {
      return (view().flags & FLAG_UP) !== 0;
    },
    get hasCarrier() {
      return (view().state & LINK_STATE_NOCARRIER) === 0n;
    },
    up: () => inProcess(sandbox, `ip link set ${name} up`, () => devices.open(address)),
    down: () => inProcess(sandbox, `ip link set ${name} down`, () => devices.close(address)),
    transmit: (frame) => void inProcess(sandbox, `${name}: transmit`, () => devices.transmit(address, frame)),
    receive: () => kernel.net.receiver.take(address),
    stats: () => ({
      rxPackets: count("rx", "packets"),
      rxBytes: count("rx", "bytes"),
      rxErrors: count("rx", "errors"),
      rxDropped: count("rx", "dropped"),
      txPackets: count("tx", "packets"),
      txBytes: count("tx", "bytes"),
      txErrors: count("tx", "errors"),
      txDropped: count("tx", "dropped"),
    }),
  };
};

const createNetlinkSocket = (sandbox: Sandbox, protocol: number, groups: number): NetlinkSocket => {
  const { netlink } = sandbox.kernel.net;
  const port = inProcess(sandbox, "bind", function* () {
    return netlink.open(protocol, 0, groups);
  });
  return {
    port: port.number,
    send: (message) => void inProcess(sandbox, "sendto", () => netlink.send(port, message)),
    receive: () => netlink.receive(port),
    close: () => netlink.close(port),
  };
};

export const createNetwork = (sandbox: Sandbox): Network => {
  const { net } = sandbox.kernel;
  return {
    inject({ bytes, hook = ARRIVING, device = "lo", payload = "", ...words }) {
      const packet = bytes ?? buildPacket({ ...words, payload: toBytes(payload) });
      const hooks = typeof hook === "string" ? [hook] : hook;
      return inProcess(sandbox, `inject ${device}`, () => net.inject(packet, hooks, toPath(device)));
    },
    netlink: (protocol, groups = 0) => createNetlinkSocket(sandbox, protocol, groups),
    device(name) {
      const address = net.devices.find(toPath(name));
      if (address !== undefined) return createNetDevice(sandbox, name, address);
      throw new KoboxError("no-device", `there is no network device ${name}`);
    },
    devices: () => net.devices.all().map((device) => displayText(net.devices.nameOf(device))),
  };
};
