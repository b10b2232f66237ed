import { resolve } from "node:path";
import { strerror } from "../base/strerror.ts";
import { Errno, KoboxError } from "../base/errors.ts";
import type { Around, BootAround, DescribedDevice } from "../analysis/fuzz/around.ts";
import { declareDevice } from "../kernel/devices/declared.ts";
import { describedDevice, readDescription } from "../library/device-file.ts";
import { firmwareFiles, placeFirmware } from "../library/firmware.ts";
import { type Sandbox, boot } from "../sandbox.ts";

/** What the machine has beside the kernel, by its options. */
export interface Surroundings {
  /** Files that describe devices. */
  readonly device?: readonly string[];
  /** Folder of firmware files. */
  readonly firmware?: string;
}

/** The same for another process, which may have another working directory. */
export const resolveSurroundings = ({ device, firmware }: Surroundings): Surroundings => ({
  ...(device === undefined ? {} : { device: device.map((each) => resolve(each)) }),
  ...(firmware === undefined ? {} : { firmware: resolve(firmware) }),
});

/** Reads what the options name. KoboxError when a file cannot be read. */
export const readSurroundings = ({ device = [], firmware }: Surroundings): Around => ({
  devices: device.map((path) => ({ from: path, description: readDescription(path) })),
  firmware: firmware === undefined ? {} : firmwareFiles(firmware),
});

const addDevice = (sandbox: Sandbox, { from, description }: DescribedDevice): void => {
  const { kernel } = sandbox;
  const declared = describedDevice(kernel, description, from);
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
  if (failed !== 0) throw new KoboxError("usage", `${from}: the device cannot be added: ${strerror(failed)}`);
};

const setUp = (sandbox: Sandbox, { devices, firmware }: Around): void => {
  // A start loads no code for what is not there.
  if (Object.keys(firmware).length > 0) placeFirmware(sandbox, firmware);
  for (const device of devices) addDevice(sandbox, device);
};

/** A kernel with all of it. KoboxError when something describes no device, or one that does not fit. */
export const bootAround: BootAround = (options, around) => {
  const sandbox = boot(options);
  setUp(sandbox, around);
  return sandbox;
};

/** The same in a kernel that runs, before any module comes. */
export const surround = (sandbox: Sandbox, surroundings: Surroundings): void =>
  setUp(sandbox, readSurroundings(surroundings));

/** The options again, as words of a command line. */
export const surroundingWords = ({ device = [], firmware }: Surroundings): readonly string[] => [
  ...device.flatMap((path) => ["--device", path]),
  ...(firmware === undefined ? [] : ["--firmware", firmware]),
];
