/** include/net/genetlink.h: registrations. */
import { registrations } from "../registrations.ts";

export const netGenetlinkRegistrations = registrations("no message ever comes", [
  {
    kind: "genl_family",
    add: "int genl_register_family(struct genl_family *family)",
    remove: "int genl_unregister_family(const struct genl_family *family)",
    by: { add: "family", remove: "family" },
    fails: ["EINVAL", "EEXIST", "ENOMEM"],
    twice: "EEXIST",
  },
]);
