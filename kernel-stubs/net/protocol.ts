/** include/net/protocol.h: registrations. */
import { registrations } from "../registrations.ts";

export const netProtocolRegistrations = registrations("no packet ever comes", [
  {
    kind: "net_protocol",
    add: "int inet_add_protocol(const struct net_protocol *prot, unsigned char protocol)",
    remove: "int inet_del_protocol(const struct net_protocol *prot, unsigned char protocol)",
    by: { add: "prot", remove: "prot" },
    fails: ["EAGAIN"],
  },
  {
    kind: "net_protocol",
    add: "int inet6_add_protocol(const struct inet6_protocol *prot, unsigned char protocol)",
    remove: "int inet6_del_protocol(const struct inet6_protocol *prot, unsigned char protocol)",
    by: { add: "prot", remove: "prot" },
    fails: ["EAGAIN"],
  },
]);
