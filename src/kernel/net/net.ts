import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { ENODEV } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { type Connector, createConnector } from "./connector.ts";
import { type NetDevices, createNetDevices } from "./devices.ts";
import { type Families, createFamilies } from "./families.ts";
import { type Napi, createNapi } from "./napi.ts";
import { type Netlink, createNetlink } from "./netlink.ts";
import { type Sockets, createSockets } from "./sockets.ts";
import { HOOK, NFPROTO_IPV4, type Netfilter, type PacketEnd, createNetfilter } from "./netfilter.ts";
import { type Namespaces, createNamespaces } from "./namespace.ts";
import { createCommandNames } from "./notify.ts";
import { createNetRatelimit } from "./ratelimit.ts";
import { type Receiver, createReceiver } from "./receive.ts";
import { releaseSkb } from "./skb.ts";
import { type Transmitter, createTransmitter } from "./transmit.ts";

export type HookName = keyof typeof HOOK;

/** The network: hooks, devices, and packets from outside. */
export interface Net {
  readonly netfilter: Netfilter;
  readonly devices: NetDevices;
  readonly namespaces: Namespaces;
  readonly families: Families;
  readonly napi: Napi;
  readonly receiver: Receiver;
  readonly transmitter: Transmitter;
  readonly netlink: Netlink;
  readonly connector: Connector;
  /** Sockets of the kernel's own. */
  readonly sockets: Sockets;
  /** Whether something may be said of a packet now. */
  ratelimit(): boolean;
  /** Address of the name of an enum netdev_cmd. */
  commandName(command: number): Address;
  /** An IPv4 packet that a device has handed in: it passes the hooks, and then there is nobody for it. */
  input(skb: Address, device: Address): Routine<void>;
  /**
   * Sends an IPv4 packet through these hooks, as far as their verdicts let it: it comes in, or goes out,
   * by the device of that name. Errno ENODEV.
   */
  inject(bytes: Uint8Array, hooks: readonly HookName[], device: ByteString): Routine<PacketEnd>;
}

/** Hooks that a packet for this machine passes. */
export const ARRIVING: readonly HookName[] = ["PRE_ROUTING", "LOCAL_IN"];
/** Where the packet has a device that it came in by, and one that it goes out by. */
const COMES_IN: readonly HookName[] = ["PRE_ROUTING", "LOCAL_IN", "FORWARD"];
const GOES_OUT: readonly HookName[] = ["LOCAL_OUT", "POST_ROUTING", "FORWARD"];

export const createNet = (k: Kernel): Net => {
  const netfilter = createNetfilter(k);
  const devices = createNetDevices(k);
  const netlink = createNetlink(k);
  const point = (hook: HookName, device: Address) => ({
    pf: NFPROTO_IPV4,
    hook: HOOK[hook],
    inDevice: COMES_IN.includes(hook) ? device : 0,
    outDevice: GOES_OUT.includes(hook) ? device : 0,
  });
  return {
    netfilter,
    devices,
    namespaces: createNamespaces(k),
    families: createFamilies(k),
    napi: createNapi(k),
    receiver: createReceiver(k),
    transmitter: createTransmitter(k),
    netlink,
    connector: createConnector(k, netlink),
    sockets: createSockets(k),
    ratelimit: createNetRatelimit(k),
    commandName: createCommandNames(k),
    *input(skb, device) {
      for (const hook of ARRIVING) {
        const verdict = yield* netfilter.run(point(hook, device), skb);
        if (verdict === "STOLEN" || verdict === "QUEUE") return;
        if (verdict === "DROP") break;
      }
      releaseSkb(k, skb);
    },
    inject(bytes, hooks, name) {
      const device = devices.find(name);
      if (device === undefined) throw new Errno(ENODEV);
      return netfilter.inject(
        bytes,
        hooks.map((hook) => point(hook, device)),
      );
    },
  };
};
