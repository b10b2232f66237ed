/** include/net/pkt_cls.h: registrations. */
import { registrations } from "../registrations.ts";

export const netPktClsRegistrations = registrations("no traffic is ever queued", [
  {
    kind: "tc_classifier",
    add: "int register_tcf_proto_ops(struct tcf_proto_ops *ops)",
    remove: "void unregister_tcf_proto_ops(struct tcf_proto_ops *ops)",
    by: { add: "ops", remove: "ops" },
    fails: ["EEXIST"],
    twice: "EEXIST",
  },
  {
    kind: "tc_ematch",
    add: "int tcf_em_register(struct tcf_ematch_ops *ops)",
    remove: "void tcf_em_unregister(struct tcf_ematch_ops *ops)",
    by: { add: "ops", remove: "ops" },
    fails: ["EEXIST", "EINVAL"],
    twice: "EEXIST",
  },
]);
