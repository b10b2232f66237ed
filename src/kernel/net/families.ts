/** Families of protocols that modules bring (net/socket.c), and what they add to IPv4's and IPv6's (net/ipv4/af_inet.c). */
import type { Address } from "../../base/address.ts";
import { EEXIST, EINVAL, ENOBUFS, EPERM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";

export const NPROTO = 46;
export const [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_XDP] = [1, 2, 10, 16, 17, 44];
/** Those of the kernel itself. */
const BUILT_IN: readonly number[] = [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_XDP];

const NAMES =
  "UNSPEC UNIX/PF_LOCAL INET AX25 IPX APPLETALK NETROM BRIDGE ATMPVC X25 INET6 ROSE DECnet NETBEUI SECURITY KEY NETLINK/PF_ROUTE PACKET ASH ECONET ATMSVC RDS SNA IRDA PPPOX WANPIPE LLC IB MPLS CAN TIPC BLUETOOTH IUCV RXRPC ISDN PHONET IEEE802154 CAIF ALG NFC VSOCK KCM QIPCRTR SMC XDP MCTP".split(
    " ",
  );

export interface Families {
  /** sock_register(). Errno ENOBUFS, EEXIST. */
  register(ops: Address): void;
  unregister(family: number): void;
  /** The struct net_proto_family of a module; undefined for the kernel's own and for none. */
  find(family: number): Address | undefined;
  isBuiltIn(family: number): boolean;
  /** inet_register_protosw() and IPv6's: kinds of sockets. Errno EINVAL, EPERM. */
  addKind(family: number, kind: Address): void;
  removeKind(family: number, kind: Address): void;
  /** Latest first. */
  kinds(family: number): readonly Address[];
  /** What sockets of the kernel's own families share, by name. */
  readonly own: JournalMap<string, Address>;
}

const SOCK_MAX = 11;
/** INET_PROTOSW_PERMANENT */
const PERMANENT = 2;
const [SOCK_STREAM, SOCK_DGRAM, IPPROTO_TCP, IPPROTO_UDP] = [1, 2, 6, 17];

export const createFamilies = (k: Kernel): Families => {
  const families: JournalMap<number, Address> = k.journal.map();
  const lists: JournalMap<number, readonly Address[]> = k.journal.map();
  const kinds = (family: number): readonly Address[] => lists.get(family) ?? [];
  /** TCP and UDP, and those that a module says will stay. */
  const isPermanent = (family: number, type: number, protocol: number): boolean =>
    (type === SOCK_STREAM && protocol === IPPROTO_TCP) ||
    (type === SOCK_DGRAM && protocol === IPPROTO_UDP) ||
    kinds(family).some((at) => {
      const other = k.struct("inet_protosw", at);
      return other.type === type && other.protocol === protocol && (other.flags & PERMANENT) !== 0;
    });
  return {
    register(ops) {
      const { family } = k.struct("net_proto_family", ops);
      if (family < 0 || family >= NPROTO) {
        k.printk(2, `protocol ${family} >= NPROTO(${NPROTO})`);
        throw new Errno(ENOBUFS);
      }
      const taken = BUILT_IN.includes(family) || families.has(family);
      if (!taken) families.set(family, ops);
      k.printk(6, `NET: Registered PF_${NAMES[family] ?? ""} protocol family`);
      if (taken) throw new Errno(EEXIST);
    },
    unregister(family) {
      families.delete(family);
      k.printk(6, `NET: Unregistered PF_${NAMES[family] ?? ""} protocol family`);
    },
    find: (family) => families.get(family),
    isBuiltIn: (family) => BUILT_IN.includes(family),
    addKind(family, kind) {
      const { type, protocol } = k.struct("inet_protosw", kind);
      if (type >= SOCK_MAX) {
        k.printk(3, `${prefix(family)}Ignoring attempt to register invalid socket type ${type}`);
        throw new Errno(EINVAL);
      }
      if (isPermanent(family, type, protocol)) {
        k.printk(3, `${prefix(family)}Attempt to override permanent protocol ${protocol}`);
        throw new Errno(EPERM);
      }
      lists.set(family, [kind, ...kinds(family).filter((other) => other !== kind)]);
    },
    removeKind(family, kind) {
      const { flags, protocol } = k.struct("inet_protosw", kind);
      if ((flags & PERMANENT) !== 0) {
        k.printk(3, `${prefix(family)}Attempt to unregister permanent protocol ${protocol}`);
        return;
      }
      lists.set(
        family,
        kinds(family).filter((other) => other !== kind),
      );
    },
    kinds,
    own: k.journal.map(),
  };
};

/** pr_fmt() of af_inet.c and of af_inet6.c */
const prefix = (family: number): string => (family === AF_INET ? "IPv4: " : "IPv6: ");
