/** include/linux/if_vlan.h: the function for an ioctl of sockets, as net/socket.c keeps it. */
import { stub } from "../../src/stub/declare.ts";

export const vlanIoctlSet = stub(
  "void vlan_ioctl_set(int (*hook)(struct net *, void __user *))",
  { sleeps: true, level: { partial: "nobody calls that ioctl" } },
  (k, { hook }) => {
    const { own } = k.net.families;
    if (hook === 0) own.delete("vlan_ioctl");
    else own.set("vlan_ioctl", hook);
  },
);
