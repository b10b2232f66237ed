/** include/linux/acpi.h: what ACPI's own code uses, as drivers/acpi/osl.c does it. */
import { stub } from "../../src/stub/declare.ts";

/** The command line says nothing else: drivers keep off what ACPI uses. */
export const acpiResourcesAreEnforced = stub("int acpi_resources_are_enforced(void)", () => 1);

const NOTHING = { level: { partial: "no code of ACPI uses any addresses" } };

export const acpiCheckResourceConflict = stub(
  "int acpi_check_resource_conflict(const struct resource *res)",
  NOTHING,
  () => 0,
);
export const acpiCheckRegion = stub(
  "int acpi_check_region(resource_size_t start, resource_size_t n, const char *name)",
  NOTHING,
  () => 0,
);
