/** include/net/nexthop.h, as net/ipv4/nexthop.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { unregisterNotifier } from "../../src/kernel/notifier.ts";
import { stub } from "../../src/stub/declare.ts";
import { registerBlock } from "../notifier-chain.ts";

const LEVEL = { partial: "there are no routes" } as const;
const headOf = (k: Kernel): Address => {
  const chain = k.net.namespaces.first() + k.offsetOf("net", "nexthop.notifier_chain");
  return chain + k.offsetOf("blocking_notifier_head", "head");
};

export const registerNexthopNotifier = stub(
  "int register_nexthop_notifier(struct net *net, struct notifier_block *nb, struct netlink_ext_ack *extack)",
  { fails: ["EEXIST"], sleeps: true, acquires: { notifier: "nb" }, level: LEVEL },
  (k, { nb }) => registerBlock(k, "blocking", headOf(k), nb),
);
export const unregisterNexthopNotifier = stub(
  "int unregister_nexthop_notifier(struct net *net, struct notifier_block *nb)",
  { fails: ["ENOENT"], sleeps: true, releases: { notifier: "nb" }, level: LEVEL },
  (k, { nb }) => {
    unregisterNotifier(k.memory, headOf(k), nb);
    return 0;
  },
);
