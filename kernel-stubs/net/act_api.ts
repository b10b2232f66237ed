/** include/net/act_api.h: registrations. */
import { registrations } from "../registrations.ts";

export const netActApiRegistrations = registrations("no traffic is ever queued", [
  {
    kind: "tc_action",
    add: "int tcf_register_action(struct tc_action_ops *act, struct pernet_operations *ops)",
    remove: "int tcf_unregister_action(struct tc_action_ops *act, struct pernet_operations *ops)",
    by: { add: "act", remove: "act" },
    fails: ["EEXIST", "EINVAL", "ENOMEM"],
    twice: "EEXIST",
  },
]);
