/** Runtime power management: counts and states of devices (drivers/base/power/runtime.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { EACCES, EAGAIN, EBUSY, EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { deviceMessage } from "./message.ts";

/** enum rpm_status (include/linux/pm.h) */
export const RPM = { INVALID: -1, ACTIVE: 0, SUSPENDED: 2 } as const;
/** include/linux/pm_runtime.h */
const RPM_GET_PUT = 4;

const powerOf = (k: Kernel, device: Address) => k.struct("device", device).power;

/** pm_runtime_init() */
export const initialiseRuntime = (k: Kernel, device: Address): void => {
  const power = powerOf(k, device);
  power.runtime_status = RPM.SUSPENDED;
  power.last_status = RPM.INVALID;
  power.disable_depth = 1;
  power.runtime_auto = 1;
};

export const enableRuntime = (k: Kernel, device: Address): void => {
  const power = powerOf(k, device);
  if (power.disable_depth === 0) {
    deviceMessage(k, 4, device, "Unbalanced pm_runtime_enable!");
    return;
  }
  power.disable_depth -= 1;
  if (power.disable_depth === 0) power.last_status = RPM.INVALID;
};

export const disableRuntime = (k: Kernel, device: Address): void => {
  const power = powerOf(k, device);
  power.disable_depth += 1;
  if (power.disable_depth === 1) power.last_status = power.runtime_status;
};

const countChild = (k: Kernel, device: Address, by: 1 | -1): void => {
  const { parent } = k.struct("device", device);
  if (parent !== 0) powerOf(k, parent).child_count.counter += by;
};

/** __pm_runtime_set_status(): only of a device whose management is disabled. EINVAL, EAGAIN. */
export const setRuntimeStatus = (k: Kernel, device: Address, status: number): void => {
  if (status !== RPM.ACTIVE && status !== RPM.SUSPENDED) throw new Errno(EINVAL);
  const power = powerOf(k, device);
  if (power.runtime_error === 0 && power.disable_depth === 0) throw new Errno(EAGAIN);
  if (power.runtime_status !== status) countChild(k, device, status === RPM.ACTIVE ? 1 : -1);
  power.runtime_status = status;
  power.runtime_error = 0;
};

/** The function that resumes it: of its type, class or bus, else of its driver. */
const resumeOf = (k: Kernel, device: Address): Address => {
  const { type, class: family, bus, driver } = k.struct("device", device);
  const tables = [
    type === 0 ? 0 : k.struct("device_type", type).pm,
    family === 0 ? 0 : k.struct("class", family).pm,
    bus === 0 ? 0 : k.struct("bus_type", bus).pm,
  ];
  const table = tables.find((each) => each !== 0) ?? 0;
  const own = table === 0 ? 0 : k.struct("dev_pm_ops", table).runtime_resume;
  if (own !== 0 || driver === 0) return own;
  const { pm } = k.struct("device_driver", driver);
  return pm === 0 ? 0 : k.struct("dev_pm_ops", pm).runtime_resume;
};

/** __pm_runtime_resume(): 1 for a device that is active. EINVAL, EACCES, and what its driver answers. */
export function* resumeRuntime(k: Kernel, device: Address, flags: number): Routine<number> {
  const power = powerOf(k, device);
  if ((flags & RPM_GET_PUT) !== 0) power.usage_count.counter += 1;
  if (power.runtime_error !== 0) throw new Errno(EINVAL);
  if (power.disable_depth > 0) {
    if (power.runtime_status === RPM.ACTIVE && power.last_status === RPM.ACTIVE) return 1;
    throw new Errno(EACCES);
  }
  if (power.runtime_status === RPM.ACTIVE) return 1;
  const resume = power.no_callbacks === 0 ? resumeOf(k, device) : 0;
  const result = resume === 0 ? 0 : asInt(yield* k.call(resume, device));
  if (result < 0) {
    power.runtime_error = result;
    return result;
  }
  power.runtime_status = RPM.ACTIVE;
  countChild(k, device, 1);
  return 0;
}

/** __pm_runtime_idle(), __pm_runtime_suspend(): the count goes down, the device stays as it is. */
export const restRuntime = (k: Kernel, device: Address, flags: number): number => {
  const power = powerOf(k, device);
  if ((flags & RPM_GET_PUT) !== 0) {
    if (power.usage_count.counter === 0) {
      deviceMessage(k, 4, device, "Runtime PM usage count underflow!");
      throw new Errno(EINVAL);
    }
    power.usage_count.counter -= 1;
    if (power.usage_count.counter > 0) return 0;
  }
  if (power.runtime_error !== 0) throw new Errno(EINVAL);
  if (power.disable_depth > 0) throw new Errno(EACCES);
  if (power.usage_count.counter > 0) throw new Errno(EAGAIN);
  if (!power.ignore_children && power.child_count.counter > 0) throw new Errno(EBUSY);
  return power.runtime_status === RPM.SUSPENDED ? 1 : 0;
};
