import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildProfile, readInputs } from "../../src/profile/build.ts";
import { DEFAULT_RELEASE, defaultProfilePath } from "../../src/profile/default-profile.ts";
import type { KernelImage } from "../../src/profile/image.ts";
import { openProfile } from "../../src/profile/profile.ts";
import { STRUCT_NAMES } from "../../src/profile/struct-names.ts";
import { writeStructTypes } from "../../src/profile/type-writer.ts";

/** KOBOX_KERNEL_ROOT: where Debian's linux-image package is unpacked, "" when it is installed. */
const root = process.env.KOBOX_KERNEL_ROOT ?? "";
const paths = {
  kernel: `${root}/boot/vmlinuz-${DEFAULT_RELEASE}`,
  config: `${root}/boot/config-${DEFAULT_RELEASE}`,
  symvers: `/usr/src/linux-headers-${DEFAULT_RELEASE}/Module.symvers`,
};
const available = Object.values(paths).every((path) => existsSync(path));

/** The brotli that wrote the committed file; another one may pack the same content differently. */
const PACKED_BY = "1.1.0";

const sources = () => ({
  kernel: readFileSync(paths.kernel),
  config: readFileSync(paths.config, "latin1"),
  symvers: readFileSync(paths.symvers, "latin1"),
});

/** Exported symbols as the kernel itself finds them: struct kernel_symbol with relative references. */
const ksymtab = (image: KernelImage): Map<string, number> => {
  const found = new Map<string, number>();
  const strings = image.section("__ksymtab_strings");
  for (const name of ["__ksymtab", "__ksymtab_gpl"]) {
    const section = image.section(name);
    const bytes = section?.content ?? Buffer.alloc(0);
    for (let at = 0; at + 12 <= bytes.length; at += 12) {
      const here = (section?.address ?? 0) + at;
      const value = here + bytes.readInt32LE(at);
      const nameAt = here + 4 + bytes.readInt32LE(at + 4) - (strings?.address ?? 0);
      const nameEnd = strings?.content?.indexOf(0, nameAt);
      // Per-CPU offsets wrap around the top of the address space.
      found.set(strings?.content?.toString("latin1", nameAt, nameEnd) ?? "", value);
    }
  }
  return found;
};

describe.skipIf(!available)("building the embedded profile", () => {
  it("gives the committed file and types", { timeout: 300_000 }, async () => {
    const built = await buildProfile(sources());
    const committed = readFileSync(defaultProfilePath());
    if (process.versions.brotli === PACKED_BY) expect(built.equals(committed)).toBe(true);
    const types = readFileSync(new URL("../../src/profile/struct-types.ts", import.meta.url), "utf8");
    const written = writeStructTypes(openProfile(built), STRUCT_NAMES);
    expect(types.replace(/\s+/g, "")).toBe(written.replace(/\s+/g, ""));
  });

  it("agrees with the kernel's own export tables", { timeout: 60_000 }, async () => {
    const { image, exported } = await readInputs(sources());
    const profile = openProfile(defaultProfilePath());
    const table = ksymtab(image);
    expect(table.size).toBe(exported.length);
    for (const [name, address] of table) expect(profile.symbol(name)?.address).toBe(address);
  });
});
