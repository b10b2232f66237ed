/** include/net/tcp.h: registrations. */
import { stub } from "../../src/stub/declare.ts";
import { registrations } from "../registrations.ts";

export const netTcpRegistrations = registrations("no connection is ever made", [
  {
    kind: "tcp_congestion",
    add: "int tcp_register_congestion_control(struct tcp_congestion_ops *ca)",
    remove: "void tcp_unregister_congestion_control(struct tcp_congestion_ops *ca)",
    by: { add: "ca", remove: "ca" },
    fails: ["EINVAL", "EEXIST"],
    twice: "EEXIST",
  },
  {
    kind: "tcp_ulp",
    add: "int tcp_register_ulp(struct tcp_ulp_ops *ulp)",
    remove: "void tcp_unregister_ulp(struct tcp_ulp_ops *ulp)",
    by: { add: "ulp", remove: "ulp" },
    fails: ["EEXIST"],
    twice: "EEXIST",
    slot: (k, { ulp = 0 }) => k.memory.cstring(ulp + k.offsetOf("tcp_ulp_ops", "name"), 16),
    taken: ["mptcp"],
  },
]);

/** Whoever wants to hear of acknowledged data: there are no connections. */
export const cleanAckedDataFlush = stub("void clean_acked_data_flush(void)", () => undefined);
