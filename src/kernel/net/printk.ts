/** Messages of network devices (net/core/dev.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { deviceInfo, deviceName, driverName } from "../log/device.ts";
import { prepend } from "../printf/guest-format.ts";
import type { Formatted } from "../printf/sink.ts";

const STATES = [" (uninitialized)", "", " (unregistering)", " (unregistered)", " (released)", " (dummy)"];

/** netdev_name() and netdev_reg_state() */
const nameAndState = (k: Kernel, device: Address): ByteString => {
  const name = k.net.devices.nameOf(device);
  const shown = name === "" || name.includes("%") ? "(unnamed net_device)" : name;
  return shown + (STATES[k.struct("net_device", device).reg_state] ?? " (unknown)");
};

/**
 * __netdev_printk(): the device's name stands in front, and what it hangs on where it hangs on something.
 * `level` is 0 to 7. `prefix`, before it all, is for those that hang on something (dynamic debug).
 */
export const printNetdev = (
  k: Kernel,
  device: Address,
  level: number,
  message: Formatted,
  prefix: ByteString = "",
): void => {
  if (device === 0) {
    k.log.emit({ text: prepend(`\x01${level}(NULL net_device): `, message) });
    return;
  }
  const name = `${nameAndState(k, device)}: `;
  const { parent } = k.struct("net_device", device).dev;
  if (parent === 0) {
    k.log.emit({ text: prepend(`\x01${level}${name}`, message) });
    return;
  }
  const place = `${driverName(k.format, parent)} ${deviceName(k.format, parent)} `;
  k.log.emit({
    level,
    device: deviceInfo(k.format, parent),
    text: prepend(prefix + place + name, message),
  });
};

/** The same with a text of the kernel's own. */
export const sayNetdev = (k: Kernel, device: Address, level: number, text: ByteString): void =>
  printNetdev(k, device, level, { text, length: text.length });
