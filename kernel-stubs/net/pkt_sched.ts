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
  {
    kind: "tc_action",
    add: "int tcf_register_action(struct tc_action_ops *act, struct pernet_operations *ops)",
    remove: "int tcf_unregister_action(struct tc_action_ops *act, struct pernet_operations *ops)",
    by: { add: "act", remove: "act" },
    fails: ["EEXIST", "EINVAL", "ENOMEM"],
    twice: "EEXIST",
  },
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
