/** include/linux/quota.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxQuotaRegistrations = registrations("no file system has quotas", [
  {
    kind: "quota_format",
    add: "int register_quota_format(struct quota_format_type *fmt)",
    remove: "void unregister_quota_format(struct quota_format_type *fmt)",
    by: { add: "fmt", remove: "fmt" },
    fails: [],
  },
]);
