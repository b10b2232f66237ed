/** include/net/pkt_sched.h: registrations. */
import { registrations } from "../registrations.ts";

export const netPktSchedRegistrations = registrations("no traffic is ever queued", [
  {
    kind: "qdisc",
    add: "int register_qdisc(struct Qdisc_ops *qops)",
    remove: "void unregister_qdisc(struct Qdisc_ops *qops)",
    by: { add: "qops", remove: "qops" },
    fails: ["EEXIST", "EINVAL"],
    twice: "EEXIST",
  },
]);
