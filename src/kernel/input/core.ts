/** The input core: allocation, registration, events (drivers/input/input.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { EINVAL, ENODEV } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { deviceKobject } from "../devices/device-members.ts";
import { addDevice, initialiseDevice, unregisterDevice } from "../devices/device.ts";
import { registerClass } from "../devices/classes.ts";
import { addFirst, addTail, initList, removeInit } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { passEvent } from "./events.ts";
import { EV, bit, bitsOf, clearBits, setBit } from "./bits.ts";
import { addInputFiles } from "./files.ts";
import { ownUsers } from "./own-handlers.ts";

export const inputDevice = (k: Kernel, dev: Address): Address => dev + k.offsetOf("input_dev", "dev");

/** The exported `input_class`, registered when somebody first needs it. */
export function* inputClass(k: Kernel): Routine<Address> {
  const family = k.profile.symbol("input_class")?.address ?? k.statics.allocate(k.sizeOf("class"));
  if (!k.driverCore.classes.has(family)) yield* registerClass(k, family);
  return family;
}

/** A zeroed struct input_dev becomes inputN. */
export function* prepareInput(k: Kernel, dev: Address, number: number): Routine<void> {
  const device = inputDevice(k, dev);
  const family = yield* inputClass(k);
  initialiseDevice(k, device);
  k.struct("device", device).class = family;
  for (const list of ["h_list", "node", "mutex.wait_list"])
    initList(k.memory, dev + k.offsetOf("input_dev", list));
  k.driverCore.kobjects.tryName(deviceKobject(k, device), `input${number}`);
  k.input.devices.add(dev);
}

/** input_allocate_device(); 0 when there is no memory. */
export function* allocateInput(k: Kernel): Routine<Address> {
  k.input.pc.device();
  const dev = k.heap.kmalloc(k.sizeOf("input_dev"), GFP_KERNEL);
  if (dev === 0) return 0;
  k.memory.fill(dev, 0, k.sizeOf("input_dev"));
  yield* prepareInput(k, dev, k.input.nextNumber());
  return dev;
}

/** The last reference has gone: input_dev_release(). False when it is no input device. */
export const releaseInput = (k: Kernel, device: Address): boolean => {
  const dev = device - k.offsetOf("input_dev", "dev");
  if (!k.input.devices.delete(dev)) return false;
  const { absinfo, vals } = k.struct("input_dev", dev);
  for (const each of [absinfo, vals, dev]) k.heap.kfree(each);
  return true;
};

/** The device is in sysfs (`added`) and can report; the kernel's own handlers have it. */
export function* addInput(k: Kernel, dev: Address, added = (): void => {}): Routine<void> {
  yield* addDevice(k, inputDevice(k, dev));
  k.input.registered.add(dev);
  addInputFiles(k, dev);
  added();
  for (let users = ownUsers(k, dev); users > 0; users -= 1) yield* openBy(k, dev);
}

/** input_register_device(): EINVAL, or why its device cannot be added. */
export function* registerInput(k: Kernel, dev: Address): Routine<void> {
  const view = k.struct("input_dev", dev);
  if (bit(k, dev, "evbit", EV.ABS) && view.absinfo === 0) throw new Errno(EINVAL);
  setBit(k, dev, "evbit", EV.SYN, 1);
  setBit(k, dev, "keybit", 0, 0);
  clearBits(k, dev);
  yield* addInput(k, dev, () => {
    const name = view.name === 0 ? "Unspecified device" : k.memory.cstring(view.name, 256);
    k.printk(6, `input: ${name} as ${k.vfs.sysfs.path(deviceKobject(k, inputDevice(k, dev))) ?? ""}`);
  });
  for (const handler of k.input.handlers.values()) yield* attach(k, dev, handler);
}

function* openBy(k: Kernel, dev: Address): Routine<void> {
  const view = k.struct("input_dev", dev);
  if (view.going_away) throw new Errno(ENODEV);
  view.users += 1;
  if (view.users > 1 || view.inhibited || view.open === 0) return;
  const result = asInt(yield* k.call(view.open, dev));
  if (result === 0) return;
  view.users -= 1;
  throw new Errno(-result);
}

/** input_open_device() */
export function* openInput(k: Kernel, handle: Address): Routine<void> {
  const view = k.struct("input_handle", handle);
  yield* openBy(k, view.dev);
  view.open += 1;
}

