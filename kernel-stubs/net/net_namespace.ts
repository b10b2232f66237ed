/** include/net/net_namespace.h: the first namespace, registrations, and sysctls (net/sysctl_net.c). */
import { stub, variable } from "../../src/stub/declare.ts";

const LEVEL = { partial: "there is one network namespace" } as const;
type Takes = "void f(struct pernet_operations *ops)";

/** Both register and initialise; those of devices would end before the others in a namespace that ends. */
export const pernetOperations = ["subsys", "device"].flatMap((what) => [
  stub(
    `int register_pernet_${what}(struct pernet_operations *ops)` as "int f(struct pernet_operations *ops)",
    { fails: ["ENOMEM"], sleeps: true, acquires: { pernet: "ops" }, level: LEVEL },
    function* (k, { ops }) {
      yield* k.net.namespaces.register(ops);
      return 0;
    },
  ),
  stub(
    `void unregister_pernet_${what}(struct pernet_operations *ops)` as Takes,
    { sleeps: true, releases: { pernet: "ops" }, level: LEVEL },
    function* (k, { ops }) {
      yield* k.net.namespaces.unregister(ops);
    },
  ),
]);

/** The only namespace: its list of devices and its loopback device are there. */
export const initNet = variable("struct net init_net", (k) => void k.net.namespaces.first());

/** cleanup_net() may be under way: here nothing ever is. */
export const netNsBarrier = stub("void net_ns_barrier(void)", { sleeps: true }, () => undefined);

export const registerNetSysctl = stub(
  "struct ctl_table_header *register_net_sysctl(struct net *net, const char *path, struct ctl_table *table)",
  {
    fails: ["NULL"],
    sleeps: true,
    acquires: { sysctl: "return" },
    level: { partial: "all network namespaces are the first one" },
  },
  (k, { path, table }) => k.vfs.sysctls.register(k.memory.cstring(path, 4096), table),
);
export const unregisterNetSysctlTable = stub(
  "void unregister_net_sysctl_table(struct ctl_table_header *header)",
  { sleeps: true, releases: { sysctl: "header" } },
  (k, { header }) => k.vfs.sysctls.unregister(header),
);
