/** include/net/lwtunnel.h: registrations. */
import { registrations } from "../registrations.ts";

/** LWTUNNEL_ENCAP_IP, IP6, SEG6, BPF and SEG6_LOCAL are the kernel's own. */
export const lwtunnelRegistrations = registrations("no route leads into a tunnel", [
  {
    kind: "lwtunnel",
    add: "int lwtunnel_encap_add_ops(const struct lwtunnel_encap_ops *op, unsigned int num)",
    remove: "int lwtunnel_encap_del_ops(const struct lwtunnel_encap_ops *op, unsigned int num)",
    by: { add: "op", remove: "op" },
    fails: ["ERANGE", "EPERM"],
    twice: "EPERM",
    slot: (_k, { num = 0 }) => `${num}`,
    taken: ["2", "4", "5", "6", "7"],
  },
]);
