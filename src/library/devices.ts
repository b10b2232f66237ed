/** Devices on buses that a test puts there, and programs that the kernel starts. */
import { type DeclaredDevice, declareDevice, withdrawDevice } from "../kernel/devices/declared.ts";
import type { HelperCall } from "../kernel/devices/usermode.ts";
import type { Routine } from "../kernel/routine.ts";
import type { Sandbox } from "../sandbox.ts";
import { deviceFromJson, readDeviceFile } from "./device-file.ts";
import { inProcess } from "./call.ts";

export type { DeclaredDevice, HelperCall };

/** A device on the platform bus. */
export interface PlatformDevice {
  /** As in /sys/bus/platform/devices. */
  readonly name: string;
  /** Takes it off: its driver lets go of it first. Its registers stay. */
  remove(): void;
}

/** A device, what describes one in JSON, or the path of such a file. */
export type DeviceSource = DeclaredDevice | { readonly json: unknown } | string;

const describe = ({ kernel }: Sandbox, source: DeviceSource): DeclaredDevice => {
  if (typeof source === "string") return readDeviceFile(kernel, source);
  return "json" in source ? deviceFromJson(kernel, source.json) : source;
};

/**
 * Puts a device on the platform bus; a driver that waits for it is probed. SystemCallError EBUSY when
 * its addresses are taken, EEXIST when its name is; KoboxError when the source describes no device.
 */
export const addPlatformDevice = (sandbox: Sandbox, source: DeviceSource): PlatformDevice => {
  const declared = describe(sandbox, source);
  const { kernel } = sandbox;
  const says = `device ${declared.name}`;
  const pdev = inProcess(sandbox, says, () => declareDevice(kernel, declared));
  const kobject = pdev + kernel.offsetOf("platform_device", "dev") + kernel.offsetOf("device", "kobj");
  return {
    name: kernel.driverCore.kobjects.name(kobject),
    remove: () =>
      inProcess(sandbox, `remove ${says}`, function* (): Routine<void> {
        yield* withdrawDevice(kernel, pdev);
      }),
  };
};
