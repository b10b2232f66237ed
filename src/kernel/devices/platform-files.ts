/** A platform device's own files (platform_dev_attrs of drivers/base/platform.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { textAttribute } from "../vfs/attribute-file.ts";

export const addPlatformFiles = (k: Kernel, device: Address, kobject: Address): void => {
  const pdev = k.struct("platform_device", device - k.offsetOf("platform_device", "dev"));
  const file = (name: string, mode: number, text: () => ByteString): void =>
    k.vfs.sysfs.addFile(kobject, {
      name,
      mode,
      attribute: 0,
      operations: textAttribute(k, text),
    });
  file("modalias", 0o444, () => `platform:${k.memory.cstring(pdev.name, 256)}\n`);
  file("driver_override", 0o444, () => {
    const override = pdev.driver_override;
    return `${override === 0 ? "(null)" : k.memory.cstring(override, 256)}\n`;
  });
};
