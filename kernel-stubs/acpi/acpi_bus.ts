/** include/acpi/acpi_bus.h: registrations. */
import { registrations } from "../registrations.ts";
import { kernelChain } from "../notifier-chain.ts";

export const acpiAcpiBusRegistrations = registrations("there is no ACPI namespace", [
  {
    kind: "acpi_driver",
    add: "int acpi_bus_register_driver(struct acpi_driver *driver)",
    remove: "void acpi_bus_unregister_driver(struct acpi_driver *driver)",
    by: { add: "driver", remove: "driver" },
    fails: ["ENODEV", "EBUSY", "EINVAL"],
    twice: "EBUSY",
  },
]);

export const acpiNotifiers = kernelChain(
  "register_acpi_notifier",
  "unregister_acpi_notifier",
  "there is no ACPI",
);
