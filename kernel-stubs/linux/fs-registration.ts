/** include/linux/fs.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxFsRegistrationRegistrations = registrations("nothing is ever mounted", [
  {
    kind: "filesystem",
    add: "int register_filesystem(struct file_system_type *fs)",
    remove: "int unregister_filesystem(struct file_system_type *fs)",
    by: { add: "fs", remove: "fs" },
    fails: ["EBUSY"],
    twice: "EBUSY",
  },
]);
