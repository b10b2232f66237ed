import { strerror } from "../base/strerror.ts";
import { Errno, KoboxError } from "../base/errors.ts";
import { declareDevice } from "../kernel/devices/declared.ts";
import { readDeviceFile } from "../library/device-file.ts";
import { placeFirmware } from "../library/firmware.ts";
import type { Sandbox } from "../sandbox.ts";

/** What the machine has beside the kernel, by its options. */
export interface Surroundings {
  /** Files that describe devices. */
  readonly device?: readonly string[];
  /** Folder of firmware files. */
  readonly firmware?: string;
}

/** Sets it up before any module comes. KoboxError when a file is unusable, or a device does not fit. */
export const surround = (sandbox: Sandbox, { device = [], firmware }: Surroundings): void => {
  const { kernel } = sandbox;
  if (firmware !== undefined) placeFirmware(sandbox, firmware);
  for (const path of device) {
    const declared = readDeviceFile(kernel, path);
    let failed = 0;
    sandbox.run({ comm: "kobox", argv: ["kobox"] }, function* () {
      try {
        yield* declareDevice(kernel, declared);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        failed = error.errno;
      }
      return 0;
    });
    if (failed !== 0)
      throw new KoboxError("usage", `${path}: the device cannot be added: ${strerror(failed)}`);
  }
};
