import { readFile, writeFile } from "node:fs/promises";
import { type ProfileSources, buildProfile } from "../profile/build.ts";
import { storedCopy } from "../profile/container.ts";
import { openProfile } from "../profile/profile.ts";
import { STRUCT_NAMES } from "../profile/struct-names.ts";
import { writeStructTypes } from "../profile/type-writer.ts";

/** Options of `kobox profile`, all paths. */
export interface ProfileOptions {
  /** vmlinuz or vmlinux. */
  readonly kernel: string;
  readonly symvers: string;
  /** The kernel's .config; needed where the image does not carry it (Debian: /boot/config-RELEASE). */
  readonly config?: string | undefined;
  readonly output: string;
  /** Where to write TypeScript types of the structs that stubs use. */
  readonly types?: string | undefined;
}

const readSources = async (options: ProfileOptions): Promise<ProfileSources> => ({
  kernel: await readFile(options.kernel),
  symvers: await readFile(options.symvers, "latin1"),
  config: options.config === undefined ? undefined : await readFile(options.config, "latin1"),
});

/**
 * `kobox profile`: builds a kernel profile. The embedded one comes from Debian's packages
 * linux-image-6.1.0-56-amd64 (unpacked, or installed) and linux-headers-6.1.0-56-amd64:
 *
 *   kobox profile --kernel /boot/vmlinuz-6.1.0-56-amd64 \
 *     --symvers /usr/src/linux-headers-6.1.0-56-amd64/Module.symvers \
 *     --config /boot/config-6.1.0-56-amd64 \
 *     --output kernel-stubs/profiles/6.1.0-56-amd64.kprofile \
 *     --types src/profile/struct-types.ts
 *
 * Returns one line to show.
 */
export const profileCommand = async (options: ProfileOptions): Promise<string> => {
  const file = await buildProfile(await readSources(options));
  const profile = openProfile(file);
  await writeFile(options.output, file);
  if (options.types !== undefined) await writeFile(options.types, writeStructTypes(profile, STRUCT_NAMES));
  const exports = [...profile.exportedNames()].length;
  return `${options.output}: ${profile.release}, ${exports} exported symbols, ${file.length} bytes`;
};

/** For the build: a copy of the profile that opens faster because its blocks are not compressed. */
export const storeProfile = async (from: string, to: string): Promise<void> => {
  await writeFile(to, storedCopy(await readFile(from)));
};
