/** include/net/addrconf.h, as net/ipv6/addrconf_core.c does it. */
import { kernelChain } from "../notifier-chain.ts";

export const inet6addrNotifiers = kernelChain(
  "register_inet6addr_notifier",
  "unregister_inet6addr_notifier",
  "there is no network",
);

export const inet6addrValidatorNotifiers = kernelChain(
  "register_inet6addr_validator_notifier",
  "unregister_inet6addr_validator_notifier",
  "nobody gives a device an address",
);
