/** include/linux/inetdevice.h, as net/ipv4/devinet.c does it. */
import { kernelChain } from "../notifier-chain.ts";

export const inetaddrNotifiers = kernelChain(
  "register_inetaddr_notifier",
  "unregister_inetaddr_notifier",
  "there is no network",
);
