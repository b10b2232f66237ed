/** include/linux/netdevice.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxNetdeviceRegistrations = registrations(
  "a device is listed nowhere and no packet ever comes",
  [
    {
      kind: "netdevice",
      add: "int register_netdev(struct net_device *dev)",
      remove: "void unregister_netdev(struct net_device *dev)",
      by: { add: "dev", remove: "dev" },
      fails: ["EBUSY", "ENOMEM", "EINVAL", "EEXIST", "EINTR"],
    },
    {
      kind: "packet_type",
      add: "void dev_add_pack(struct packet_type *pt)",
      remove: "void dev_remove_pack(struct packet_type *pt)",
      by: { add: "pt", remove: "pt" },
      fails: [],
    },
  ],
);
