import { openProfile } from "../../src/profile/profile.ts";
import { createJournal } from "../../src/kernel/journal.ts";
import { createOutside } from "../../src/kernel/devices/outside.ts";
import { type KernelMemory, createKernelMemory } from "../../src/kernel/memory/memory.ts";
import type { PagePolicy } from "../../src/kernel/memory/pages.ts";
import { createSaid, createTestHost } from "./memory-host.ts";

export const testProfile = openProfile(
  new URL("../../kernel-stubs/profiles/6.1.0-56-amd64.kprofile", import.meta.url).pathname,
);
export const testOffsets = (struct: string, field: string): number => {
  const found = testProfile.struct(struct)?.field(field)?.offset;
  if (found === undefined) throw new Error(`the kernel profile has no ${struct}.${field}`);
  return found;
};

/** The kernel's allocators over RAM without a CPU. */
export const createTestMemory = (
  options: { megabytes?: number; policy?: PagePolicy; seed?: number } = {},
) => {
  const host = createTestHost((options.megabytes ?? 32) * 2 ** 20);
  const said = createSaid();
  const journal = createJournal();
  const kernel: KernelMemory = createKernelMemory({
    outside: createOutside(),
    host,
    journal,
    complaints: said.complaints,
    offsetOf: testOffsets,
    seed: options.seed ?? 7,
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  });
  return { host, said: said.lines, journal, ...kernel };
};
