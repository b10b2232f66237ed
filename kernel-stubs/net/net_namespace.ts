/** include/net/net_namespace.h: registrations. */
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
