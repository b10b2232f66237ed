/** include/net/net_namespace.h: the first namespace, registrations, and sysctls (net/sysctl_net.c). */
import { stub, variable } from "../../src/stub/declare.ts";
import { registrations } from "../registrations.ts";

export const netNetNamespaceRegistrations = registrations(
  "there is one network namespace, and its init and exit are not called",
  [
    {
      kind: "pernet",
      add: "int register_pernet_subsys(struct pernet_operations *ops)",
      remove: "void unregister_pernet_subsys(struct pernet_operations *ops)",
      by: { add: "ops", remove: "ops" },
      fails: ["ENOMEM"],
    },
    {
      kind: "pernet",
      add: "int register_pernet_device(struct pernet_operations *ops)",
      remove: "void unregister_pernet_device(struct pernet_operations *ops)",
      by: { add: "ops", remove: "ops" },
      fails: ["ENOMEM"],
    },
  ],
);

/** What /proc/self/ns/net shows of the first one. */
const INUM = 0xf000_0000;
/** struct net_generic: no subsystem's data is in it. */
const GENERIC_BYTES = 1024;

/** The only namespace: its list of devices and its loopback device are there. */
export const initNet = variable("struct net init_net", (k, { address }) => {
  k.net.devices.list();
  const view = k.struct("net", address);
  view.loopback_dev = k.net.devices.loopback() as typeof view.loopback_dev;
  view.ns.inum = INUM;
  view.ns.count.refs.counter = 1;
  view.ifindex = 1;
  view.user_ns = (k.symbols.address("init_user_ns") ?? 0) as typeof view.user_ns;
  view.proc_net = k.vfs.procfs.adopt("net") as typeof view.proc_net;
  view.gen = k.statics.allocate(GENERIC_BYTES) as typeof view.gen;
});

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