function* closeBy(k: Kernel, dev: Address): Routine<void> {
  const view = k.struct("input_dev", dev);
  if (view.users === 0) return;
  view.users -= 1;
  if (view.users === 0 && !view.inhibited && view.close !== 0) yield* k.call(view.close, dev);
}
export function* closeInput(k: Kernel, handle: Address): Routine<void> {
  const view = k.struct("input_handle", handle);
  yield* closeBy(k, view.dev);
  if (view.open > 0) view.open -= 1;
}

const MATCH = { BUS: 1n, VENDOR: 2n, PRODUCT: 4n, VERSION: 8n } as const;
const MAX_IDS = 1024;
const BITMAPS = [
  "evbit",
  "keybit",
  "relbit",
  "absbit",
  "mscbit",
  "ledbit",
  "sndbit",
  "ffbit",
  "swbit",
] as const;

const idMatches = (k: Kernel, dev: Address, at: Address): boolean => {
  const [id, wanted] = [k.struct("input_dev", dev).id, k.struct("input_device_id", at)];
  if ((wanted.flags & MATCH.BUS) !== 0n && wanted.bustype !== id.bustype) return false;
  if ((wanted.flags & MATCH.VENDOR) !== 0n && wanted.vendor !== id.vendor) return false;
  if ((wanted.flags & MATCH.PRODUCT) !== 0n && wanted.product !== id.product) return false;
  if ((wanted.flags & MATCH.VERSION) !== 0n && wanted.version !== id.version) return false;
  return BITMAPS.every((map) => {
    const [own, asked] = [dev + k.offsetOf("input_dev", map), at + k.offsetOf("input_device_id", map)];
    const words = map === "keybit" ? 12 : map === "ffbit" ? 2 : 1;
    for (let index = 0; index < words; index += 1)
      if ((k.memory.u64(asked + index * 8) & ~k.memory.u64(own + index * 8)) !== 0n) return false;
    return true;
  });
};

/** input_attach_handler() */
export function* attach(k: Kernel, dev: Address, handler: Address): Routine<void> {
  const view = k.struct("input_handler", handler);
  const size = k.sizeOf("input_device_id");
  for (let index = 0; view.id_table !== 0 && index < MAX_IDS; index += 1) {
    const at = view.id_table + index * size;
    const id = k.struct("input_device_id", at);
    if (id.flags === 0n && id.driver_info === 0n) return;
    if (!idMatches(k, dev, at)) continue;
    if (view.match !== 0 && ((yield* k.call(view.match, handler, dev)) & 0xffn) === 0n) continue;
    yield* k.call(view.connect, handler, dev, at);
    return;
  }
}

/** input_register_handle() */
export function* registerHandle(k: Kernel, handle: Address): Routine<void> {
  const view = k.struct("input_handle", handle);
  const node = handle + k.offsetOf("input_handle", "d_node");
  const list = view.dev + k.offsetOf("input_dev", "h_list");
  const handler = k.struct("input_handler", view.handler);
  if (handler.filter !== 0) addFirst(k.memory, node, list);
  else addTail(k.memory, node, list);
  addTail(
    k.memory,
    handle + k.offsetOf("input_handle", "h_node"),
    view.handler + k.offsetOf("input_handler", "h_list"),
  );
  if (handler.start !== 0) yield* k.call(handler.start, handle);
}
export const unregisterHandle = (k: Kernel, handle: Address): void => {
  for (const node of ["d_node", "h_node"]) removeInit(k.memory, handle + k.offsetOf("input_handle", node));
};

const KEYS = 768;
/** input_unregister_device() */
export function* unregisterInput(k: Kernel, dev: Address): Routine<void> {
  const view = k.struct("input_dev", dev);
  view.going_away = true;
  for (const key of bitsOf(k, dev, "key", KEYS)) yield* passEvent(k, dev, EV.KEY, key, 0);
  if (k.input.pendingOf(dev) > 0) yield* passEvent(k, dev, EV.SYN, 0, 1);
  for (const handle of k.input.handlesOf(dev)) k.struct("input_handle", handle).open = 0;
  if (bit(k, dev, "evbit", EV.LED)) yield* lightsOut(k, dev);
  for (const handle of k.input.handlesOf(dev))
    yield* k.call(k.struct("input_handler", k.struct("input_handle", handle).handler).disconnect, handle);
  for (let users = ownUsers(k, dev); users > 0; users -= 1) yield* closeBy(k, dev);
  k.input.registered.delete(dev);
  yield* unregisterDevice(k, inputDevice(k, dev));
}

const LEDS = 16;
function* lightsOut(k: Kernel, dev: Address): Routine<void> {
  for (let led = 0; led < LEDS; led += 1)
    if (bit(k, dev, "led", led)) yield* passEvent(k, dev, EV.LED, led, 0);
}
