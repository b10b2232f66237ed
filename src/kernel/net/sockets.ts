/** Sockets that the kernel opens for itself (net/socket.c): netlink's, which talk to other modules. */
import type { Address } from "../../base/address.ts";
import { EAFNOSUPPORT, EINVAL, EOPNOTSUPP, EPROTONOSUPPORT, ESOCKTNOSUPPORT } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import type { NetlinkPort } from "./netlink.ts";

const AF_MAX = 46;
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_DGRAM = 2;
const SOCK_MAX = 11;
const MAX_LINKS = 32;
const SS_UNCONNECTED = 1;

interface KernelOwned {
  readonly protocol: number;
  /** Bound by bind(), or by the first message. */
  port: NetlinkPort | undefined;
}

export interface Sockets {
  /** sock_create_kern(): the struct socket. Errno EAFNOSUPPORT, EINVAL, ESOCKTNOSUPPORT, EPROTONOSUPPORT. */
  create(family: number, type: number, protocol: number): Address;
  release(socket: Address): void;
  /** kernel_bind() to a struct sockaddr_nl. Errno EINVAL, EADDRINUSE. */
  bind(socket: Address, address: Address, length: number): void;
  /** kernel_getsockname(): fills in a struct sockaddr; how long it is. */
  name(socket: Address, to: Address): number;
  send(socket: Address, bytes: Uint8Array): Routine<number>;
  /** The oldest message; undefined while there is none. */
  receive(socket: Address): Uint8Array | undefined;
}

export const createSockets = (k: Kernel): Sockets => {
  const known: JournalMap<Address, KernelOwned> = k.journal.map();
  /** Errno EOPNOTSUPP for one that is not of these. */
  const of = (socket: Address): KernelOwned => {
    const found = known.get(socket);
    if (found === undefined) throw new Errno(EOPNOTSUPP);
    return found;
  };
  const portOf = (socket: Address, number = 0, groups = 0): NetlinkPort => {
    const own = of(socket);
    if (own.port !== undefined) return own.port;
    const port = k.net.netlink.open(own.protocol, number, groups, socket);
    k.journal.touch(own).port = port;
    return port;
  };
  return {
    create(family, type, protocol) {
      if (family < 0 || family >= AF_MAX) throw new Errno(EAFNOSUPPORT);
      if (type < 0 || type >= SOCK_MAX) throw new Errno(EINVAL);
      if (family !== AF_NETLINK) throw new Errno(EAFNOSUPPORT);
      if (type !== SOCK_RAW && type !== SOCK_DGRAM) throw new Errno(ESOCKTNOSUPPORT);
      if (protocol < 0 || protocol >= MAX_LINKS) throw new Errno(EPROTONOSUPPORT);
      const socket = k.heap.internal(new Uint8Array(k.sizeOf("socket")));
      const view = k.struct("socket", socket);
      view.state = SS_UNCONNECTED;
      view.type = type;
      known.set(socket, { protocol, port: undefined });
      return socket;
    },
    release(socket) {
      const port = known.get(socket)?.port;
      if (port !== undefined) k.net.netlink.close(port);
      if (known.delete(socket)) k.heap.kfree(socket);
    },
    bind(socket, address, length) {
      const own = of(socket);
      // struct sockaddr_nl: family, padding, number, groups
      if (length < 12 || k.memory.u16(address) !== AF_NETLINK) throw new Errno(EINVAL);
      const [number, groups] = [k.memory.u32(address + 4), k.memory.u32(address + 8)];
      if (own.port !== undefined && number !== 0 && own.port.number !== number) throw new Errno(EINVAL);
      k.journal.touch(portOf(socket, number, groups)).groups = groups;
    },
    name(socket, to) {
      const { port } = of(socket);
      k.memory.setU16(to, AF_NETLINK);
      k.memory.setU16(to + 2, 0);
      k.memory.setU32(to + 4, port?.number ?? 0);
      k.memory.setU32(to + 8, (port?.groups ?? 0) >>> 0);
      return 12;
    },
    *send(socket, bytes) {
      return yield* k.net.netlink.send(portOf(socket), bytes);
    },
    receive(socket) {
      const { port } = of(socket);
      return port === undefined ? undefined : k.net.netlink.receive(port);
    },
  };
};
