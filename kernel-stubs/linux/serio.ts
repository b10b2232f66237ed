/** include/linux/serio.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxSerioRegistrations = registrations("no serial port is ever found", [
  {
    kind: "serio_driver",
    add: "int __serio_register_driver(struct serio_driver *drv, struct module *owner, const char *mod_name)",
    remove: "void serio_unregister_driver(struct serio_driver *drv)",
    by: { add: "drv", remove: "drv" },
    fails: ["EBUSY", "EINVAL", "ENOMEM"],
    twice: "EBUSY",
  },
]);
