/** include/linux/nls.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxNlsRegistrations = registrations("no file system asks for it", [
  {
    kind: "nls",
    add: "int __register_nls(struct nls_table *nls, struct module *owner)",
    remove: "int unregister_nls(struct nls_table *nls)",
    by: { add: "nls", remove: "nls" },
    fails: ["EBUSY"],
    twice: "EBUSY",
  },
]);
