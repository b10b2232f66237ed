/** include/net/rtnetlink.h: registrations. */
import { registrations } from "../registrations.ts";

export const netRtnetlinkRegistrations = registrations("no link is ever made", [
  {
    kind: "rtnl_link",
    add: "int rtnl_link_register(struct rtnl_link_ops *ops)",
    remove: "void rtnl_link_unregister(struct rtnl_link_ops *ops)",
    by: { add: "ops", remove: "ops" },
    fails: ["EEXIST"],
    twice: "EEXIST",
  },
]);
