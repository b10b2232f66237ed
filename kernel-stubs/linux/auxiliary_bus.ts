/** include/linux/auxiliary_bus.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxAuxiliaryBusRegistrations = registrations("no auxiliary device is offered", [
  {
    kind: "auxiliary_driver",
    add: "int __auxiliary_driver_register(struct auxiliary_driver *auxdrv, struct module *owner, const char *modname)",
    remove: "void auxiliary_driver_unregister(struct auxiliary_driver *auxdrv)",
    by: { add: "auxdrv", remove: "auxdrv" },
    fails: ["EINVAL", "ENOMEM", "EBUSY"],
    twice: "EBUSY",
  },
]);
