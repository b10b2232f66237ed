/** Netlink (net/netlink/af_netlink.c): kernel sockets of modules, and ports that talk to them. */
import type { Address } from "../../base/address.ts";
import { EADDRINUSE, ECONNREFUSED, EINVAL, ENOBUFS, ESRCH } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { packetSkb, releaseSkb, skbBytes } from "./skb.ts";

const MAX_LINKS = 32;
/** What a port keeps until somebody reads it. */
const MAX_QUEUE = 1000;
const MAX_MESSAGE = 1 << 20;
/** Numbers for ports whose process has one already (netlink_autobind). */
const FIRST_NUMBER = -4096;

interface KernelSocket {
  readonly protocol: number;
  /** The module's struct netlink_kernel_cfg.input; 0 for none. */
  readonly input: Address;
  readonly groups: number;
}

/** The other end: a socket of a process, or of whoever tests the module. */
export interface NetlinkPort {
  readonly protocol: number;
  readonly number: number;
  /** Bit 0 is group 1. */
  groups: number;
  queue: readonly Uint8Array[];
  /** Tasks that read it wait by this address (k.waits); 0 when nobody does. */
  readonly waitedBy: Address;
}

export interface Netlink {
  /** netlink_kernel_create(): the struct sock. Errno EINVAL, EADDRINUSE. */
  create(protocol: number, options: { readonly input: Address; readonly groups: number }): Address;
  release(sock: Address): void;
  /** netlink_unicast(): bytes sent; takes the buffer over. Errno ECONNREFUSED, ENOBUFS. */
  unicast(sock: Address, skb: Address, port: number): number;
  /** netlink_broadcast(): Errno ESRCH when nobody is in the group. */
  broadcast(sock: Address, skb: Address, except: number, group: number): void;
  hasListeners(sock: Address, group: number): boolean;
  /** Opens a port; `number` 0: that of the process, or another. Errno EADDRINUSE. */
  open(protocol: number, number: number, groups: number, waitedBy?: Address): NetlinkPort;
  close(port: NetlinkPort): void;
  /** A message to the kernel socket of the port's protocol. Errno ECONNREFUSED when there is none. */
  send(port: NetlinkPort, bytes: Uint8Array): Routine<number>;
  /** The oldest message that is waiting. */
  receive(port: NetlinkPort): Uint8Array | undefined;
}

export const createNetlink = (k: Kernel): Netlink => {
  const sockets: JournalMap<Address, KernelSocket> = k.journal.map();
  const ports: JournalMap<string, NetlinkPort> = k.journal.map();
  const key = (protocol: number, number: number): string => `${protocol}:${number}`;
  const kernelSocket = (protocol: number): [Address, KernelSocket] | undefined =>
    [...sockets.entries()].find(([, socket]) => socket.protocol === protocol);
  const inGroup = (protocol: number, group: number): NetlinkPort[] =>
    [...ports.values()].filter(
      (port) =>
        port.protocol === protocol && group >= 1 && group <= 32 && ((port.groups >>> (group - 1)) & 1) === 1,
    );
  const deliver = (port: NetlinkPort, bytes: Uint8Array): boolean => {
    if (port.queue.length >= MAX_QUEUE) return false;
    k.journal.touch(port).queue = [...port.queue, bytes];
    if (port.waitedBy !== 0) k.waits.wakeAll(port.waitedBy);
    return true;
  };
  const protocolOf = (sock: Address): number => sockets.get(sock)?.protocol ?? -1;
  const freeNumber = (protocol: number): number => {
    const { tgid } = k.struct("task_struct", k.current.taskStruct);
    if (!ports.has(key(protocol, tgid))) return tgid;
    let number = FIRST_NUMBER;
    while (ports.has(key(protocol, number >>> 0))) number -= 1;
    return number >>> 0;
  };
  return {
    create(protocol, { input, groups }) {
      if (protocol < 0 || protocol >= MAX_LINKS) throw new Errno(EINVAL);
      if (kernelSocket(protocol) !== undefined) throw new Errno(EADDRINUSE);
      const sock = k.heap.internal(new Uint8Array(k.sizeOf("netlink_sock")));
      sockets.set(sock, { protocol, input, groups: Math.max(32, groups) });
      return sock;
    },
    release(sock) {
      if (sockets.delete(sock)) k.heap.kfree(sock);
    },
    unicast(sock, skb, number) {
      const bytes = skbBytes(k, skb);
      releaseSkb(k, skb);
      const port = ports.get(key(protocolOf(sock), number));
      if (port === undefined) throw new Errno(ECONNREFUSED);
      if (!deliver(port, bytes)) throw new Errno(ENOBUFS);
      return bytes.length;
    },
    broadcast(sock, skb, except, group) {
      const bytes = skbBytes(k, skb);
      releaseSkb(k, skb);
      const listeners = inGroup(protocolOf(sock), group).filter(({ number }) => number !== except);
      if (listeners.length === 0) throw new Errno(ESRCH);
      if (!listeners.every((port) => deliver(port, bytes))) throw new Errno(ENOBUFS);
    },
    hasListeners: (sock, group) => inGroup(protocolOf(sock), group).length > 0,
    open(protocol, number, groups, waitedBy = 0) {
      if (protocol < 0 || protocol >= MAX_LINKS) throw new Errno(EINVAL);
      const chosen = number === 0 ? freeNumber(protocol) : number;
      if (ports.has(key(protocol, chosen))) throw new Errno(EADDRINUSE);
      const port = { protocol, number: chosen, groups, queue: [], waitedBy };
      ports.set(key(protocol, chosen), port);
      return port;
    },
    close: (port) => void ports.delete(key(port.protocol, port.number)),
    *send(port, bytes) {
      const [sock, socket] = kernelSocket(port.protocol) ?? [0, undefined];
      if (socket === undefined) throw new Errno(ECONNREFUSED);
      if (bytes.length > MAX_MESSAGE) throw new Errno(ENOBUFS);
      if (socket.input === 0) return bytes.length;
      const skb = packetSkb(k, bytes, { device: 0, protocol: 0, gfp: GFP_KERNEL });
      if (skb === 0) throw new Errno(ENOBUFS);
      const parameters = k.struct("netlink_skb_parms", skb + k.offsetOf("sk_buff", "cb"));
      parameters.portid = port.number;
      parameters.sk = sock as typeof parameters.sk;
      yield* k.call(socket.input, skb);
      releaseSkb(k, skb);
      return bytes.length;
    },
    receive(port) {
      const [first, ...rest] = port.queue;
      if (first !== undefined) k.journal.touch(port).queue = rest;
      return first;
    },
  };
};
