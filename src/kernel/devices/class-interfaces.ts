/** Those who are told of a class's devices (struct class_interface, drivers/base/class.c). */
import type { Address } from "../../base/address.ts";
import { ENODEV } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { addTail, entries, removeInit } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";

type Call = "add_dev" | "remove_dev";

/** A class's devices, those behind `start` where there is one (class_dev_iter_next). */
export function* classDevices(k: Kernel, family: Address, start: Address): Generator<Address> {
  let begun = start === 0;
  for (const device of k.driverCore.devices.keys()) {
    if (begun && k.struct("device", device).class === family) yield device;
    if (device === start) begun = true;
  }
}

const nodeOf = (k: Kernel, face: Address): Address => face + k.offsetOf("class_interface", "node");

const classKobject = (k: Kernel, family: Address): Address =>
  k.struct("class", family).p + k.offsetOf("subsys_private", "subsys.kobj");

/** class_interface_register(): told of the devices that are there, too. The class stays as long. ENODEV. */
export function* registerInterface(k: Kernel, face: Address): Routine<void> {
  const { class: family, add_dev: add } = k.struct("class_interface", face);
  if (family === 0 || !k.driverCore.classes.has(family)) throw new Errno(ENODEV);
  k.driverCore.kobjects.get(classKobject(k, family));
  const { p } = k.struct("class", family);
  addTail(k.memory, nodeOf(k, face), p + k.offsetOf("subsys_private", "interfaces"));
  if (add !== 0) for (const device of classDevices(k, family, 0)) yield* k.call(add, device, face);
}

/** class_interface_unregister() */
export function* unregisterInterface(k: Kernel, face: Address): Routine<void> {
  const { class: family, remove_dev: remove } = k.struct("class_interface", face);
  if (family === 0) return;
  removeInit(k.memory, nodeOf(k, face));
  if (remove !== 0) for (const device of classDevices(k, family, 0)) yield* k.call(remove, device, face);
  yield* k.driverCore.kobjects.put(classKobject(k, family));
}

/** A device of a class has come, or is about to go. */
export function* tellInterfaces(k: Kernel, device: Address, call: Call): Routine<void> {
  const { class: family } = k.struct("device", device);
  if (!k.driverCore.classes.has(family)) return;
  const list = k.struct("class", family).p + k.offsetOf("subsys_private", "interfaces");
  for (const node of entries(k.memory, list)) {
    const face = node - k.offsetOf("class_interface", "node");
    const fn = k.struct("class_interface", face)[call];
    if (fn !== 0) yield* k.call(fn, device, face);
  }
}
