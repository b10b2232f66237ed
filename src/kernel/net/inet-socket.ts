/** Sockets of IPv4 and IPv6 (net/ipv4/af_inet.c, net/ipv6/af_inet6.c): of kinds that modules add, and the kernel's own. */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { EINVAL, ENOMEM, EPROTONOSUPPORT, ESOCKTNOSUPPORT } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { AF_INET, AF_INET6 } from "./families.ts";
import { allocateSock, initialiseSock, releaseSock } from "./sock.ts";

const IPPROTO_MAX = 263;
const IPPROTO_IP = 0;
const [SOCK_STREAM, SOCK_DGRAM, SOCK_RAW] = [1, 2, 3];
const [IPPROTO_TCP, IPPROTO_UDP, IPPROTO_RAW] = [6, 17, 255];
/** INET_PROTOSW_REUSE, INET_PROTOSW_ICSK */
const [REUSE, ICSK] = [1, 4];
const SK_CAN_REUSE = 1;
const IP_PMTUDISC_WANT = 1;

interface Wanted {
  readonly socket: Address;
  readonly family: number;
  readonly type: number;
  readonly protocol: number;
  readonly kernel: boolean;
}
interface Kind {
  readonly protocol: number;
  readonly proto: Address;
  readonly ops: Address;
  readonly flags: number;
}

/** The kernel's own protocols: nothing but the socket is there of them. */
const OWN: Readonly<Record<number, readonly [string, string, number]>> = {
  [SOCK_STREAM]: ["TCP", "TCPv6", IPPROTO_TCP],
  [SOCK_DGRAM]: ["UDP", "UDPv6", IPPROTO_UDP],
  [SOCK_RAW]: ["RAW", "RAWv6", IPPROTO_IP],
};
/** More than struct tcp6_sock has. */
const OWN_SIZE = 4096;

/** Made once: what the kernel's own sockets have in common. */
const own = (k: Kernel, name: string, struct: "proto" | "proto_ops"): [Address, boolean] => {
  const key = `inet ${name}`;
  const known = k.net.families.own.get(key);
  if (known !== undefined) return [known, false];
  const made = k.statics.allocate(k.sizeOf(struct));
  k.net.families.own.set(key, made);
  return [made, true];
};

/** A struct proto for sockets of the kernel's own: they end when they are released. */
const ownProto = (k: Kernel, name: string): Address => {
  const [proto, fresh] = own(k, name, "proto");
  if (!fresh) return proto;
  const view = k.struct("proto", proto);
  k.memory.setCstring(proto + k.offsetOf("proto", "name"), name);
  view.obj_size = OWN_SIZE;
  view.hash = k.hostCode.address("inet_hash_none", () => 0) as typeof view.hash;
  view.unhash = k.hostCode.address("inet_unhash_none", () => 0) as typeof view.unhash;
  view.close = k.hostCode.address("inet_close", function* (sk = 0) {
    yield* releaseSock(k, sk);
    return 0;
  }) as typeof view.close;
  return proto;
};

/** struct proto_ops of the kernel's own: bound, listening, but nobody comes. */
const ownOps = (k: Kernel): Address => {
  const [ops, fresh] = own(k, "inet_ops", "proto_ops");
  if (!fresh) return ops;
  const view = k.struct("proto_ops", ops);
  const done = k.hostCode.address("inet_done", () => 0);
  view.release = k.hostCode.address("inet_release_own", function* (socket = 0) {
    yield* releaseInet(k, socket);
    return 0;
  }) as typeof view.release;
  view.bind = done as typeof view.bind;
  view.listen = done as typeof view.listen;
  view.shutdown = done as typeof view.shutdown;
  return ops;
};

const matches = (protocol: number, kind: number): boolean =>
  protocol === kind ? protocol !== IPPROTO_IP : protocol === IPPROTO_IP || kind === IPPROTO_IP;

/** The answer to a type and a protocol: a module's, or the kernel's own. */
const findKind = (k: Kernel, { family, type, protocol }: Wanted): Kind | undefined => {
  const own = OWN[type];
  const permanent = own !== undefined && own[2] !== IPPROTO_IP && matches(protocol, own[2]);
  if (!permanent) {
    for (const at of k.net.families.kinds(family)) {
      const kind = k.struct("inet_protosw", at);
      if (kind.type !== type || !matches(protocol, kind.protocol)) continue;
      const { prot: proto, ops, flags } = kind;
      return { protocol: protocol === IPPROTO_IP ? kind.protocol : protocol, proto, ops, flags };
    }
  }
  if (own === undefined || !matches(protocol, own[2])) return undefined;
  const proto = ownProto(k, family === AF_INET ? own[0] : own[1]);
  return { protocol: protocol === IPPROTO_IP ? own[2] : protocol, proto, ops: ownOps(k), flags: 0 };
};

