import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { FormatEnv } from "../printf/env.ts";
import { type Formatted } from "../printf/sink.ts";
import { prepend } from "../printf/guest-format.ts";
import { readField, readPointer } from "../printf/conversion.ts";
import type { Log } from "./log.ts";
import type { DeviceInfo } from "./record.ts";

/** A name as `%s` prints it. */
const nameAt = (env: FormatEnv, address: Address): ByteString =>
  address === 0 ? "(null)" : env.memory.cstring(address);

/** Address of the name of what `dev->member` points to, undefined when it points nowhere. */
const memberName = (env: FormatEnv, device: Address, member: string, type: string): Address | undefined => {
  const object = readPointer(env, "device", member, device);
  return object === 0 ? undefined : readPointer(env, type, "name", object);
};

/** `dev_driver_string` (drivers/base/core.c): the driver, or else the bus or class, or nothing. */
export const driverName = (env: FormatEnv, device: Address): ByteString => {
  const name =
    memberName(env, device, "driver", "device_driver") ??
    memberName(env, device, "bus", "bus_type") ??
    memberName(env, device, "class", "class");
  return name === undefined ? "" : nameAt(env, name);
};

/** `dev_name`. */
export const deviceName = (env: FormatEnv, device: Address): ByteString => {
  const early = readPointer(env, "device", "init_name", device);
  const kobject = device + env.field("device", "kobj").offset;
  return nameAt(env, early === 0 ? readPointer(env, "kobject", "name", kobject) : early);
};

const SUBSYSTEM_MAX = 15;
const DEVICE_MAX = 47;
const MINOR_BITS = 20;

/** The keys that go with a device's messages (`set_dev_info`). */
export const deviceInfo = (env: FormatEnv, device: Address): DeviceInfo => {
  const name = memberName(env, device, "class", "class") ?? memberName(env, device, "bus", "bus_type");
  if (name === undefined) return { subsystem: "", device: "" };
  const subsystem = env.memory.cstring(name);
  return {
    subsystem: subsystem.slice(0, SUBSYSTEM_MAX),
    device: deviceKey(env, device, subsystem).slice(0, DEVICE_MAX),
  };
};

const deviceKey = (env: FormatEnv, device: Address, subsystem: ByteString): ByteString => {
  const number = Number(readField(env, "device", "devt", device));
  if (number >>> MINOR_BITS !== 0) {
    const kind = subsystem === "block" ? "b" : "c";
    return `${kind}${number >>> MINOR_BITS}:${number & ((1 << MINOR_BITS) - 1)}`;
  }
  if (subsystem === "net") {
    const network = device - env.field("net_device", "dev").offset;
    return `n${readField(env, "net_device", "ifindex", network)}`;
  }
  return `+${subsystem}:${deviceName(env, device)}`;
};

/** `dev_printk` (drivers/base/core.c): a message that names its device. `level` is 0 to 7. */
export const printDevice = (
  log: Log,
  env: FormatEnv,
  device: Address,
  level: number,
  message: () => Formatted,
): number => {
  if (device === 0) return log.emit({ text: prepend(`\x01${level}(NULL device *): `, message()) });
  const name = deviceName(env, device);
  const driver = driverName(env, device);
  const info = deviceInfo(env, device);
  return log.emit({ level, device: info, text: prepend(`${driver} ${name}: `, message()) });
};
