/** include/linux/acpi.h (drivers/acpi/osl.c, osi.c, bus.c, x86/utils.c). */
import { stub } from "../../src/stub/declare.ts";

/** The machine's tables ask for no Windows. */
export const acpiOsiIsWin8 = stub("bool acpi_osi_is_win8(void)", () => false);

export const acpiResourcesAreEnforced = stub("int acpi_resources_are_enforced(void)", () => 1);

const REGIONS = { partial: "regions that the tables claim are not looked at" } as const;

export const acpiCheckResourceConflict = stub(
  "int acpi_check_resource_conflict(const struct resource *res)",
  { fails: ["EBUSY"], level: REGIONS },
  () => 0,
);
export const acpiCheckRegion = stub(
  "int acpi_check_region(resource_size_t start, resource_size_t n, const char *name)",
  { fails: ["EBUSY"], level: REGIONS },
  () => 0,
);

/** Only devices that firmware describes have companions. */
export const acpiMatchDevice = stub(
  "const struct acpi_device_id *acpi_match_device(const struct acpi_device_id *ids, const struct device *dev)",
  { level: { partial: "no device has a companion in the namespace" } },
  () => 0,
);

export const acpiQuirkSkipAcpiAcAndBattery = stub(
  "bool acpi_quirk_skip_acpi_ac_and_battery(void)",
  () => false,
);
