/** include/net/tcp.h: registrations. */
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
]);
