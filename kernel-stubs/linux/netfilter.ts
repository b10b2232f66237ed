/** include/linux/netfilter.h, as net/netfilter/core.c does it: hooks of one network namespace. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const LEVEL = { partial: "packets come from outside only" } as const;

export const nfRegisterNetHook = stub(
  "int nf_register_net_hook(struct net *net, const struct nf_hook_ops *reg)",
  { fails: ["EINVAL", "ENOMEM"], sleeps: true, acquires: { "netfilter hook": "reg" }, level: LEVEL },
  (k, { reg }) => {
    k.net.netfilter.register(reg);
    return 0;
  },
);

export const nfUnregisterNetHook = stub(
  "void nf_unregister_net_hook(struct net *net, const struct nf_hook_ops *reg)",
  { sleeps: true, releases: { "netfilter hook": "reg" } },
  (k, { reg }) => k.net.netfilter.unregister(reg),
);

const each = (k: Kernel, array: Address, count: number): Address[] =>
  Array.from({ length: Math.min(count, 1024) }, (_, index) => array + index * k.sizeOf("nf_hook_ops"));

export const nfRegisterNetHooks = stub(
  "int nf_register_net_hooks(struct net *net, const struct nf_hook_ops *reg, unsigned int n)",
  { fails: ["EINVAL", "ENOMEM"], sleeps: true, acquires: { "netfilter hook": "reg" }, level: LEVEL },
  (k, { reg, n }) => {
    const done: Address[] = [];
    try {
      for (const ops of each(k, reg, n)) {
        k.net.netfilter.register(ops);
        done.push(ops);
      }
    } catch (error) {
      for (const ops of done) k.net.netfilter.unregister(ops);
      throw error;
    }
    return 0;
  },
);

export const nfUnregisterNetHooks = stub(
  "void nf_unregister_net_hooks(struct net *net, const struct nf_hook_ops *reg, unsigned int hookcount)",
  { sleeps: true, releases: { "netfilter hook": "reg" } },
  (k, { reg, hookcount }) => {
    for (const ops of each(k, reg, hookcount).reverse()) k.net.netfilter.unregister(ops);
  },
);
