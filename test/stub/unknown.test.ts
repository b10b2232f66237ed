import { expect, it } from "vitest";
import { openDefaultProfile } from "../../src/profile/default-profile.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { createBinder } from "../../src/stub/bind.ts";
import { createJournal } from "../../src/kernel/journal.ts";
import { declareUnknown } from "../../src/stub/unknown.ts";

it("every function that the kernel exports can be bound, whatever its prototype names", () => {
  const profile = openDefaultProfile();
  const k = { profile, journal: createJournal() } as unknown as Kernel;
  const binder = createBinder(k);
  const kinds = new Map<string, number>();
  for (const name of profile.exportedNames()) {
    const declared = declareUnknown(k, name, "guess");
    if (declared.kind === "stub") binder.bind(declared);
    kinds.set(declared.kind, (kinds.get(declared.kind) ?? 0) + 1);
  }
  // Typed, nearly all of them.
  expect(kinds.get("stub")).toBeGreaterThan(8000);
});

it.each([
  ["drm_firmware_drivers_only", false],
  ["hv_is_hyperv_initialized", false],
  ["acpi_dev_present", false],
  // A guest that goes through something comes to its end.
  ["kmsg_dump_get_line", false],
  ["ns_capable_noaudit", true],
  ["list_lru_add", true],
])("%s() is answered with %s", (name, expected) => {
  const k = {
    profile: openDefaultProfile(),
    findings: { add() {} },
    traces: { stack: () => [] },
  } as unknown as Kernel;
  const declared = declareUnknown(k, name, "guess");
  if (declared.kind !== "stub") throw new Error(`${name} has no prototype`);
  expect(declared.handler(k, {} as never, [] as never)).toBe(expected);
});
