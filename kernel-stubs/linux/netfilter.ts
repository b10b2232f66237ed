/** include/linux/netfilter.h, as net/netfilter/core.c does it: hooks of one network namespace. */
import type { Address } from "../../src/base/address.ts";
import { EBUSY } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
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

type Range = readonly [pf: number, setFrom: number, setTo: number, getFrom: number, getTo: number];
const rangeOf = (k: Kernel, reg: Address): Range => {
  const view = k.struct("nf_sockopt_ops", reg);
  return [view.pf, view.set_optmin, view.set_optmax, view.get_optmin, view.get_optmax];
};
const overlap = (a: Range, b: Range): boolean =>
  a[0] === b[0] && ((a[1] < b[2] && b[1] < a[2]) || (a[3] < b[4] && b[3] < a[4]));

/** Options of sockets; each has one who serves it. */
export const nfRegisterSockopt = stub(
  "int nf_register_sockopt(struct nf_sockopt_ops *reg)",
  {
    fails: ["EBUSY"],
    sleeps: true,
    acquires: { socket_options: "reg" },
    level: { partial: "nobody sets or asks for an option" },
  },
  (k, { reg }) => {
    const { options } = k.net.netfilter;
    const wanted = rangeOf(k, reg);
    for (const other of options.values()) if (overlap(wanted, rangeOf(k, other))) throw new Errno(EBUSY);
    options.add(reg);
    return 0;
  },
);
export const nfUnregisterSockopt = stub(
  "void nf_unregister_sockopt(struct nf_sockopt_ops *reg)",
  { sleeps: true, releases: { socket_options: "reg" } },
  (k, { reg }) => void k.net.netfilter.options.delete(reg),
);
