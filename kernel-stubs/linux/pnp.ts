/** include/linux/pnp.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxPnpRegistrations = registrations("no plug-and-play device is offered", [
  {
    kind: "pnp_driver",
    add: "int pnp_register_driver(struct pnp_driver *drv)",
    remove: "void pnp_unregister_driver(struct pnp_driver *drv)",
    by: { add: "drv", remove: "drv" },
    fails: ["EBUSY", "EINVAL", "ENOMEM"],
    twice: "EBUSY",
  },
]);
