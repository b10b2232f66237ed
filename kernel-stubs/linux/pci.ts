/** include/linux/pci.h: registrations, and the machine's bus as pci_read_config_*() sees it. */
import { registrations } from "../registrations.ts";

export const pciRegistrations = registrations("no device of the bus is offered to a driver", [
  {
    kind: "pci_driver",
    add: "int __pci_register_driver(struct pci_driver *drv, struct module *owner, const char *mod_name)",
    remove: "void pci_unregister_driver(struct pci_driver *drv)",
    by: { add: "drv", remove: "drv" },
    fails: ["EBUSY", "EINVAL", "ENOMEM"],
    twice: "EBUSY",
  },
]);
