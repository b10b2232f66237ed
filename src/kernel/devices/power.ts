import type { Address } from "../../base/address.ts";
import { EIO } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { hostText } from "../vfs/kept-files.ts";

/** power/ of a device that knows no power management (drivers/base/power/sysfs.c). */
const FILES: readonly (readonly [name: string, mode: number, text: string | undefined])[] = [
  ["async", 0o644, "disabled\n"],
  ["autosuspend_delay_ms", 0o644, undefined],
  ["control", 0o644, "auto\n"],
  ["runtime_active_kids", 0o444, "0\n"],
  ["runtime_active_time", 0o444, "0\n"],
  ["runtime_enabled", 0o444, "disabled\n"],
  ["runtime_status", 0o444, "unsupported\n"],
  ["runtime_suspended_time", 0o444, "0\n"],
  ["runtime_usage", 0o444, "0\n"],
];

const missing = (): never => {
  throw new Errno(EIO);
};

export const addPowerFiles = (k: Kernel, kobject: Address): void => {
  k.vfs.sysfs.addGroup(kobject, "power");
  for (const [name, mode, text] of FILES) {
    const operations = { ...hostText(() => text ?? missing()), strict: true as const };
    k.vfs.sysfs.addFile(kobject, { name, mode, operations, attribute: 0, group: "power" });
  }
};
