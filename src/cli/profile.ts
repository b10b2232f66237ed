import { readFile, writeFile } from "node:fs/promises";
import { buildProfile } from "../profile/build.ts";

export interface ProfileOptions {
  /** vmlinuz or vmlinux. */
  readonly kernel: string;
  readonly symvers: string;
  readonly output: string;
}

/**
 * `kobox profile`: builds a kernel profile. The embedded one comes from Debian's packages
 * linux-image-6.1.0-56-amd64 and linux-headers-6.1.0-56-amd64:
 *
 *   kobox profile --kernel boot/vmlinuz-6.1.0-56-amd64 \
 *     --symvers /usr/src/linux-headers-6.1.0-56-amd64/Module.symvers \
 *     --output kernel-stubs/profiles/6.1.0-56-amd64.kprofile
 */
export const profileCommand = async (options: ProfileOptions): Promise<void> => {
  const [kernel, symvers] = await Promise.all([
    readFile(options.kernel),
    readFile(options.symvers, "latin1"),
  ]);
  await writeFile(options.output, await buildProfile({ kernel, symvers }));
};
