/** include/linux/inetdevice.h, as net/ipv4/devinet.c does it. */
import { kernelChain } from "../notifier-chain.ts";

export const inetaddrNotifiers = kernelChain(
  "register_inetaddr_notifier",
  "unregister_inetaddr_notifier",
  "there is no network",
);

export const inetaddrValidatorNotifiers = kernelChain(
  "register_inetaddr_validator_notifier",
  "unregister_inetaddr_validator_notifier",
  "nobody gives a device an address",
);
