/** include/net/switchdev.h, as net/switchdev/switchdev.c does it. */
import { kernelChain } from "../notifier-chain.ts";

const NONE = "no device switches packets";

export const switchdevNotifiers = [
  kernelChain("register_switchdev_notifier", "unregister_switchdev_notifier", NONE),
  kernelChain("register_switchdev_blocking_notifier", "unregister_switchdev_blocking_notifier", NONE),
].flat();
