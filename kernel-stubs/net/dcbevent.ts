/** include/net/dcbevent.h, as net/dcb/dcbevent.c does it. */
import { kernelChain } from "../notifier-chain.ts";

export const dcbeventNotifiers = kernelChain(
  "register_dcbevent_notifier",
  "unregister_dcbevent_notifier",
  "nobody changes what bridges of data centres agree on",
);
