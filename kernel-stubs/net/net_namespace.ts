/** include/net/net_namespace.h: registrations. */
import { variable } from "../../src/stub/declare.ts";
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

/** The only namespace: its list of devices and its loopback device are there. */
export const initNet = variable("struct net init_net", (k, { address }) => {
  k.net.devices.list();
  const view = k.struct("net", address);
  view.loopback_dev = k.net.devices.loopback() as typeof view.loopback_dev;
});
