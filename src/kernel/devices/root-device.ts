/** Root devices (drivers/base/core.c): a directory in /sys/devices, with a link to the module. */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { deviceKobject } from "./device-members.ts";
import { addCreated, newDevice, unregisterDevice } from "./device.ts";

const POINTER_BYTES = 8;
/** struct root_device: a device, and who made it. */
const ownerAt = (k: Kernel, device: Address): Address => device + k.sizeOf("device");

export function* createRootDevice(k: Kernel, name: ByteString, owner: Address): Routine<Address> {
  const device = newDevice(k, k.sizeOf("device") + POINTER_BYTES);
  const release = k.symbols.address("root_device_release") ?? 0;
  k.memory.setPointer(device + k.offsetOf("device", "release"), release);
  yield* addCreated(k, device, name);
  if (owner === 0) return device;
  try {
    k.vfs.sysfs.link(deviceKobject(k, device), "module", owner + k.offsetOf("module", "mkobj"));
  } catch (error) {
    yield* unregisterDevice(k, device);
    throw error;
  }
  k.memory.setPointer(ownerAt(k, device), owner);
  return device;
}

export function* removeRootDevice(k: Kernel, device: Address): Routine<void> {
  if (k.memory.pointer(ownerAt(k, device)) !== 0) k.vfs.sysfs.unlink(deviceKobject(k, device), "module");
  yield* unregisterDevice(k, device);
}