/** request_module() for who brings it: first by protocol and type, then by protocol. */
const findOrLoad = (k: Kernel, wanted: Wanted): Kind => {
  const { family, type, protocol } = wanted;
  const asks = [`net-pf-${family}-proto-${protocol}-type-${type}`, `net-pf-${family}-proto-${protocol}`];
  for (const ask of asks) {
    const found = findKind(k, wanted);
    if (found !== undefined) return found;
    k.modules.requestModule(ask);
  }
  const found = findKind(k, wanted);
  if (found !== undefined) return found;
  const others = k.net.families.kinds(family).some((at) => k.struct("inet_protosw", at).type === type);
  throw new Errno(others || OWN[type] !== undefined ? EPROTONOSUPPORT : ESOCKTNOSUPPORT);
};

const fill = (k: Kernel, sk: Address, { family, type }: Wanted, { protocol, flags, proto }: Kind): void => {
  const inet = k.struct("inet_sock", sk);
  if ((flags & REUSE) !== 0) inet.sk.__sk_common.skc_reuse = SK_CAN_REUSE;
  inet.is_icsk = (flags & ICSK) === 0 ? 0 : 1;
  inet.pmtudisc = IP_PMTUDISC_WANT;
  inet.sk.sk_protocol = protocol;
  const { backlog_rcv: receive, obj_size: size } = k.struct("proto", proto);
  inet.sk.sk_backlog_rcv = receive as typeof inet.sk.sk_backlog_rcv;
  inet.uc_ttl = -1;
  [inet.mc_loop, inet.mc_ttl, inet.mc_all] = [1, 1, 1];
  // inet6_sk_generic(): IPv6's part is the last one.
  if (family === AF_INET6) inet.pinet6 = (sk + size - k.sizeOf("ipv6_pinfo")) as typeof inet.pinet6;
  if (type !== SOCK_RAW) return;
  inet.sk.__sk_common.skc_num = protocol;
  inet.inet_sport = ((protocol & 0xff) << 8) | (protocol >> 8);
  if (protocol === IPPROTO_RAW) inet.hdrincl = 1;
};

/** inet_create(), inet6_create(). Errno EINVAL, ESOCKTNOSUPPORT, EPROTONOSUPPORT, ENOMEM, and what the protocol answers. */
export function* createInetSocket(k: Kernel, wanted: Wanted): Routine<void> {
  const { socket, family, protocol, kernel } = wanted;
  if (protocol < 0 || protocol >= IPPROTO_MAX) throw new Errno(EINVAL);
  const kind = findOrLoad(k, wanted);
  const net = k.net.namespaces.first();
  const sk = allocateSock(k, { net, family, proto: kind.proto, gfp: GFP_KERNEL, kernel });
  if (sk === 0) throw new Errno(ENOMEM);
  const view = k.struct("socket", socket);
  initialiseSock(k, socket, sk);
  fill(k, sk, wanted, kind);
  const { hash, init } = k.struct("proto", kind.proto);
  for (const fn of [k.struct("inet_sock", sk).sk.__sk_common.skc_num === 0 ? 0 : hash, init]) {
    const answer = fn === 0 ? 0 : asInt(yield* k.call(fn, sk));
    if (answer === 0) continue;
    yield* releaseSock(k, sk);
    view.sk = 0 as typeof view.sk;
    throw new Errno(-answer);
  }
  view.ops = kind.ops as typeof view.ops;
  const module = k.modules.list.byStruct(k.struct("proto_ops", kind.ops).owner);
  if (module !== undefined) k.modules.references.get(module);
}

/** inet_release() */
export function* releaseInet(k: Kernel, socket: Address): Routine<void> {
  const view = k.struct("socket", socket);
  if (view.sk === 0) return;
  const { close } = k.struct("proto", k.struct("sock", view.sk).__sk_common.skc_prot);
  yield* k.call(close, view.sk, 0);
  view.sk = 0 as typeof view.sk;
}
