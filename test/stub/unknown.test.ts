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
