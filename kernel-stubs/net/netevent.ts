/** include/net/netevent.h, as net/core/netevent.c does it. */
import { kernelChain } from "../notifier-chain.ts";

export const neteventNotifiers = kernelChain(
  "register_netevent_notifier",
  "unregister_netevent_notifier",
  "there is no network",
);
