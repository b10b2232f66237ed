/** include/net/protocol.h: what IPv4 and IPv6 hand packets to, as net/ipv4/protocol.c and its like do it. */
import type { Address } from "../../src/base/address.ts";
import { EPERM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { AF_INET, AF_INET6 } from "../../src/kernel/net/families.ts";
import { gracePeriod } from "../../src/kernel/time/rcu.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

const LEVEL = { partial: "no packet ever comes" } as const;
/** Those of the kernel itself: ICMP, IGMP, TCP, UDP, UDPLITE; and of IPv6 its extension headers, too. */
const OWN: Readonly<Record<string, readonly number[]>> = {
  inet_protos: [1, 2, 6, 17, 136],
  inet6_protos: [6, 17, 43, 44, 58, 59, 60, 136],
  inet_offloads: [4, 6, 17, 41, 47],
  inet6_offloads: [4, 6, 17, 41, 43, 47, 60],
};

type Add = "int f(const struct net_protocol *prot, unsigned char protocol)";

/** The exported table: modules look into it, too. */
const placeIn = (k: Kernel, name: string, protocol: number): Address => {
  const at = (k.symbols.address(name) ?? 0) + protocol * 8;
  k.image.placeData(at, 8);
  return at;
};

/** A table of 256 places: each is taken or free. */
const table = (name: string, kind: string, struct: string, functions: readonly [string, string]): Stub[] => {
  const [add, remove] = functions;
  return [
    stub(
      `int ${add}(const struct ${struct} *prot, unsigned char protocol)` as Add,
      { fails: ["EPERM"], acquires: { [kind]: "prot" } as never, level: LEVEL },
      (k, { prot, protocol }) => {
        const at = placeIn(k, name, protocol);
        if (OWN[name]?.includes(protocol) === true || k.memory.pointer(at) !== 0) throw new Errno(EPERM);
        k.memory.setPointer(at, prot);
        return 0;
      },
    ),
    stub(
      `int ${remove}(const struct ${struct} *prot, unsigned char protocol)` as Add,
      { fails: ["EPERM"], sleeps: true, releases: { [kind]: "prot" } as never, level: LEVEL },
      function* (k, { prot, protocol }) {
        const at = placeIn(k, name, protocol);
        const there = k.memory.pointer(at) === prot;
        if (there) k.memory.setPointer(at, 0);
        yield* gracePeriod(k);
        if (!there) throw new Errno(EPERM);
        return 0;
      },
    ),
  ];
};

export const netProtocolRegistrations = [
  table("inet_protos", "net_protocol", "net_protocol", ["inet_add_protocol", "inet_del_protocol"]),
  table("inet6_protos", "net_protocol", "inet6_protocol", ["inet6_add_protocol", "inet6_del_protocol"]),
  table("inet_offloads", "net_offload", "net_offload", ["inet_add_offload", "inet_del_offload"]),
  table("inet6_offloads", "net_offload", "net_offload", ["inet6_add_offload", "inet6_del_offload"]),
].flat();

const removeKind = function* (k: Kernel, family: number, kind: Address) {
  k.net.families.removeKind(family, kind);
  yield* gracePeriod(k);
};

/** Nothing is told of a failure: the kernel has complained. */
export const inetRegisterProtosw = stub(
  "void inet_register_protosw(struct inet_protosw *p)",
  { acquires: { protosw: "p" } },
  (k, { p }) => {
    try {
      k.net.families.addKind(AF_INET, p);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  },
);
export const inetUnregisterProtosw = stub(
  "void inet_unregister_protosw(struct inet_protosw *p)",
  { sleeps: true, releases: { protosw: "p" } },
  function* (k, { p }) {
    yield* removeKind(k, AF_INET, p);
  },
);
export const inet6RegisterProtosw = stub(
  "int inet6_register_protosw(struct inet_protosw *p)",
  { fails: ["EINVAL", "EPERM"], acquires: { protosw: "p" } },
  (k, { p }) => {
    k.net.families.addKind(AF_INET6, p);
    return 0;
  },
);
export const inet6UnregisterProtosw = stub(
  "void inet6_unregister_protosw(struct inet_protosw *p)",
  { sleeps: true, releases: { protosw: "p" } },
  function* (k, { p }) {
    yield* removeKind(k, AF_INET6, p);
  },
);
