/** include/acpi/acpi_bus.h: questions to the namespace (drivers/acpi/utils.c). */
import { type AcpiNode, lookUp } from "../../src/kernel/acpi/namespace.ts";
import { AE } from "../../src/kernel/acpi/status.ts";
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const NOT_RUN = { partial: "methods that the machine has are not run: AE_SUPPORT" } as const;
const LONGEST = 512;

const objectAt = (k: Kernel, handle: Address, path: Address): AcpiNode | undefined => {
  const from = k.acpi.at(handle);
  return from === undefined ? undefined : lookUp(from, path === 0 ? "" : k.memory.cstring(path, LONGEST));
};
const evaluate = (k: Kernel, handle: Address, path: Address): number => {
  if (k.acpi.at(handle) === undefined || (handle === 0 && path === 0)) return AE.BAD_PARAMETER;
  return objectAt(k, handle, path) === undefined ? AE.NOT_FOUND : AE.SUPPORT;
};

export const acpiHasMethod = stub(
  "bool acpi_has_method(acpi_handle handle, char *name)",
  (k, { handle, name }) =>
    handle === 0 && !k.memory.cstring(name, LONGEST).startsWith("\\")
      ? false
      : objectAt(k, handle, name) !== undefined,
);

export const acpiEvaluateInteger = stub(
  `acpi_status acpi_evaluate_integer(acpi_handle handle, acpi_string pathname,
      struct acpi_object_list *arguments, unsigned long long *data)`,
  { sleeps: true, level: NOT_RUN },
  (k, { handle, pathname, data }) => (data === 0 ? AE.BAD_PARAMETER : evaluate(k, handle, pathname)),
);

export const acpiExecuteSimpleMethod = stub(
  "acpi_status acpi_execute_simple_method(acpi_handle handle, char *method, u64 arg)",
  { sleeps: true, level: NOT_RUN },
  (k, { handle, method }) => evaluate(k, handle, method),
);

export const acpiEvaluateDsm = stub(
  `union acpi_object *acpi_evaluate_dsm(acpi_handle handle, const guid_t *guid, u64 rev, u64 func,
      union acpi_object *argv4)`,
  { fails: ["NULL"], sleeps: true, level: { partial: "methods that the machine has are not run: NULL" } },
  () => 0,
);
export const acpiCheckDsm = stub(
  "bool acpi_check_dsm(acpi_handle handle, const guid_t *guid, u64 rev, u64 funcs)",
  { sleeps: true, level: { partial: "methods that the machine has are not run: false" } },
  () => false,
);

/** Devices that have that hardware ID, and that unique ID if one is asked for. */
const withId = (k: Kernel, hid: Address, uid: Address): AcpiNode[] => {
  const wanted = k.memory.cstring(hid, 64);
  const unique = uid === 0 ? undefined : k.memory.cstring(uid, 64);
  return k.acpi
    .devices()
    .filter((each) => each.hid === wanted && (unique === undefined || each.uid === unique));
};

/** No device has a _HRV. */
export const acpiDevPresent = stub(
  "bool acpi_dev_present(const char *hid, const char *uid, s64 hrv)",
  (k, { hid, uid, hrv }) => hrv === -1n && withId(k, hid, uid).length > 0,
);
export const acpiDevFound = stub(
  "bool acpi_dev_found(const char *hid)",
  (k, { hid }) => withId(k, hid, 0).length > 0,
);

const NO_DEVICE = { partial: "no device of the namespace is a struct acpi_device: NULL" } as const;

export const acpiDevGetFirstMatchDev = stub(
  "struct acpi_device *acpi_dev_get_first_match_dev(const char *hid, const char *uid, s64 hrv)",
  { fails: ["NULL"], level: NO_DEVICE },
  () => 0,
);
export const acpiFetchAcpiDev = stub(
  "struct acpi_device *acpi_fetch_acpi_dev(acpi_handle handle)",
  { fails: ["NULL"], level: NO_DEVICE },
  () => 0,
);

export const acpiReducedHardware = stub("bool acpi_reduced_hardware(void)", () => false);
