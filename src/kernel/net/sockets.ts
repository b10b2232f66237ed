/** Sockets that the kernel opens for itself (net/socket.c): of modules' families, and netlink's, which talk to other modules. */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { EAFNOSUPPORT, EINVAL, EOPNOTSUPP, EPROTONOSUPPORT, ESOCKTNOSUPPORT } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import { initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import type { Module } from "../modules/module.ts";
import type { Routine } from "../routine.ts";
import { AF_INET, AF_INET6, AF_NETLINK, NPROTO } from "./families.ts";
import { createInetSocket } from "./inet-socket.ts";
import type { NetlinkPort } from "./netlink.ts";

const SOCK_RAW = 3;
const SOCK_DGRAM = 2;
const SOCK_MAX = 11;
const MAX_LINKS = 32;
const SS_UNCONNECTED = 1;
const S_IFSOCK = 0o140000;

interface KernelOwned {
  readonly protocol: number;
  /** Bound by bind(), or by the first message. */
  port: NetlinkPort | undefined;
}

export interface Sockets {
  /** __sock_create(): the struct socket. Errno EAFNOSUPPORT, EINVAL, and what the family answers. */
  create(family: number, type: number, protocol: number, kernel: boolean): Routine<Address>;
  /** sock_create_lite(): of no family yet. */
  createBare(type: number): Address;
  release(socket: Address): Routine<void>;
  /** One of netlink's, which the functions below are for. */
  isNetlink(socket: Address): boolean;
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
  const moduleOf = (owner: Address): Module | undefined => k.modules.list.byStruct(owner);
  const createBare = (type: number): Address => {
    const socket = k.heap.internal(new Uint8Array(k.sizeOf("socket_alloc")));
    const view = k.struct("socket", socket);
    view.state = SS_UNCONNECTED;
    view.type = type;
    initList(k.memory, view.wq.wait.head.$address);
    k.struct("socket_alloc", socket).vfs_inode.i_mode = S_IFSOCK | 0o777;
    return socket;
  };
  const release = function* (socket: Address): Routine<void> {
    const view = k.struct("socket", socket);
    if (view.ops !== 0) {
      const { release: fn, owner } = k.struct("proto_ops", view.ops);
      yield* k.call(fn, socket);
      view.sk = 0 as typeof view.sk;
      view.ops = 0 as typeof view.ops;
      const module = moduleOf(owner);
      if (module !== undefined) k.modules.references.put(module);
    }
    const port = known.get(socket)?.port;
    if (port !== undefined) k.net.netlink.close(port);
    known.delete(socket);
    // One that a file stands for goes with that.
    if (view.file === 0) k.heap.kfree(socket);
    else view.file = 0 as typeof view.file;
  };
  /** pf->create() of a module, and the hold on what its socket needs. */
  const createByModule = function* (
    family: number,
    socket: Address,
    protocol: number,
    kernel: boolean,
  ): Routine<void> {
    const { find } = k.net.families;
    if (find(family) === undefined) k.modules.requestModule(`net-pf-${family}`);
    const ops = find(family);
    if (ops === undefined) throw new Errno(EAFNOSUPPORT);
    const { create, owner } = k.struct("net_proto_family", ops);
    const module = moduleOf(owner);
    if (module !== undefined && !k.modules.references.tryGet(module)) throw new Errno(EAFNOSUPPORT);
    const view = k.struct("socket", socket);
    const net = k.net.namespaces.first();
    const answer = asInt(yield* k.call(create, net, socket, protocol, kernel ? 1 : 0));
    if (module !== undefined) k.modules.references.put(module);
    if (answer < 0) {
      view.sk = 0 as typeof view.sk;
      view.ops = 0 as typeof view.ops;
      throw new Errno(-answer);
    }
    const user = view.ops === 0 ? undefined : moduleOf(k.struct("proto_ops", view.ops).owner);
    if (user !== undefined) k.modules.references.get(user);
  };
  const createNetlink = (socket: Address, type: number, protocol: number): void => {
    if (type !== SOCK_RAW && type !== SOCK_DGRAM) throw new Errno(ESOCKTNOSUPPORT);
    if (protocol < 0 || protocol >= MAX_LINKS) throw new Errno(EPROTONOSUPPORT);
    known.set(socket, { protocol, port: undefined });
  };
  return {
    *create(family, type, protocol, kernel) {
      if (family < 0 || family >= NPROTO) throw new Errno(EAFNOSUPPORT);
      if (type < 0 || type >= SOCK_MAX) throw new Errno(EINVAL);
      const socket = createBare(type);
      try {
        if (family === AF_NETLINK) createNetlink(socket, type, protocol);
        else if (family === AF_INET || family === AF_INET6)
          yield* createInetSocket(k, { socket, family, type, protocol, kernel });
        else yield* createByModule(family, socket, protocol, kernel);
      } catch (error) {
        if (error instanceof Errno) yield* release(socket);
        throw error;
      }
      return socket;
    },
    createBare,
    release,
    isNetlink: (socket) => known.has(socket),
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
