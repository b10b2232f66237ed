/** include/linux/if_bridge.h: the function for an ioctl of sockets, as net/socket.c keeps it. */
import { stub } from "../../src/stub/declare.ts";

export const brioctlSet = stub(
  "void brioctl_set(int (*hook)(struct net *net, unsigned int cmd, void __user *uarg))",
  { sleeps: true, level: { partial: "nobody calls that ioctl" } },
  (k, { hook }) => {
    const { own } = k.net.families;
    if (hook === 0) own.delete("br_ioctl");
    else own.set("br_ioctl", hook);
  },
);
